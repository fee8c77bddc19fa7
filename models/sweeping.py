"""Long changes made in many short transactions, so that boards which wait to be stored never wait long.

After each part comes a rest as long as the part took: other writers, of this process and of others, get their turn.
How much a part moves follows how long the last one took, on whatever machine this is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from math import inf

from domain.audit import Actor
from models import deleting, removals, retention
from models.store import Store

AT_MOST_S, AT_LEAST_S = 0.030, 0.012
"""A part that takes longer is followed by one half as large, one that takes less by a larger one."""

FIRST, FEWEST, MOST = 1_000, 250, 8_000
"""Readings moved by one part."""

SHORTEST_REST_S = 0.005


@dataclass(eq=False)
class Sweeper:
    """What takes many transactions: at somebody's request, or because its time has come.

    `now` is µs since the epoch; `clock` and `rest` are in seconds.
    """

    store: Store
    now: Callable[[], int]
    clock: Callable[[], float]
    rest: Callable[[float], None]
    _closed: threading.Event = field(default_factory=threading.Event)
    _working: threading.Lock = field(default_factory=threading.Lock)

    def finish(self, removal_id: int, within_s: float = inf) -> bool:
        """Go on with a removal; whether it came to its end within this time. `turn` does what is left, soon."""

        def part(most: int) -> bool:
            return self.store.tell(removals.go_on, removal_id, self.now(), most)

        is_done = self._in_parts(part, within_s)
        if not is_done and not self._closed.is_set():
            self.store.tell(removals.leave, removal_id)
        return is_done

    def clear(self, actor: Actor, channel_id: int) -> None:
        """Take away all readings of a channel. Should this process end meanwhile, `turn` goes on with it elsewhere.

        Raises NotFound, Forbidden.
        """
        if not self.store.tell(deleting.clear, actor, channel_id):
            self._clear_on(channel_id)

    def turn(self) -> None:
        """Go on with the clearings and removals that were left lying."""
        for channel_id in self.store.ask(deleting.half_cleared, self.now()):
            self._clear_on(channel_id)
        for removal_id in self.store.ask(removals.pending, self.now()):
            if not self._closed.is_set() and self.store.tell(removals.claim, removal_id, self.now()):
                self.finish(removal_id)

    def tidy(self) -> None:
        """Take away for good what is kept no longer: old readings, and what lay in a bin for long enough."""
        store, now = self.store, self.now()
        for channel_id in store.ask(retention.due, now):
            self._sweep(channel_id)
        for removal_id in store.ask(removals.overdue, now):
            self._in_parts(partial(store.tell, removals.forget_some, removal_id))
        for channel_id in store.ask(deleting.overdue, now):
            self._in_parts(partial(store.tell, deleting.remove_some, channel_id, now))

    def close(self) -> None:
        """Begin no further part; the one that is being done is done before this returns."""
        self._closed.set()
        with self._working:
            pass

    def _clear_on(self, channel_id: int) -> None:
        self._in_parts(lambda most: self.store.tell(deleting.clear_on, channel_id, self.now(), most))

    def _sweep(self, channel_id: int) -> None:
        gone = 0

        def part(most: int) -> bool:
            nonlocal gone
            swept = self.store.tell(retention.sweep_some, channel_id, self.now(), gone, most)
            gone += swept.readings
            return swept.is_done

        self._in_parts(part)

    def _in_parts(self, part: Callable[[int], bool], within_s: float = inf) -> bool:
        """Do a part of at most so many readings, until it says that all is done; whether it is."""
        most, begun_at = FIRST, self.clock()
        while not self._closed.is_set():
            started_at = self.clock()
            with self._working:
                if self._closed.is_set():
                    return False
                if part(most):
                    return True
            took_s = self.clock() - started_at
            most = _next_size(most, took_s)
            if self.clock() - begun_at > within_s:
                return False
            self.rest(max(took_s, SHORTEST_REST_S))
        return False


def _next_size(most: int, took_s: float) -> int:
    """How much the next part moves, after one that took so long."""
    if took_s > AT_MOST_S:
        return max(FEWEST, most // 2)
    return min(MOST, most + most // 2) if took_s < AT_LEAST_S else most
