"""A channel made by hand in a browser: named, its feeds set, deleted, and taken out of the bin again."""

from __future__ import annotations

import pytest
import requests
from playwright.sync_api import expect

import context
from tests.people import make_person, sign_in_browser


@pytest.fixture
def browser(labfeed, store, open_browser):
    """A browser in which somebody is signed in who has no channel yet."""
    opened, now = open_browser(), context.now()
    beatrix = make_person(store, "Beatrix Hive", now=now)
    sign_in_browser(opened.page.context, store, beatrix, labfeed.url, now)
    return opened


def named(page) -> list[str]:
    """The names of the feeds, as they stand in the rows."""
    return page.locator(".lf-feed-row input[placeholder=temperature]").evaluate_all(
        "rows => rows.map(row => row.value)"
    )


@pytest.mark.timeout(180)
def test_a_channel_is_made_changed_deleted_and_restored(labfeed, browser, eventually):
    page = browser.goto(f"{labfeed.url}/mine")
    expect(page.get_by_role("heading", name="No channel of yours yet")).to_be_visible()
    page.locator(".lf-empty").get_by_role("link", name="New channel").click()
    page.get_by_label("Name", exact=True).first.fill("Bee hive")
    page.get_by_text("I name them").click()
    page.get_by_role("button", name="Create channel").click()
    expect(page.get_by_role("alert").filter(has_text="Name one feed at least")).to_be_visible()
    page.locator(".lf-feed-row input").first.fill("weight")
    page.get_by_role("button", name="Another feed").click()
    eventually(lambda: named(page) == ["weight", ""], what="a second row, with the first as it was")
    page.locator(".lf-feed-row input[placeholder=temperature]").nth(1).fill("entrance")
    page.locator(".lf-feed-row select").nth(1).select_option("text")
    page.get_by_role("button", name="Create channel").click()
    page.wait_for_url("**/channels/*/code")

    page.get_by_role("navigation", name="Channel").get_by_role("link", name="Settings").click()
    page.get_by_role("button", name="Move entrance up").click()
    eventually(lambda: named(page) == ["entrance", "weight"], what="the other order")
    page.get_by_label("Shown as").nth(0).fill("Way in")
    page.get_by_role("button", name="Save feeds").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    settings = page.url
    page.reload()
    eventually(lambda: named(page) == ["entrance", "weight"], what="what was stored")
    expect(page.get_by_label("Shown as").nth(0)).to_have_value("Way in")

    page.get_by_text("Delete the channel").first.click()
    page.get_by_label("Type “Bee hive” to confirm").last.fill("Bee hive")
    page.get_by_role("button", name="Delete the channel").click()
    page.wait_for_url("**/mine")
    assert requests.get(settings.removesuffix("/settings"), timeout=20).status_code == 404
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("link", name="Bee hive")).to_be_visible()
    page.get_by_role("link", name="Bee hive").click()
    expect(page.get_by_role("heading", name="Bee hive")).to_be_visible()
