"""The table of readings in a real browser: it follows, it turns pages, and what an editor puts right is right in the
chart as well."""

from __future__ import annotations

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

import context
from domain.roles import Role
from tests.journeys.drawn import values
from tests.people import make_member, make_person

FEED = "temperature"
PATIENCE_MS = 30_000


@pytest.fixture
def channel(labfeed):
    return labfeed.create_channel("Otter kiln", feeds=(f"{FEED}:°C", "door:text"))


@pytest.fixture
def send(labfeed, channel):
    """A function: one reading from a board."""

    def post(**said: float | str) -> None:
        headers = {"X-API-Key": channel.write_key}
        answer = requests.post(f"{labfeed.url}/api/v1/readings", json=said, headers=headers, timeout=10)
        assert answer.status_code == 201, answer.text

    return post


@pytest.fixture
def as_editor(enter, store, channel):
    """A function: the channel's page as an editor sees it, at the table."""

    def come_in() -> Page:
        make_member(store, channel.channel_id, make_person(store, "Eddy Editor", now=context.now()), Role.EDITOR)
        page = enter("Eddy Editor", f"/channels/{channel.channel_id}?lens=table")
        expect(cell(page, 0)).to_be_visible(timeout=PATIENCE_MS)
        return page

    return come_in


def cell(page: Page, row: int, column: str = FEED) -> Locator:
    """A cell of the table; the newest row is 0."""
    heading = page.locator(".ag-header-cell").filter(has_text=column)
    heading.wait_for(timeout=PATIENCE_MS)
    return page.locator(f'.ag-row[row-index="{row}"] [col-id="{heading.get_attribute("col-id")}"]')


def expect_rows(page: Page, *texts: str) -> None:
    """The newest readings of the feed."""
    for row, text in enumerate(texts):
        expect(cell(page, row)).to_have_text(text, timeout=PATIENCE_MS)


def test_a_reading_stands_first_when_it_comes(labfeed, open_browser, channel, send):
    send(temperature=20.5)
    page = open_browser().goto(f"{labfeed.url}/channels/{channel.channel_id}?lens=table")
    expect_rows(page, "20.5")
    send(temperature=0)
    expect_rows(page, "0", "20.5")


def test_what_an_editor_puts_right_is_right_in_the_chart(as_editor, send, eventually):
    for value in (20.5, 99, 21.5):
        send(temperature=value)
    page = as_editor()
    page.get_by_label("Correct readings").check()
    cell(page, 1).click()
    page.keyboard.press("Control+A")
    page.keyboard.type("20.75")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("1 reading corrected.").wait_for(timeout=PATIENCE_MS)
    expect_rows(page, "21.5", "20.75", "20.5")
    eventually(lambda: values(page, FEED) == [20.5, 20.75, 21.5], what="the chart with the corrected reading")


def test_words_are_refused_in_a_feed_of_numbers_and_the_cell_goes_back(as_editor, send):
    send(temperature=20.5)
    page = as_editor()
    page.get_by_label("Correct readings").check()
    cell(page, 0).click()
    page.keyboard.press("Control+A")
    page.keyboard.type("warm")
    page.keyboard.press("Enter")
    page.get_by_text('"warm" is not a number').wait_for(timeout=PATIENCE_MS)
    expect_rows(page, "20.5")


def test_selected_rows_are_deleted(as_editor, send, eventually):
    for value in (20.5, 99):
        send(temperature=value)
    page = as_editor()
    page.get_by_label("Correct readings").check()
    page.locator('.ag-row[row-index="0"] input[type="checkbox"]').check()
    page.get_by_role("button", name="Delete selected rows").click()
    page.get_by_text("1 change not saved yet").wait_for(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("1 reading deleted.").wait_for(timeout=PATIENCE_MS)
    expect_rows(page, "20.5")
    eventually(lambda: values(page, FEED) == [20.5], what="the chart without the deleted reading")


def test_the_wall_does_not_load_what_the_table_needs(labfeed, open_browser):
    browser = open_browser()
    asked: list[str] = []
    browser.page.on("request", lambda request: asked.append(request.url))
    browser.goto(labfeed.url).locator("#content h1").wait_for()
    assert [url for url in asked if "ag_grid" in url] == []
