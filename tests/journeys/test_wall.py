"""The wall in a real browser: find a channel, give it a star, and what comes while one looks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

import context
from domain.channels import Visibility
from tests.builders import append, entry, make_channel
from tests.people import DOMAIN

WITHIN_MS = 20_000


@pytest.fixture
def labfeed(start_labfeed):
    return start_labfeed(settings={"COLLEGE_DOMAINS": DOMAIN})


@pytest.fixture
def make(store):
    """A function: a channel of the college that has just been heard."""

    def made(name: str, **more):
        channel = make_channel(store, name, visibility=Visibility.COLLEGE, **more)
        append(store, channel, entry(temperature=21.5), received_at=context.now())
        return channel

    return made


def names(page: Page) -> list[str]:
    return page.locator(".lf-card .lf-card-title").all_inner_texts()


def shows(page: Page, *wanted: str) -> None:
    """Wait until exactly these cards stand there, in this order."""
    expect(page.locator(".lf-card .lf-card-title")).to_have_text(list(wanted), timeout=WITHIN_MS)


def search(page: Page, words: str) -> None:
    page.get_by_label("Search channels").fill(words)
    page.get_by_label("Search channels").press("Enter")


class TestFinding:
    def test_filters_and_search_are_in_the_address_and_the_way_back_leads_back(self, make, enter):
        for name in ("Otter kiln", "Greenhouse"):
            make(name)
        page = enter("Ada Finch", "/")
        shows(page, "Otter kiln", "Greenhouse")
        search(page, "otter")
        shows(page, "Otter kiln")
        assert page.url.endswith("/?q=otter")
        page.get_by_role("link", name="Starred").click()
        page.get_by_role("heading", name="Nothing found for “otter”").wait_for(timeout=WITHIN_MS)
        assert page.url.endswith("/?show=starred&q=otter")
        page.go_back()
        shows(page, "Otter kiln")
        page.get_by_role("link", name="“otter” — remove").click()
        shows(page, "Otter kiln", "Greenhouse")
        expect(page.get_by_label("Search channels")).to_have_value("")

    def test_one_searches_from_any_page_and_again(self, make, enter):
        kiln, _pond = make("Otter kiln"), make("Pond")
        page = enter("Ada Finch", "/mine")
        page.get_by_role("heading", name="My channels").wait_for(timeout=WITHIN_MS)
        for _ in range(2):
            search(page, "kiln")
            shows(page, kiln.name)
            page.get_by_role("link", name="My channels").click()
            page.get_by_role("heading", name="My channels").wait_for(timeout=WITHIN_MS)
            expect(page.get_by_label("Search channels")).to_have_value("")

    def test_a_link_shows_the_same_to_somebody_else(self, make, enter):
        make("Otter kiln")
        make("Pond")
        shows(enter("Ben Wren", "/?q=pond"), "Pond")


class TestStars:
    def test_a_star_does_not_open_the_channel_and_is_kept(self, make, enter):
        make("Otter kiln")
        make("Pond")
        page = enter("Ada Finch", "/")
        star = page.get_by_role("button", name="Star Pond")
        star.click()
        expect(star).to_have_attribute("aria-pressed", "true", timeout=WITHIN_MS)
        page.get_by_role("link", name="Starred").click()
        shows(page, "Pond")
        page.reload()
        shows(page, "Pond")


class TestWhileSomebodyLooks:
    def test_what_matches_comes_by_itself_after_what_is_shown_and_nothing_else_does(self, make, enter):
        make("Otter kiln")
        page = enter("Ada Finch", "/?q=kiln")
        shows(page, "Otter kiln")
        make("Pond")
        make("Another kiln")
        shows(page, "Otter kiln", "Another kiln")

    def test_the_rate_is_told_as_it_changes(self, store, make, enter):
        kiln = make("Otter kiln")
        page = enter("Ada Finch", "/")
        rate = page.locator(".lf-rate")
        expect(rate).to_have_text("1 msg/min", timeout=WITHIN_MS)
        append(store, kiln, entry(context.now(), temperature=3.0), received_at=context.now())
        expect(rate).to_have_text("2 msg/min", timeout=WITHIN_MS)
