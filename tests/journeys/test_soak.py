"""Live without loss: whatever is done to the page, what it shows is what is stored, and it does not grow.

One round of everything in each run; SOAK_MINUTES says how long it goes on beyond that, `make soak` for an hour.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import requests
from playwright.sync_api import Page

from tests.browser import OUTAGE
from tests.journeys.drawn import CHART, points
from tests.servers import CreatedChannel, LabfeedServer

MINUTES = float(os.environ.get("SOAK_MINUTES", "0"))
RATES_HZ = {"slow": 0.1, "usual": 2.0, "fast": 20.0}
WINDOW_S = 50
"""Of the fastest feed still so few readings that each is drawn for itself."""
MOST_GROWN_BYTES = 40_000_000
SECOND_US = 1_000_000


@dataclass
class Board:
    """Sends a rising number to three feeds, each in its own rhythm, until each message is acknowledged."""

    server: LabfeedServer
    channel: CreatedChannel
    is_over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def sending(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._send, args=pair) for pair in RATES_HZ.items()]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.is_over.set()
            for thread in threads:
                thread.join()

    def _send(self, feed: str, rate_hz: float) -> None:
        number = 0
        with requests.Session() as session:
            while not self.is_over.wait(1 / rate_hz):  # the rhythm of the board, not a wait for anything
                number += 1
                body = {"at": time.time(), "values": {feed: float(number)}}
                while not self._is_taken(session, body) and not self.is_over.wait(0.2):
                    pass

    def _is_taken(self, session: requests.Session, body: object) -> bool:
        headers = {"X-API-Key": self.channel.write_key}
        try:
            answer = session.post(f"{self.server.url}/api/v1/readings", json=body, headers=headers, timeout=5)
        except requests.RequestException:
            return False
        return answer.status_code == 201


def stored(server: LabfeedServer, channel: CreatedChannel, feed: str, since: int) -> list[float]:
    """The values that are stored from this instant (µs) on, by their instants."""
    asked = {"feeds": feed, "limit": 10_000, "from": f"{since // SECOND_US}.{since % SECOND_US:06}"}
    address = f"{server.url}/api/v1/channels/{channel.channel_id}/readings"
    return [reading["value"] for reading in requests.get(address, params=asked, timeout=10).json()["readings"]]


def shown(page: Page, feed: str) -> list[float]:
    return [value for _, value in points(page, feed)]


def newest(page: Page) -> float:
    """The last number of the fastest feed that is drawn; 0 where none is."""
    return max(shown(page, "fast"), default=0.0)


def heap_bytes(page: Page) -> float:
    """What the page's scripts hold, after a clean-up."""
    tools = page.context.new_cdp_session(page)
    tools.send("HeapProfiler.collectGarbage")
    used = float(tools.send("Runtime.getHeapUsage")["usedSize"])
    tools.detach()
    return used


def freeze(page: Page, state: str) -> None:
    """A laptop's lid: nothing of the page runs while it is frozen."""
    tools = page.context.new_cdp_session(page)
    tools.send("Page.setWebLifecycleState", {"state": state})
    tools.detach()


def drag(page: Page) -> None:
    box = page.locator(f"{CHART} .nsewdrag").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 20, steps=4)
    page.mouse.up()


