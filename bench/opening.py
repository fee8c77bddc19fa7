"""A channel's page over ten million readings: how soon it is usable, and how soon a zoom is drawn."""

from __future__ import annotations

import time
from array import array
from statistics import median

from playwright.sync_api import Page

from bench import machine
from bench.browsing import visit
from bench.charts import fill
from bench.page import Figure, Goal
from bench.posting import percentile
from bench.served import served
from domain.timespan import SECOND
from models.store import Store

TITLE = (
    "A channel's page over ten million readings, one a second (cold cache; Chromium on every core, as somebody has it)"
)
READINGS = 10_000_000
OPENINGS, ZOOMS = 5, 40
CHART = "document.querySelector('.js-plotly-plot')"
LINE = f"{CHART}?.data?.find(trace => trace.name === 'temperature' && trace.x?.length > 1)"
READY = f"!!{LINE}"
SHOWN = f"JSON.stringify([{LINE}.x[0], {LINE}.x.at(-1), {LINE}.x.length])"
ZOOM = f"""button => new Promise(resolve => {{
  const shown = () => {SHOWN}, before = shown(), began = performance.now();
  document.querySelector(button).click();
  const look = () => shown() === before ? requestAnimationFrame(look) : resolve(performance.now() - began);
  requestAnimationFrame(look);
}})"""
BUTTONS = ("[aria-label='Zoom in']", "[aria-label='Zoom out']")


def measure() -> list[Figure]:
    with served() as server:
        store = Store.open(server.database_url)
        now = int(time.time()) * SECOND
        channel = fill(store, READINGS, now - READINGS * SECOND)
        store.close()
        path = f"/channels/{channel.id}?from=first"
        opened, zooms = array("d"), array("d")
        machine.unpin()
        for _ in range(OPENINGS):
            with visit(server, path, READY) as found:
                opened.append(found.usable_s)
                data_kb = found.data_bytes / 1000
        with visit(server, path, READY) as found:
            zooms.extend(_zooms(found.page))
        machine.pin(machine.LOAD_CORE)
        on_one_core = array("d")
        for _ in range(OPENINGS):
            with visit(server, path, READY) as found:
                on_one_core.append(found.usable_s)
    return [
        Figure(f"usable after, median of {OPENINGS}", median(opened), "s", Goal(1.5, most=True)),
        Figure("… with all of Chromium on one core", median(on_one_core), "s"),
        Figure("… of our own data", data_kb, "kB", Goal(100, most=True)),
        Figure(f"a zoom is drawn after, median of {ZOOMS}", percentile(zooms, 50), "ms"),
        Figure("… p95", percentile(zooms, 95), "ms", Goal(150, most=True)),
    ]


def _zooms(page: Page) -> list[float]:
    """In and out again, each as soon as the last is drawn and the page has rested."""
    found = []
    for number in range(ZOOMS + 2):
        took_ms: float = page.evaluate(ZOOM, BUTTONS[number // 4 % 2])
        page.wait_for_timeout(300)
        if number >= 2:
            found.append(took_ms)
    return found
