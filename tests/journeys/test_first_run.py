"""From a new channel to its first point, as a novice goes: copy the code, make a mistake, mend it, see the chart."""

from __future__ import annotations

import subprocess
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

import context
from domain.roles import Role
from models.store import Store
from tests.browser import BrowserPage
from tests.journeys.drawn import values
from tests.people import make_member, make_person, sign_in_browser
from tests.servers import CreatedChannel, LabfeedServer


@pytest.fixture
def channel(labfeed) -> CreatedChannel:
    """A channel that has heard nothing, of which nobody is a member yet."""
    return labfeed.create_channel("Otter kiln", feeds=(), visibility="members")


def open_code(labfeed: LabfeedServer, store: Store, channel: CreatedChannel, browser: BrowserPage, name: str) -> Page:
    """The page of the channel's code, opened by one of its owners."""
    owner = make_person(store, name)
    make_member(store, channel.channel_id, owner, Role.OWNER)
    sign_in_browser(browser.page.context, store, owner, labfeed.url, context.now())
    browser.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = browser.goto(f"{labfeed.url}/channels/{channel.channel_id}/code")
    page.get_by_text("Waiting for your first reading").wait_for()
    return page


def copied(page: Page, button: str) -> str:
    """What the clipboard holds once the button was pressed."""
    page.get_by_role("button", name=button).press("Enter")
    page.get_by_text("Copied").wait_for()
    return page.evaluate("navigator.clipboard.readText()")


def run(command: str) -> str:
    done = subprocess.run(["/bin/sh"], input=command, capture_output=True, text=True, timeout=30)
    return done.stdout + done.stderr


class TestFirstRun:
    def test_a_mistake_is_told_with_its_cure_and_the_mended_code_draws_the_chart(
        self, labfeed, store, channel, open_browser, eventually
    ):
        page = open_code(labfeed, store, channel, open_browser(), "Ada Otter")
        command = copied(page, "Copy In any terminal")
        assert channel.write_key in command
        assert urlsplit(labfeed.url).netloc in command

        run(command.replace("temperature=21.4", "temperature=NaN"))
        page.get_by_text("Leave the feed out when there is no value.").wait_for()
        page.get_by_text("Refused: the cure is below").wait_for()

        assert '"entry_id":1' in run(command)
        page.get_by_text("It works").wait_for()
        page.get_by_role("link", name="Open the live page").click()
        page.wait_for_url(f"**/channels/{channel.channel_id}")
        eventually(lambda: values(page, "temperature") == [21.4], what="the first point")

    def test_without_a_board_a_test_reading_shows_that_the_channel_works(self, labfeed, store, open_browser):
        channel = labfeed.create_channel("Greenhouse", feeds=("temperature",), visibility="members")
        page = open_code(labfeed, store, channel, open_browser(), "Ben Heron")
        page.get_by_label("temperature").fill("21,4")
        page.get_by_role("button", name="Send one test reading").click()
        page.get_by_text("Write a point: 21.4").first.wait_for()
        page.get_by_label("temperature").fill("19.5")
        page.get_by_role("button", name="Send one test reading").click()
        page.get_by_text("The test reading arrived").wait_for()
        page.get_by_text("temperature 19.5").wait_for()

    def test_the_board_that_was_chosen_is_remembered(self, labfeed, store, channel, open_browser):
        page = open_code(labfeed, store, channel, open_browser(), "Cleo Swift")
        page.get_by_role("group", name="Your board").get_by_role("radio", name="curl").focus()
        page.keyboard.press("ArrowRight")
        page.get_by_text("labfeed_board.ino").wait_for()
        page.reload(wait_until="domcontentloaded")
        page.get_by_text("labfeed_board.ino").wait_for()
