"""The channel page as an instrument: stop it, look closer, go back, send the view to somebody else; both roads."""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import fmean

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.journeys.drawn import CHART, points, values
from tests.servers import CreatedChannel, LabfeedServer

ROADS = pytest.mark.parametrize("has_shared_worker", [True, False], ids=["websocket", "polling"])
SECOND_US = 1_000_000
PRESS_WHEN = """([watched, pressed]) => new MutationObserver((_, observer) => {
    observer.disconnect();
    document.querySelector(pressed).click();
}).observe(document.querySelector(watched), {childList: true, subtree: true, characterData: true})"""
"""Press a button in the very moment in which a part of the page is drawn anew."""
PRESS_AFTER = """([first, then, afterMs]) => {
    const began = performance.now();
    const press = () => performance.now() - began < afterMs ? setTimeout(press) : document.querySelector(then).click();
    document.querySelector(first).click();
    press();
}"""
"""Press one button, and another so soon after it."""


def send(server: LabfeedServer, channel: CreatedChannel, rows: Sequence[tuple[float, float]]) -> None:
    """(seconds ago, temperature) as one message."""
    now = time.time()
    body = [{"at": now - ago, "values": {"temperature": value}} for ago, value in rows]
    headers = {"X-API-Key": channel.write_key}
    answer = requests.post(f"{server.url}/api/v1/readings", json=body, headers=headers, timeout=10)
    assert answer.status_code == 201, answer.text


def drag(page: Page, start: float, end: float) -> None:
    """Draw a range on the chart with the pointer, from one share of its width to another."""
    box = page.locator(f"{CHART} .nsewdrag").first.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * start, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, y, steps=4)
    page.mouse.up()


def range_ms(page: Page) -> list[float]:
    """Both ends of the chart's time axis, as it is drawn."""
    ends: list[float] = page.evaluate(
        f"document.querySelector('{CHART}').layout.xaxis.range.map((end) => new Date(end + 'Z').getTime())"
    )
    return ends


def address(page: Page) -> str:
    """Where the browser is just now; `page.url` is what was last heard of it."""
    here: str = page.evaluate("location.href")
    return here


def told_mean(page: Page) -> float:
    """What the statistics say the mean is; not a number before they say anything."""
    cells = page.locator(".lf-lens:visible tbody tr").first.locator("td, th").all_inner_texts()
    return float(cells[2]) if len(cells) > 2 else float("nan")


@pytest.fixture
def channel(labfeed):
    made = labfeed.create_channel("Instrument", feeds=("temperature:°C",))
    send(labfeed, made, [(ago, float(ago % 7)) for ago in range(800, 0, -5)])
    return made


@pytest.fixture
def opened(labfeed, channel, open_browser, eventually):
    """A function that opens the channel's page and waits for its chart."""

    def open_page(query: str = "", **options) -> Page:
        page = open_browser(**options).goto(f"{labfeed.url}/channels/{channel.channel_id}{query}")
        eventually(lambda: len(points(page, "temperature")) > 1, what="the chart")
        return page

    return open_page


