"""From a board's POST to the pixel on an open page, in Chromium, as Chromium's own trace tells it.

The trace's clock is the monotonic clock of the machine, so its instants and those of the POSTs compare directly.
Nothing of ours runs inside the page, and nothing listens to its document, which would slow it down.
"""

from __future__ import annotations

import json
import random
import time
import urllib.request
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.page import Figure, Goal
from bench.posting import percentile
from bench.served import Channel, Server, make_channel, served
from tests.browser import opened_browser

TITLE = "POST to pixel in Chromium (a channel's page with ten minutes of history; all of Chromium on one core)"
PLOTS = {
    "one plot": ("temperature:°C",),
    "two plots": ("temperature:°C", "humidity:%"),
}
CHROMIUM = "/usr/lib/chromium/chromium"
WARM_UP, POSTS = 20, 100
PAUSE_S = (0.4, 0.6)
HISTORY_S = 600
SETTLES_MS = 3000

CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "viz"]
TASK, PAINT, SWAP = "RunTask", "Paint", "Display::DrawAndSwap"


@dataclass(frozen=True, slots=True)
class Step:
    """Something Chromium did, from and to an instant in seconds of the monotonic clock."""

    name: str
    thread: str
    began: float
    ended: float


@dataclass(slots=True)
class Sent:
    """One POST: when it was sent."""

    at: float


@dataclass
class Delays:
    """Seconds after the POST was sent; one of each for every POST whose frame was found."""

    heard: array[float] = field(default_factory=lambda: array("d"))
    drawn: array[float] = field(default_factory=lambda: array("d"))
    shown: array[float] = field(default_factory=lambda: array("d"))


def measure() -> list[Figure]:
    if not Path(CHROMIUM).exists():
        raise RuntimeError("Chromium is not installed here")
    return [figure for plots, feeds in PLOTS.items() for figure in _figures(plots, feeds)]


def _figures(plots: str, feeds: Sequence[str]) -> list[Figure]:
    with served() as server:
        sent, trace = _watch(server, make_channel(server, *feeds))
    found = _delays(sent, list(_steps(trace)))
    return [
        Figure(f"{plots}: p50", percentile(found.shown, 50) * 1000, "ms"),
        Figure("… p95", percentile(found.shown, 95) * 1000, "ms", Goal(60, 25, most=True)),
        Figure("… p50 of that: until the browser has it", percentile(found.heard, 50) * 1000, "ms"),
        Figure("… p50 of that: until the page has drawn it", percentile(found.drawn, 50) * 1000, "ms"),
        Figure(f"… POSTs seen, of {POSTS}", len(found.shown), "", Goal(POSTS)),
    ]


def _watch(server: Server, channel: Channel) -> tuple[list[Sent], Sequence[dict[str, Any]]]:
    _send_history(server, channel)
    with sync_playwright() as playwright, opened_browser(playwright) as opened:
        page = opened.goto(f"http://127.0.0.1:{server.port}/channels/{channel.channel_id}")
        page.wait_for_selector("path.js-line", state="attached")
        page.wait_for_timeout(SETTLES_MS)
        browser = page.context.browser
        assert browser is not None
        browser.start_tracing(page=page, categories=CATEGORIES)
        sent = list(_posts(server, channel, page))
        trace = json.loads(browser.stop_tracing())["traceEvents"]
        opened.expect_no_faults()
    return sent, trace


def _posts(server: Server, channel: Channel, page: Page) -> Iterator[Sent]:
    """Send one reading after the other, each long enough after the last for that to be on the screen."""
    chance = random.Random(1)
    for number in range(WARM_UP + POSTS):
        page.wait_for_timeout(chance.uniform(*PAUSE_S) * 1000)
        sent = Sent(time.monotonic())
        _send(server, channel, _reading(channel, chance))
        if number >= WARM_UP:
            yield sent
    page.wait_for_timeout(SETTLES_MS)


def _delays(sent: Sequence[Sent], steps: Sequence[Step]) -> Delays:
    """What the trace tells of each POST: when the worker of the socket woke, the plot was drawn, and it was shown."""
    found = Delays()
    for post in sent:
        heard = _first(steps, "SharedWorker", "FunctionCall", after=post.at)
        drawing = heard and _drawing(steps, heard)
        paint = drawing and _first(steps, "CrRendererMain", PAINT, after=drawing.ended)
        swap = paint and _first(steps, "VizCompositor", SWAP, after=paint.ended)
        if heard and drawing and swap:
            found.heard.append(heard.began - post.at)
            found.drawn.append(drawing.ended - post.at)
            found.shown.append(swap.ended - post.at)
    return found


def _drawing(steps: Sequence[Step], heard: Step) -> Step | None:
    """The page's task that changed the plot: the first that runs the page's code after its socket's worker was told."""
    code = _first(steps, "CrRendererMain", "FunctionCall", after=heard.began)
    return code and next(
        (
            step
            for step in steps
            if step.name == TASK
            and step.thread.startswith("CrRendererMain")
            and step.began <= code.began
            and step.ended >= code.ended
        ),
        None,
    )


def _first(steps: Sequence[Step], thread: str, name: str, *, after: float) -> Step | None:
    return next(
        (step for step in steps if step.began > after and step.name == name and step.thread.startswith(thread)), None
    )


def _steps(trace: Sequence[dict[str, Any]]) -> Iterator[Step]:
    """The complete events of the threads that matter, in order."""
    named = {(event["pid"], event["tid"]): event["args"]["name"] for event in trace if event["name"] == "thread_name"}
    for event in sorted((event for event in trace if event["ph"] == "X"), key=lambda event: event["ts"]):
        began = event["ts"] / 1e6
        thread = named.get((event["pid"], event["tid"]), "")
        yield Step(event["name"], thread, began, began + event.get("dur", 0) / 1e6)


def _reading(channel: Channel, chance: random.Random) -> dict[str, float]:
    return {name: round(chance.uniform(18, 24), 2) for name in channel.feeds}


def _send_history(server: Server, channel: Channel) -> None:
    chance = random.Random(2)
    ages_s = range(HISTORY_S, 0, -1)
    _send(server, channel, [{"age_ms": age_s * 1000, "values": _reading(channel, chance)} for age_s in ages_s])


def _send(server: Server, channel: Channel, message: object) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/api/v1/readings",
        json.dumps(message).encode(),
        {"X-API-Key": channel.write_key, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        answer.read()