@pytest.mark.long
class TestSoak:
    @pytest.fixture
    def server(self, start_labfeed) -> LabfeedServer:
        return start_labfeed(rate_limit="off")

    @pytest.mark.timeout(240 + 60 * MINUTES)
    def test_the_page_shows_what_is_stored_whatever_is_done_to_it(self, server, open_browser, eventually):
        channel = server.create_channel("Soaked", feeds=tuple(RATES_HZ))
        board = Board(server, channel)
        page = open_browser(tolerates=(*OUTAGE, "the server did not respond")).goto(
            f"{server.url}/channels/{channel.channel_id}?from=now-{WINDOW_S}s"
        )
        with board.sending():
            eventually(lambda: all(shown(page, feed) for feed in RATES_HZ), what="the first readings")
            before = heap_bytes(page)
            ends_at, is_over = time.monotonic() + 60 * MINUTES, False
            while not is_over:
                for disturb in (self.zoom, self.pause, self.look_back, self.hide, self.sleep):
                    disturb(page, eventually)
                    self.expect_growth(page, eventually)
                self.restart(server, page, eventually)
                is_over = time.monotonic() >= ends_at
            assert heap_bytes(page) - before < MOST_GROWN_BYTES
        for feed in RATES_HZ:
            eventually(lambda feed=feed: self.shows_all(server, channel, page, feed), what=f"all of {feed}")

    def shows_all(self, server: LabfeedServer, channel: CreatedChannel, page: Page, feed: str) -> bool:
        """From the first point that is drawn on, the chart and the database hold the same; they reach far enough."""
        drawn = points(page, feed)
        reach_s = (drawn[-1][0] - drawn[0][0]) / SECOND_US
        is_whole = reach_s >= WINDOW_S - 2 / RATES_HZ[feed] or drawn[0][1] == 1.0
        return is_whole and [value for _, value in drawn] == stored(server, channel, feed, drawn[0][0])

    def expect_growth(self, page: Page, eventually: Callable[..., object]) -> None:
        """The page lives, and misses nothing between the first number it shows and the last."""
        before = newest(page)
        eventually(lambda: newest(page) > before + 20, what="growth")
        for feed in RATES_HZ:
            values = shown(page, feed)
            expected = [values[0] + place for place in range(len(values))] if values else []
            assert values == expected, f"a hole or a repeat in {feed}"

    def zoom(self, page: Page, eventually: Callable[..., object]) -> None:
        drag(page)
        page.get_by_text("Held", exact=True).wait_for()
        eventually(lambda: "new" in page.locator(".lf-fresh").inner_text(), what="the counter")
        self.resume(page, eventually)

    def pause(self, page: Page, eventually: Callable[..., object]) -> None:
        page.get_by_role("button", name="Pause").click()
        page.get_by_text("Paused", exact=True).first.wait_for()
        still = shown(page, "fast")
        eventually(lambda: page.locator(".lf-fresh").inner_text() != "nothing new", what="the counter")
        assert shown(page, "fast") == still
        self.resume(page, eventually)

    def look_back(self, page: Page, eventually: Callable[..., object]) -> None:
        page.get_by_role("button", name="Zoom out").click()
        page.get_by_text("Held", exact=True).wait_for()
        before = page.evaluate("location.href")
        page.get_by_role("button", name="Earlier").click()
        eventually(lambda: page.evaluate("location.href") != before, what="an earlier range")
        page.go_back()
        eventually(lambda: page.evaluate("location.href") == before, what="the way back")
        self.resume(page, eventually)

    def hide(self, page: Page, eventually: Callable[..., object]) -> None:
        other = page.context.new_page()
        other.goto("about:blank")
        other.bring_to_front()
        before = newest(page)
        eventually(lambda: newest(page) > before, what="growth behind another tab")
        other.close()
        page.bring_to_front()

    def sleep(self, page: Page, eventually: Callable[..., object]) -> None:
        freeze(page, "frozen")
        stopped = threading.Event()
        stopped.wait(3)  # the lid is shut for so long; nothing can be awaited on a page that sleeps
        freeze(page, "active")

    def restart(self, server: LabfeedServer, page: Page, eventually: Callable[..., object]) -> None:
        server.kill9()
        server.start()
        before = newest(page)
        eventually(lambda: newest(page) > before, within_s=90, what="life after a restart")

    def resume(self, page: Page, eventually: Callable[..., object]) -> None:
        page.get_by_role("button", name="Resume").click()
        eventually(lambda: page.locator(".lf-fresh").count() == 0, what="a page that moves")