class TestHolding:
    @ROADS
    def test_a_zoom_holds_counts_what_comes_and_resumes_with_all_of_it(
        self, labfeed, channel, opened, eventually, has_shared_worker
    ):
        page = opened(has_shared_worker=has_shared_worker)
        every = len(points(page, "temperature"))
        drag(page, 0.25, 0.5)
        page.get_by_text("Held", exact=True).wait_for()
        eventually(lambda: 0 < len(points(page, "temperature")) < every, what="what was drawn alone")
        shown = points(page, "temperature")
        send(labfeed, channel, [(0, 99.0)])
        page.get_by_text("1 new", exact=True).wait_for()
        assert points(page, "temperature") == shown, "the view stands still"
        page.get_by_role("button", name="Resume").click()
        eventually(lambda: values(page, "temperature")[-1:] == [99.0], what="what came meanwhile")
        eventually(lambda: page.get_by_text("Held", exact=True).count() == 0, what="no chip")
        send(labfeed, channel, [(0, 98.0)])
        eventually(lambda: values(page, "temperature")[-2:] == [99.0, 98.0], what="life")

    def test_what_is_zoomed_to_stays_while_readings_come(self, labfeed, channel, opened, eventually):
        page = opened()
        drag(page, 0.25, 0.5)
        page.get_by_text("Held", exact=True).wait_for()
        eventually(lambda: len(points(page, "temperature")) < 100, what="the zoom")
        ends = range_ms(page)
        for value in (1.0, 2.0, 3.0):
            send(labfeed, channel, [(0, value)])
        page.get_by_text("3 new", exact=True).wait_for()
        assert range_ms(page) == ends

    def test_who_presses_the_moment_it_stands_still_is_heard(self, opened):
        """The press comes to the browser together with the address of the pause."""
        page = opened()
        page.evaluate(PRESS_WHEN, ["#channel-held", "[aria-label='Zoom in']"])
        page.get_by_role("button", name="Pause").click()
        page.get_by_text("Held", exact=True).wait_for()

    def test_who_resumes_while_another_time_is_being_drawn_is_heard(self, opened, eventually):
        """Whenever the press falls: before the server has answered, while it is drawn, after."""
        page = opened()
        for after_ms in range(6, 42, 3):
            page.get_by_role("button", name="Pause").click()
            page.locator(".lf-fresh").wait_for()
            page.evaluate(PRESS_AFTER, ["[aria-label='Earlier']", ".lf-resume", after_ms])
            eventually(lambda: page.locator(".lf-fresh").count() == 0, what="a page that moves")

    def test_buttons_zoom_and_the_way_back_is_the_browsers(self, opened, eventually):
        page = opened()
        usual = address(page)
        page.get_by_role("button", name="Zoom in").click()
        eventually(lambda: "from=" in address(page), what="the first zoom")
        once = address(page)
        page.get_by_text("Held", exact=True).wait_for()
        page.get_by_role("button", name="Zoom in").click()
        eventually(lambda: address(page) not in (once, usual), what="the second zoom")
        page.get_by_role("button", name="Zoom back").click()
        eventually(lambda: address(page) == once, what="the first zoom again")
        for _ in range(3):
            page.go_back()
        eventually(lambda: address(page) == usual, what="where it began")
        eventually(lambda: page.get_by_text("Held", exact=True).count() == 0, what="a page that moves")

    def test_a_chart_keeps_its_place_in_the_page_when_the_range_changes(self, opened, eventually):
        page = opened()
        page.evaluate(f"document.querySelector('{CHART}').isTheSame = true")
        drag(page, 0.25, 0.5)
        eventually(lambda: len(points(page, "temperature")) < 100, what="the zoom")
        assert page.evaluate(f"document.querySelector('{CHART}').isTheSame") is True


class TestALink:
    def test_the_mean_of_ten_minutes_is_the_same_in_another_browser(self, labfeed, channel, opened, eventually):
        """As a new user would: pause, write a range, read the mean, send the address to somebody."""
        page = opened()
        page.get_by_role("button", name="Pause").click()
        page.get_by_text("Paused", exact=True).first.wait_for()
        page.locator(".lf-time-button").click()
        now = time.time()
        start, end = (time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now - ago)) for ago in (720, 120))
        page.get_by_label("From", exact=True).fill(start)
        page.get_by_label("To", exact=True).fill(end)
        page.get_by_role("button", name="Show").click()
        eventually(lambda: start[-8:-3] in page.locator(".lf-time-button").inner_text(), what="ten minutes, in words")
        page.get_by_role("button", name="Statistics", exact=True).click()
        eventually(lambda: 100 < len(points(page, "temperature")) < 130, what="ten minutes")
        mean = fmean(values(page, "temperature"))
        eventually(lambda: abs(told_mean(page) - mean) <= 0.005, what=f"the mean, {mean}, as it is rounded")
        other = opened(page.url.partition(f"/channels/{channel.channel_id}")[2])
        eventually(lambda: points(other, "temperature") == points(page, "temperature"), what="the same view")
        eventually(lambda: told_mean(other) == told_mean(page), what="the same mean")
        assert other.locator(".lf-time-button").inner_text() == page.locator(".lf-time-button").inner_text()

    @ROADS
    def test_everything_chosen_is_in_it(self, opened, eventually, has_shared_worker):
        page = opened("?from=now-1h&smooth=mean&over=1m&zone=Asia/Kathmandu", has_shared_worker=has_shared_worker)
        expect(page.locator("#channel-smooth")).to_have_value("mean")
        expect(page.locator(".lf-time-button")).to_contain_text("Last 1 hour")
        eventually(lambda: len(points(page, "temperature, mean over 1 minute")) > 100, what="the smoothed line")

    def test_what_is_no_time_is_said_and_the_usual_is_shown(self, labfeed, channel, opened):
        page = opened("?from=yesterday-ish")
        page.get_by_text("is not a time").wait_for()
