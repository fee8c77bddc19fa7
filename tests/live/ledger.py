"""A channel's entries in memory, a form to show them in, and watchers who note what they were shown."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from domain.errors import NotFound
from domain.readings import FreshReadings

FEED = 1
MOST_AT_ONCE = 400
"""Entries that one fill gives at most, as the real one does."""


class Ledger:
    """Stored entries, numbered from 1 in each channel; entry n holds the one value n. Each fill is counted."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._newest: dict[int, int] = {}
        self.fills: list[tuple[int, int, int | None]] = []
        self.failures_to_come = 0
        self.may_fill = threading.Event()
        self.may_fill.set()

    def append(self, channel_id: int = 1, entries: int = 1) -> FreshReadings:
        """Store that many entries and say what is fresh, as a writer does after its commit."""
        with self._mutex:
            first = self._newest.get(channel_id, 0) + 1
            self._newest[channel_id] = first + entries - 1
        return run(channel_id, first, first + entries - 1)

    def newest(self, channel_id: int = 1) -> int:
        return self._newest.get(channel_id, 0)

    def fill(self, channel_id: int, after: int, up_to: int | None) -> list[FreshReadings]:
        self.may_fill.wait(10)
        with self._mutex:
            self.fills.append((channel_id, after, up_to))
            if self.failures_to_come:
                self.failures_to_come -= 1
                raise OSError("the database is away")
            if channel_id < 0:
                raise NotFound
            last = min(self._newest.get(channel_id, 0), after + MOST_AT_ONCE, 10**9 if up_to is None else up_to)
        return [run(channel_id, after + 1, last)] if last > after else []


def run(channel_id: int, first: int, last: int) -> FreshReadings:
    rows = tuple((FEED, entry_id, float(entry_id), None) for entry_id in range(first, last + 1))
    return FreshReadings(channel_id, first, last, 0, rows)


@dataclass(frozen=True)
class Plain:
    """Shows the entry numbers; a window where asked."""

    window_s: float = 0.0
    name: str = ""

    def encode(self, channel_id: int, runs: Sequence[FreshReadings]) -> tuple[int, ...]:
        return tuple(int(row[1]) for each in runs for row in each.rows)


@dataclass
class Watcher:
    """A sink that notes what it takes. With a `room`, it refuses what comes while that many batches wait."""

    room: int | None = None
    batches: list[tuple[int, ...]] = field(default_factory=list)
    refusals: int = 0
    has_ended: bool = False
    resume: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[tuple[int, ...]] = deque()
        self._was_refused = False

    def __call__(self, batch: tuple[int, ...]) -> bool:
        with self._mutex:
            if self.room is None:
                self.batches.append(batch)
                return True
            if len(self._waiting) >= self.room:
                self.refusals += 1
                self._was_refused = True
                return False
            self._waiting.append(batch)
            return True

    def drain(self) -> None:
        """Read what waits, and tell of the room if there was none."""
        with self._mutex:
            self.batches += self._waiting
            self._waiting.clear()
            was_refused, self._was_refused = self._was_refused, False
        if was_refused:
            self.resume()

    def end(self) -> None:
        self.has_ended = True

    @property
    def entries(self) -> list[int]:
        return [entry_id for batch in self.batches for entry_id in batch]
