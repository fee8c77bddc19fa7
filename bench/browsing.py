"""A page in Chromium with nothing in its cache: how soon it is usable, what it loads, how smoothly it goes on.

Unlike `pixels`, this looks from inside the page: what it asks is what somebody who sits before it would feel.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from bench.pixels import CHROMIUM
from bench.served import Server
from tests.browser import BrowserPage, opened_browser

DATA = ("/_dash-update-component", "/_dash-layout", "/_dash-dependencies")
"""What we say on opening a page, as against scripts and styles, which the next page has already."""

LONG_MS = 50.0
"""A task of the page that is longer keeps a click or a key waiting so that somebody may feel it."""

WATCH = """() => {
  window.seen = {gaps: [], tasks: [], cards: {}};
  new PerformanceObserver(list => list.getEntries().forEach(task => seen.tasks.push(task.duration)))
    .observe({type: 'longtask'});
  let last = performance.now();
  const frame = now => { seen.gaps.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  new MutationObserver(changes => {
    const now = performance.now();
    new Set(changes.map(change => change.target.closest?.('.lf-card'))).forEach(card => {
      if (card) (seen.cards[card.getAttribute('href')] ??= []).push(now);
    });
  }).observe(document.querySelector('main') ?? document.body, {subtree: true, childList: true});
}"""


@dataclass
class Visit:
    """One page that was opened with a cold cache."""

    page: Page
    usable_s: float = 0.0
    """From the navigation until what was waited for is there and the page answers."""
    data_bytes: float = 0.0
    loaded_bytes: float = 0.0


@dataclass
class Seen:
    """What somebody saw for a while. Times in ms."""

    seconds: float
    frame_gaps: list[float] = field(default_factory=list)
    long_tasks: list[float] = field(default_factory=list)
    card_gaps: list[float] = field(default_factory=list)

    @property
    def frames_per_s(self) -> float:
        return 1000 / median(self.frame_gaps)

    @property
    def long_share(self) -> float:
        """The share of the time in which a long task ran, as far as it was too long."""
        return sum(task - LONG_MS for task in self.long_tasks) / (self.seconds * 1000)


@contextmanager
def visit(server: Server, path: str, ready: str) -> Iterator[Visit]:
    """Open a page in a new browser and wait until the expression `ready` is true in it."""
    if not Path(CHROMIUM).exists():
        raise RuntimeError("Chromium is not installed here")
    with sync_playwright() as playwright, opened_browser(playwright) as opened:
        yield _opened(opened, f"http://127.0.0.1:{server.port}{path}", ready)
        opened.expect_no_faults()


def watch(found: Visit, seconds: float) -> Seen:
    """Look at the page for so long."""
    found.page.evaluate(WATCH)
    began = time.monotonic()
    found.page.wait_for_timeout(seconds * 1000)
    said: dict[str, Any] = found.page.evaluate("() => seen")
    cards = [at for at in said["cards"].values() if len(at) > 1]
    gaps = [later - earlier for at in cards for earlier, later in pairwise(at)]
    return Seen(time.monotonic() - began, said["gaps"], said["tasks"], gaps)


def _opened(opened: BrowserPage, url: str, ready: str) -> Visit:
    found = Visit(opened.page)
    _count(opened.page.context.new_cdp_session(opened.page), found)
    opened.goto(url)
    opened.page.wait_for_function(ready)
    found.usable_s = opened.page.evaluate("() => performance.now()") / 1000
    return found


def _count(session: CDPSession, found: Visit) -> None:
    """Add up what is transferred."""
    urls: dict[str, str] = {}

    def finished(event: dict[str, Any]) -> None:
        found.loaded_bytes += event["encodedDataLength"]
        if any(part in urls.get(event["requestId"], "") for part in DATA):
            found.data_bytes += event["encodedDataLength"]

    session.send("Network.enable")
    session.on("Network.responseReceived", lambda event: urls.update({event["requestId"]: event["response"]["url"]}))
    session.on("Network.loadingFinished", finished)
