"""A channel moves in from ThingSpeak, in a real browser: its file chosen, looked at, made a channel, drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.moved import export, feed, row

PATIENCE_MS = 30_000
GRAVE = ("serious", "critical")
COUNT = 600


def bring(page: Page, path: Path) -> None:
    """Choose a file and have it looked at."""
    page.get_by_label("A file from ThingSpeak").set_input_files(path)
    page.get_by_role("button", name="Look at it").click()


@pytest.mark.long
def test_a_feed_becomes_a_channel_with_its_history(enter, tmp_path):
    rows = [row(second, second + 1, field1=f"{20 + second / 100:.2f}", field2="open") for second in range(COUNT)]
    path = tmp_path / "feeds.json"
    path.write_bytes(feed(rows, name="Otter kiln", field1="Temperature (°C)", field2="Door"))
    page = enter("Ada Finch", "/mine/new")
    page.get_by_role("link", name="Move in from ThingSpeak").click()
    bring(page, path)
    stage = page.locator("#move-in-stage")
    expect(stage).to_contain_text("600 entries, from", timeout=PATIENCE_MS)
    expect(stage).to_contain_text("Temperature (°C)")
    page.get_by_label("Name", exact=True).fill("Heron kiln")
    page.get_by_role("button", name="Create the channel").click()
    expect(stage).to_contain_text("Moved in", timeout=PATIENCE_MS)
    expect(stage).to_contain_text("1 200 readings stored")
    page.get_by_role("link", name="Open the channel").click()
    expect(page.get_by_role("heading", name="Heron kiln")).to_be_visible(timeout=PATIENCE_MS)
    page.goto(f"{page.url.partition('?')[0]}?from=2026-03-08T10:00:00Z&to=2026-03-08T10:10:00Z")
    expect(page.get_by_role("figure").first).to_contain_text("25.99", timeout=PATIENCE_MS)


@pytest.mark.long
@pytest.mark.parametrize(("width", "color_scheme"), [(360, "dark"), (1440, "light")])
def test_bad_rows_are_seen_first_and_nothing_is_half_made(enter, tmp_path, width, color_scheme):
    path = tmp_path / "feeds.csv"
    path.write_bytes(export("2026-03-08T10:00:00+00:00,1,5,,,,,", "never,2,6,,,,,"))
    page = enter("Ada Finch", "/mine/move-in", width=width, color_scheme=color_scheme)
    bring(page, path)
    stage = page.locator("#move-in-stage")
    expect(stage).to_contain_text('Line 3, created_at: "never" is not a time.', timeout=PATIENCE_MS)
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in GRAVE] == []
    page.get_by_role("button", name="Create the channel").click()
    expect(stage).to_contain_text("Rows of the file are bad.")
    page.get_by_label("Leave the bad rows out").check()
    page.get_by_role("button", name="Create the channel").click()
    expect(stage).to_contain_text("1 reading stored", timeout=PATIENCE_MS)
