"""Signing in with a real browser, a real server and the practice provider's real process."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.servers import LabfeedServer, running_labfeed, running_practice

REFUSED = ("status of 403",)
"""What the browser's console says of a page with that status."""

THUMB_PX = 44


@pytest.fixture(scope="module")
def practising(tmp_path_factory) -> Iterator[LabfeedServer]:
    """A server whose people sign in with the practice provider."""
    folder = tmp_path_factory.mktemp("practising")
    with running_practice(folder) as settings, running_labfeed(folder, settings) as server:
        yield server


def choose(page: Page, name: str) -> None:
    page.get_by_role("link", name="Continue with Practice").click()
    page.get_by_role("button", name=name).click()


@pytest.mark.long
class TestInABrowser:
    def test_two_clicks_sign_in_and_lead_back(self, practising, open_browser):
        page = open_browser().goto(f"{practising.url}/sign-in?next=/mine")
        choose(page, "Ada Finch")
        expect(page).to_have_url(f"{practising.url}/mine")
        [cookie] = [each for each in page.context.cookies() if each["name"] == "labfeed"]
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")

    @pytest.mark.parametrize("color_scheme", ["light", "dark"])
    def test_a_refusal_fits_a_phone(self, practising, open_browser, color_scheme):
        page = open_browser(width=360, height=780, color_scheme=color_scheme, tolerates=REFUSED).goto(
            f"{practising.url}/sign-in"
        )
        choose(page, "Eve Stranger")
        expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
        expect(page.get_by_text("Only accounts of the college may sign in here")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        for link in ("Try again", "Back to the wall"):
            assert page.get_by_role("link", name=link).bounding_box()["height"] >= THUMB_PX
        background = {"light": "rgb(247, 248, 250)", "dark": "rgb(15, 20, 26)"}[color_scheme]
        expect(page.locator("body")).to_have_css("background-color", background)
        assert [each for each in page.context.cookies() if each["name"] == "labfeed"] == []

    def test_trying_again_leads_to_the_provider(self, practising, open_browser):
        page = open_browser(tolerates=REFUSED).goto(f"{practising.url}/sign-in?next=/mine")
        choose(page, "Do not sign in")
        page.get_by_role("link", name="Try again").click()
        page.get_by_role("button", name="Ben Otter").click()
        expect(page).to_have_url(re.compile(r"/$|/mine$"))
        assert [each for each in page.context.cookies() if each["name"] == "labfeed"]
