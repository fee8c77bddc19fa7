"""The question behind a chart: a thousand points over all of a feed, however many readings it has."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from bench import machine
from bench.page import Figure, Goal, number
from bench.served import scratch
from domain.channels import Channel
from domain.readings import NewEntry, NewReading
from domain.roles import Viewer
from domain.timespan import SECOND, TimeSpan
from models import channels, readings, upgrading
from models.appending import Submission
from models.store import Store
from models.writer import store_together

TITLE = "A chart of 1000 points over all readings of a feed, one reading a second, three feeds in one SQLite file"
POINTS = 1000
SIZES = (10_000, 1_000_000, 10_000_000)
BATCH = 5000
TIMES = 31
START = 1_500_000_000 * SECOND


@dataclass(frozen=True, slots=True)
class Timed:
    points: int
    median_ms: float


def measure() -> list[Figure]:
    machine.pin(machine.SERVER_CORE)
    try:
        with scratch() as folder:
            store = Store.open(f"sqlite:///{folder / 'labfeed.db'}")
            upgrading.upgrade(store)
            began = time.perf_counter()
            filled = {size: fill(store, size, START) for size in SIZES}
            filled_per_s = sum(SIZES) / (time.perf_counter() - began)
            timed = {size: _time(store, channel, size) for size, channel in filled.items()}
            store.close()
    finally:
        machine.pin(machine.LOAD_CORE)
    return [*_figures(timed), Figure("filling them, with rollups, without HTTP", filled_per_s, "readings/s")]


def _figures(timed: dict[int, Timed]) -> Iterator[Figure]:
    least = timed[SIZES[0]].median_ms
    for size, found in timed.items():
        goal = Goal(25, most=True) if size == SIZES[-1] else None
        yield Figure(f"{number(size)} readings, median of {TIMES}", found.median_ms, "ms", goal)
        yield Figure("… points drawn", found.points, "")
    yield Figure("ten million over ten thousand", timed[SIZES[-1]].median_ms / least, "×", Goal(1.5, most=True))


def fill(store: Store, size: int, start: int) -> Channel:
    """A channel with so many readings, one a second, stored as its board would have, in batches."""
    channel = store.tell(channels.create, name=f"{size} readings", now=start, feeds=(channels.NewFeed("temperature"),))
    feed_ids = {feed.name: feed.id for feed in channel.feeds}
    for first in range(0, size, BATCH):
        entries = [
            NewEntry(start + number * SECOND, [NewReading("temperature", 20 + 5 * math.sin(number / 9000), None)])
            for number in range(first, min(first + BATCH, size))
        ]
        submission = Submission(channel.id, channel.version, entries, feed_ids, start + (first + BATCH) * SECOND)
        (outcome,), _ = store.tell(store_together, [submission])
        if isinstance(outcome, Exception):
            raise outcome
    return channel


def _time(store: Store, channel: Channel, size: int) -> Timed:
    span = TimeSpan(START, START + size * SECOND)
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        found = store.ask(readings.snapshot, Viewer.visitor(), channel.id, span, POINTS)
        times.append(time.perf_counter() - began)
    return Timed(len(found.series[0]), median(times) * 1000)
