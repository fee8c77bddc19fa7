"""The hub: who watches what, what comes in for them, and when a group has its turn.

Watchers of one channel who want it in the same form (equal encoders) are one group. A group has one cursor, the newest
entry all its members were shown, and each batch is encoded once for all of them. Whoever is not at the group's cursor
(just joined, or too slow for a while) is brought there with rows from the database, and then shares again. Every
watcher is shown every entry once, in order, whatever the bus loses, repeats or swaps.

What a group is shown is in `showing`, how that reaches its members in `delivery`, what comes by time in `hooks`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from domain.errors import NotFound
from domain.readings import FreshReadings
from live.bus import Bus
from live.delivery import Delivery
from live.groups import Encoder, Fill, Group, Sink, State, T, Watch
from live.hooks import Hooks
from live.jobs import RETRY_S, Jobs
from live.showing import Showing, needs_database

logger = logging.getLogger(__name__)

PENDING_LIMIT = 1000
"""Messages a group keeps while it cannot show them. Beyond, they are dropped and read from the database later."""


@dataclass(frozen=True, slots=True)
class HubCounts:
    """For /metrics. The first three are now, the others since the start."""

    watchers: int
    behind: int
    groups: int
    delivered: int
    encoded: int
    conflated: int
    holes: int
    ended: int


class Hub:
    """All watchers of one process. `fill` reads the stored entries; `clock` counts seconds."""

    def __init__(self, bus: Bus, fill: Fill, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._bus = bus
        self._jobs = Jobs(clock)
        self._delivery = Delivery(fill, self._jobs, plan=self._plan, end=self.end)
        self._hooks = Hooks(self._jobs, self._delivery, plan=self._plan, end=self.end)
        self._showing = Showing(fill, self._delivery, self._hooks)
        # Guards changes of the two below. Taken before a group's mutex, never while one is held.
        self._mutex = threading.Lock()
        self._groups: dict[tuple[int, Encoder[Any]], Group] = {}
        self._by_channel: dict[int, tuple[Group, ...]] = {}
        self._unsubscribe: Callable[[], None] | None = None
        self._ended = 0

    def start(self) -> None:
        """Begin to show. To be called in the process that serves, after any fork, before the bus is started."""
        if self._unsubscribe is None:
            self._jobs.start()
            self._unsubscribe = self._bus.subscribe(self._take, self._check)

    def close(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
            self._jobs.close()

    def watch(
        self,
        channel_id: int,
        cursor: int,
        encoder: Encoder[T],
        sink: Sink[T],
        *,
        tag: object = None,
        on_end: Callable[[], None] | None = None,
    ) -> Watch:
        """Show `sink` every entry of the channel after `cursor`, once and in order, from now on.

        Reads from the database what the group has seen already, and returns when that is shown or the sink is full; if
        it is very much, the rest comes later.
        `tag` is for `end`; `on_end` is called when `end` ends this watch.
        """
        watch, group_is_new = self._join(channel_id, cursor, encoder, sink, tag, on_end)
        if group_is_new:
            self._show_due(watch.group)
            self._hooks.begin(watch.group)
        else:
            self._delivery.catch_up(watch)
        return watch

    def resume(self, watch: Watch) -> None:
        """Bring a member whose sink has room again back to its group; the reading happens on another thread."""
        self._delivery.resume(watch)

    def redraw(self, watch: Watch) -> None:
        """Show a member a fresh picture in place of what it was shown, on another thread; then it goes on from that."""
        self._delivery.redraw(watch)

    def cancel(self, watch: Watch) -> bool:
        """Take a member out; False if it was out already."""
        group = watch.group
        with group.mutex:
            if watch.state is State.ENDED:
                return False
            watch.state = State.ENDED
            group.sharing.pop(watch, None)
            group.apart.pop(watch, None)
        self._drop_if_empty(group)
        return True

    def end(self, channel_id: int, which: Callable[[Watch], bool] = lambda watch: True) -> int:
        """End the watches of a channel that `which` picks, because their right is gone; says how many."""
        ended = 0
        for group in self._by_channel.get(channel_id, ()):
            for watch in group.members():
                if which(watch) and self.cancel(watch):
                    ended += 1
                    if watch.on_end is not None:
                        watch.on_end()
        self._ended += ended
        return ended

    def later(self, after_s: float, job: Callable[[], None]) -> None:
        """Run a short job, that does not wait for anything, on the hub's own thread."""
        self._jobs.later(after_s, job)

    def counts(self) -> HubCounts:
        groups = list(self._groups.values())
        sharing, apart = sum(len(group.sharing) for group in groups), sum(len(group.apart) for group in groups)
        return HubCounts(
            watchers=sharing + apart,
            behind=apart,
            groups=len(groups),
            delivered=self._delivery.delivered,
            encoded=self._delivery.encoded,
            conflated=self._showing.conflated,
            holes=self._showing.holes,
            ended=self._ended,
        )

    # --- joining and leaving ------------------------------------------------------------------------------------------

    def _join(
        self,
        channel_id: int,
        cursor: int,
        encoder: Encoder[Any],
        sink: Sink[Any],
        tag: object,
        on_end: Callable[[], None] | None,
    ) -> tuple[Watch, bool]:
        """A member of the group, and whether the group is new: then its maker must show what is due."""
        with self._mutex:
            group = self._groups.get((channel_id, encoder))
            if group is not None:
                watch = Watch(self, group, cursor, sink, tag, on_end, State.BEHIND, cursor)
                with group.mutex:
                    group.apart[watch] = None
                return watch, False
            group = Group(channel_id, encoder, cursor, must_check=True, is_busy=True)
            watch = Watch(self, group, cursor, sink, tag, on_end, State.SHARING, cursor)
            group.sharing[watch] = None
            self._groups[channel_id, encoder] = group
            self._by_channel[channel_id] = (*self._by_channel.get(channel_id, ()), group)
            return watch, True

    def _drop_if_empty(self, group: Group) -> None:
        with self._mutex, group.mutex:
            if group.sharing or group.apart or group.is_over:
                return
            group.is_over = True
            del self._groups[group.channel_id, group.encoder]
            rest = tuple(each for each in self._by_channel[group.channel_id] if each is not group)
            if rest:
                self._by_channel[group.channel_id] = rest
            else:
                del self._by_channel[group.channel_id]

    # --- what comes in, and whose turn it is --------------------------------------------------------------------------

    def _take(self, fresh: FreshReadings) -> None:
        """A message of the bus. Only noted here: whoever stores does not wait for those who look."""
        for group in self._by_channel.get(fresh.channel_id, ()):
            with group.mutex:
                if fresh.last <= group.cursor:
                    continue
                group.pending.append(fresh)
                if len(group.pending) > PENDING_LIMIT:
                    group.pending.clear()
                    group.must_check = True
            self._plan(group)

    def _check(self, channel_ids: frozenset[int] | None) -> None:
        """Messages may be lost: whatever is watched is compared with the database."""
        for channel_id in list(self._by_channel) if channel_ids is None else channel_ids:
            for group in self._by_channel.get(channel_id, ()):
                with group.mutex:
                    group.must_check = True
                self._plan(group)

    def _plan(self, group: Group, after_s: float = 0.0) -> None:
        """Have the group shown what is due: at once, but not within the window after the last batch."""
        with group.mutex:
            if group.is_planned or group.is_over:
                return
            group.is_planned = True
            due = max(self._jobs.clock() + after_s, group.shown_at + group.encoder.window_s)
        self._jobs.at(due, lambda: self._turn(group))

    def _turn(self, group: Group) -> None:
        """On the hub's thread: show what is due here, or elsewhere if the database is needed for it."""
        with group.mutex:
            group.is_planned = False
        if not group.seize():
            return
        if needs_database(group):
            self._jobs.run_blocking(self._show_due, group)
        else:
            self._show_due(group)

    def _show_due(self, group: Group) -> None:
        """Show the group what is due. The caller has seized it; afterwards it is released."""
        failed = False
        try:
            self._showing.show_due(group)
        except NotFound:
            self.end(group.channel_id)
        except Exception:  # whatever the engine raises has one answer: nothing is lost, ask again later
            logger.exception("Channel %d could not be read for its watchers", group.channel_id)
            failed = True
        if group.release(failed=failed):
            self._plan(group, RETRY_S if failed else 0.0)
