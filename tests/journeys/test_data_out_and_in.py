"""Readings leave a channel as a file and come into another one, in a real browser: by drawer, link, form and button."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

import context
from domain.channels import Visibility
from domain.timespan import SECOND
from tests.builders import append, entry, make_channel, reread
from tests.people import make_member, make_person

PATIENCE_MS = 30_000
FEEDS = ("temperature:°C", "door:text")
ROWS = 300
GRAVE = ("serious", "critical")


@pytest.fixture
def ada(store):
    return make_person(store, "Ada Finch", now=context.now())


@pytest.fixture
def channel(store, ada):
    """A channel of Ada's with readings of some minutes."""
    now = context.now()
    made = make_channel(store, "Otter kiln", feeds=FEEDS, visibility=Visibility.COLLEGE, now=now)
    make_member(store, made.id, ada)
    append(store, made, *[entry(now - step * SECOND, temperature=step / 8, door="=open") for step in range(ROWS)])
    return reread(store, made)


@pytest.fixture
def empty(store, ada):
    """Another one, without a reading."""
    made = make_channel(store, "Heron kiln", feeds=FEEDS, visibility=Visibility.COLLEGE, now=context.now())
    make_member(store, made.id, ada)
    return made


def open_drawer(page: Page) -> None:
    page.locator(".lf-channel-acts").get_by_role("button", name="Export").click()
    expect(page.locator("#export-said")).to_contain_text("otter-kiln", timeout=PATIENCE_MS)


def take(page: Page, folder: Path) -> Path:
    """Follow the link; the file that comes of it."""
    with page.expect_download(timeout=PATIENCE_MS) as download:
        page.get_by_role("link", name="Download").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def bring(page: Page, path: Path) -> None:
    """Choose a file and have it looked at."""
    page.get_by_label("A file of readings").set_input_files(path)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("region", name="The first rows as they would be stored")).to_be_visible(timeout=PATIENCE_MS)


def send_to_the_feeds(page: Page) -> None:
    """Let the two columns go to the feeds that are there."""
    page.get_by_label("Where Temperatur goes").select_option("to:temperature")
    page.get_by_label("Where Tor goes").select_option("to:door")


@pytest.mark.long
def test_what_is_exported_can_be_imported_and_undone(store, enter, channel, empty, tmp_path):
    page = enter("Ada Finch", f"/channels/{channel.id}?from=now-1h")
    open_drawer(page)
    path = take(page, tmp_path)
    expect(page.locator("#export-progress")).to_contain_text(f"Complete: {2 * ROWS} readings.", timeout=PATIENCE_MS)
    assert path.name.startswith("otter-kiln_")
    assert path.name.endswith(".csv")
    written = path.read_bytes()
    assert written.startswith("time_utc,time_local,temperature [°C],door\r\n".encode())
    assert b",'=open\r\n" in written

    page.goto(page.url.replace(f"/channels/{channel.id}?from=now-1h", f"/channels/{empty.id}/import"))
    bring(page, path)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#import-stage")).to_contain_text(f"{2 * ROWS} readings stored", timeout=PATIENCE_MS)
    page.locator(".lf-import-acts summary").click()
    page.get_by_role("button", name="Yes, undo").click()
    expect(page.locator("#import-stage")).to_contain_text("Undone", timeout=PATIENCE_MS)
    expect(page.locator("#import-stage")).to_contain_text(f"{2 * ROWS} taken back")


@pytest.mark.long
def test_a_bad_row_is_seen_before_anything_is_stored(enter, empty, tmp_path):
    path = tmp_path / "kiln.csv"
    path.write_text("Datum;Temperatur;Tor\n8.3.2026 14:05;21,5;auf\n8.3.2026 14:06;warm;zu\n")
    page = enter("Ada Finch", f"/channels/{empty.id}/import")
    bring(page, path)
    stage, rows = page.locator("#import-stage"), page.locator("#import-rows")
    expect(rows).to_contain_text("2 new feeds: Temperatur (numbers and words), Tor (words).")
    send_to_the_feeds(page)
    expect(rows).to_contain_text('Line 3, Temperatur: "warm" is not a number.')
    page.get_by_role("button", name="Import", exact=True).click()
    expect(stage).to_contain_text("Nothing stored", timeout=PATIENCE_MS)
    page.get_by_role("link", name="Import another file").click()
    bring(page, path)
    send_to_the_feeds(page)
    page.get_by_label("All or nothing").uncheck()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(stage).to_contain_text("2 readings stored", timeout=PATIENCE_MS)


@pytest.mark.long
@pytest.mark.parametrize(("width", "color_scheme"), [(360, "dark"), (1440, "light")])
def test_the_drawer_is_for_everybody(enter, channel, width, color_scheme):
    page = enter("Ada Finch", f"/channels/{channel.id}", width=width, color_scheme=color_scheme)
    open_drawer(page)
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found if each["impact"] in GRAVE] == []
    page.keyboard.press("Escape")
    expect(page.locator("#export-drawer")).to_have_count(0)
