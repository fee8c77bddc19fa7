"""The hub: who watches what, and what each of them is shown next.

Watchers of one channel who want it in the same form (equal encoders) are one group. A group has one cursor, the newest
entry all its members were shown, and each batch is encoded once for all of them. Whoever is not at the group's cursor
(just joined, or too slow for a while) is brought there with rows from the database, and then shares again. Entries are
numbered without a hole, so a lost message shows as a jump: the hole is filled from the database before anything after
it is shown. Every watcher is shown every entry once, in order, whatever the bus loses, repeats or swaps.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias

from domain.errors import NotFound
from domain.readings import FreshReadings
from live.agenda import Agenda
from live.bus import Bus
from live.groups import Encoder, Group, Sink, State, T, Watch

logger = logging.getLogger(__name__)

Fill: TypeAlias = Callable[[int, int, int | None], list[FreshReadings]]
"""(channel id, after, up to or None) → the stored entries after `after`, in order; a part of them may come first."""

STEP_ENTRIES = 500
"""Entries fetched at a time for a member who is behind, so that a slow one never costs much memory."""

STEPS_AT_ONCE = 20
"""After so many, others who wait for the database have their turn."""

FAR_BEHIND_ENTRIES = 2000
"""From here on a member gets a fresh picture instead of every row, where its encoder can draw one."""

PENDING_LIMIT = 1000
"""Messages a group keeps while it cannot show them. Beyond, they are dropped and read from the database later."""

RETRY_S = 1.0
"""How long the hub waits after the database failed it."""

HOOK_RETRY_S = 0.05
"""How long a hook waits for a group that is just being shown something."""

OVERDUE_S = 1.0
"""How long a message may be on its way. After that the database is asked for what a member knows and its group not."""

BLOCKING_JOBS = 8
"""How many groups and members may wait for the database at once."""


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
        self._fill = fill
        self._clock = clock
        self._mutex = threading.Lock()
        self._groups: dict[tuple[int, Encoder[Any]], Group] = {}
        self._by_channel: dict[int, tuple[Group, ...]] = {}
        self._agenda = Agenda("hub", clock)
        self._blocking: ThreadPoolExecutor | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._delivered = self._encoded = self._conflated = self._holes = self._ended = 0

    def start(self) -> None:
        """Begin to show. To be called in the process that serves, after any fork, before the bus is started."""
        if self._unsubscribe is None:
            self._blocking = ThreadPoolExecutor(BLOCKING_JOBS, thread_name_prefix="hub-fill")
            self._unsubscribe = self._bus.subscribe(self._take, self._check)
            self._agenda.start()

    def close(self) -> None:
        if self._unsubscribe is not None and self._blocking is not None:
            self._unsubscribe()
            self._unsubscribe = None
            self._agenda.close()
            self._blocking.shutdown(wait=False, cancel_futures=True)

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
            self._plan_hooks(watch.group)
        else:
            self._catch_up(watch)
        return watch

    def resume(self, watch: Watch) -> None:
        """Bring a member whose sink has room again back to its group; the reading happens on another thread."""
        with watch.group.mutex:
            watch.has_room = True
            if watch.state is not State.FULL:
                return
            watch.state = State.BEHIND
        self._run_blocking(self._catch_up, watch)

    def redraw(self, watch: Watch) -> None:
        """Show a member a fresh picture in place of what it was shown, on another thread; then it goes on from that."""
        group = watch.group
        with group.mutex:
            watch.must_redraw = True
            if watch.state is State.SHARING:
                watch.cursor = group.cursor
                del group.sharing[watch]
                group.apart[watch] = None
            elif watch.state is not State.AHEAD:
                return  # it is about to be brought to its group, or over
            watch.state = State.BEHIND
        self._run_blocking(self._catch_up, watch)

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
        self._agenda.add(self._clock() + after_s, job)

    def counts(self) -> HubCounts:
        groups = list(self._groups.values())
        sharing, apart = sum(len(group.sharing) for group in groups), sum(len(group.apart) for group in groups)
        return HubCounts(
            watchers=sharing + apart,
            behind=apart,
            groups=len(groups),
            delivered=self._delivered,
            encoded=self._encoded,
            conflated=self._conflated,
            holes=self._holes,
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

    # --- what comes in ------------------------------------------------------------------------------------------------

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
            due = max(self._clock() + after_s, group.shown_at + group.encoder.window_s)
        self._agenda.add(due, lambda: self._turn(group))

    # --- showing ------------------------------------------------------------------------------------------------------

    def _turn(self, group: Group) -> None:
        """On the hub's thread: show what is due here, or elsewhere if the database is needed for it."""
        with group.mutex:
            group.is_planned = False
        if not group.seize():
            return
        with group.mutex:
            needs_database = group.must_check or not _follow_on(group.pending, group.cursor)
        if needs_database:
            self._run_blocking(self._show_due, group)
        else:
            self._show_due(group)

    def _show_due(self, group: Group) -> None:
        """Show what is pending, holes filled. The caller has seized the group; afterwards it is released."""
        failed = False
        try:
            for runs in self._parts_due(group):
                self._show(group, runs)
        except NotFound:
            self.end(group.channel_id)
        except Exception:  # whatever the engine raises has one answer: nothing is lost, ask again later
            logger.exception("Channel %d could not be read for its watchers", group.channel_id)
            failed = True
        if group.release(failed=failed):
            self._plan(group, RETRY_S if failed else 0.0)

    def _parts_due(self, group: Group) -> Iterator[Sequence[FreshReadings]]:
        """The group's next runs, each part following on the one before. Reads the database where runs are missing."""
        with group.mutex:
            pending, group.pending = group.pending, []
            check, group.must_check = group.must_check, False
        if check:
            yield from self._stored(group.channel_id, group.cursor, None)
        cursor = group.cursor
        ready: list[FreshReadings] = []
        for fresh in sorted(pending, key=_first):
            if fresh.last <= cursor:
                continue
            if fresh.first != cursor + 1:
                if ready:
                    yield ready
                yield from self._missing(group.channel_id, cursor, fresh)
                ready = []
            if fresh.first > cursor:
                ready.append(fresh)
            cursor = fresh.last
        if ready:
            yield ready

    def _missing(self, channel_id: int, cursor: int, fresh: FreshReadings) -> Iterator[Sequence[FreshReadings]]:
        """What lies between the cursor and a run that does not follow on it; the run's own rest if they overlap."""
        self._holes += 1
        yield from self._stored(channel_id, cursor, fresh.first - 1 if fresh.first > cursor else fresh.last)

    def _stored(self, channel_id: int, after: int, up_to: int | None) -> Iterator[Sequence[FreshReadings]]:
        while up_to is None or after < up_to:
            part = self._fill(channel_id, after, up_to)
            if not part:
                return
            yield part
            after = part[-1].last

    def _show(self, group: Group, runs: Sequence[FreshReadings]) -> None:
        """Show one batch to all who share, and let those who are ahead join where it reaches them."""
        self._conflated += len(runs) - 1
        self._hand_out(group, self._encode(group, runs), runs[-1].last)
        self._plan_afterwards(group)
        for watch in self._reached(group):
            self._continue(watch, runs)

    def _encode(self, group: Group, runs: Sequence[FreshReadings]) -> Any | None:
        try:
            batch = group.encoder.encode(group.channel_id, runs)
        except Exception:  # one page's drawing error must not stop what others are shown
            logger.exception("Channel %d could not be encoded by %r", group.channel_id, group.encoder)
            return None
        self._encoded += 1
        return batch

    def _hand_out(self, group: Group, batch: Any | None, last: int) -> None:
        """Move the group to entry `last` and hand the batch that shows it to all who share."""
        with group.mutex:
            before, group.cursor = group.cursor, last
            group.shown_at = self._clock()
            members = list(group.sharing)
        if batch is None:
            return
        for watch in members:
            watch.has_room = False
            if not watch.sink(batch):
                self._fall_behind(watch, before)
        self._delivered += len(members)

    def _fall_behind(self, watch: Watch, cursor: int) -> None:
        with watch.group.mutex:
            if watch.state is not State.SHARING:
                return
            watch.state = State.BEHIND if watch.has_room else State.FULL
            watch.cursor = cursor
            del watch.group.sharing[watch]
            watch.group.apart[watch] = None
        self._delivered -= 1
        if watch.has_room:
            self._run_blocking(self._catch_up, watch)

    def _reached(self, group: Group) -> list[Watch]:
        """Members who were ahead and are not any more. They are the caller's to catch up."""
        with group.mutex:
            if not group.apart:
                return []
            reached = [watch for watch in group.apart if watch.state is State.AHEAD and watch.cursor <= group.cursor]
            for watch in reached:
                watch.state = State.CATCHING_UP
            return reached

    def _continue(self, watch: Watch, runs: Sequence[FreshReadings]) -> None:
        """Bring a member who was ahead to the group: with the runs at hand if they fit, else from the database."""
        rest = [run for run in runs if run.first > watch.cursor]
        if rest and rest[0].first == watch.cursor + 1:
            self._hand_alone(watch, self._encode(watch.group, rest), rest[-1].last)
        self._catch_up_later(watch)

    # --- members who are not at the group's cursor --------------------------------------------------------------------

    def _catch_up_later(self, watch: Watch) -> None:
        """Hand a member that this thread was catching up to another that may block, unless it is there."""
        if self._settle(watch):
            return
        with watch.group.mutex:
            if watch.state is State.CATCHING_UP:
                watch.state = State.BEHIND
        self._run_blocking(self._catch_up, watch)

    def _catch_up(self, watch: Watch) -> None:
        """Show a member what lies between its cursor and the group's, then let it share. Blocks for the database."""
        with watch.group.mutex:
            if watch.state is not State.BEHIND:
                return
            watch.state = State.CATCHING_UP
        try:
            for _ in range(STEPS_AT_ONCE):
                if self._settle(watch):
                    return
                self._step(watch)
            self._catch_up_later(watch)
        except NotFound:
            self.end(watch.group.channel_id)
        except Exception:  # as when a group is read: ask again later
            logger.exception("Channel %d could not be read for one watcher", watch.group.channel_id)
            self._retry(watch)

    def _retry(self, watch: Watch) -> None:
        with watch.group.mutex:
            if watch.state is not State.CATCHING_UP:
                return
            watch.state = State.BEHIND
        self._agenda.add(self._clock() + RETRY_S, lambda: self._run_blocking(self._catch_up, watch))

    def _settle(self, watch: Watch) -> bool:
        """Let a member share if it is at the group's cursor, or wait if it is ahead. False: it has to go on."""
        group = watch.group
        with group.mutex:
            if watch.state is not State.CATCHING_UP:
                return True
            if watch.cursor < group.cursor or watch.must_redraw:
                return False
            if watch.cursor == group.cursor:
                watch.state = State.SHARING
                del group.apart[watch]
                group.sharing[watch] = None
                return True
            watch.state = State.AHEAD
        self._agenda.add(self._clock() + OVERDUE_S, lambda: self._check_if_overdue(group))
        return True

    def _check_if_overdue(self, group: Group) -> None:
        """A member still ahead of its group knows of entries whose messages the group never got."""
        with group.mutex:
            group.must_check = group.must_check or any(watch.state is State.AHEAD for watch in group.apart)
        if group.must_check:
            self._plan(group)

    def _step(self, watch: Watch) -> None:
        """Show a member the next part of what it lacks."""
        group = watch.group
        must, watch.must_redraw = watch.must_redraw, False
        is_far = group.cursor - watch.cursor > FAR_BEHIND_ENTRIES
        picture = self._picture(watch, watch.cursor + (not must)) if is_far or must else None
        if picture is not None:
            if not self._hand_alone(watch, *picture):
                watch.must_redraw = must
            return
        up_to = min(watch.cursor + STEP_ENTRIES, group.cursor)
        runs = self._fill(group.channel_id, watch.cursor, up_to)
        self._hand_alone(watch, self._encode(group, runs) if runs else None, runs[-1].last if runs else up_to)

    def _picture(self, watch: Watch, least: int) -> tuple[Any, int] | None:
        """A fresh picture instead of rows, if the encoder draws one that reaches as far as entry `least`."""
        rebase = getattr(watch.group.encoder, "rebase", None)
        picture: tuple[Any, int] | None = rebase(watch.group.channel_id) if rebase is not None else None
        return picture if picture is not None and picture[1] >= least else None

    def _hand_alone(self, watch: Watch, batch: Any | None, cursor: int) -> bool:
        """Hand a member something of its own; whether there was room for it."""
        watch.has_room = False
        taken = batch is None or watch.sink(batch)
        with watch.group.mutex:
            if watch.state is not State.CATCHING_UP:
                return taken
            if taken:
                watch.cursor = cursor
                self._delivered += batch is not None
            elif not watch.has_room:
                watch.state = State.FULL
        return taken

    # --- hooks --------------------------------------------------------------------------------------------------------

    def _plan_hooks(self, group: Group) -> None:
        for name, hook in (("rebase_every_s", self._rebase), ("tick_every_s", self._tick)):
            every_s: float | None = getattr(group.encoder, name, None)
            if every_s is not None:
                self._plan_hook(group, every_s, hook)

    def _plan_hook(self, group: Group, every_s: float, hook: Callable[[Group], None]) -> None:
        def due() -> None:
            if not group.is_over:
                self._run_blocking(self._run_hook, group, hook)
                self._agenda.add(self._clock() + every_s, due)

        self._agenda.add(self._clock() + every_s, due)

    def _plan_afterwards(self, group: Group) -> None:
        """Have the group shown what its last batch left for later, with what the next ones leave until then."""
        after_s: float | None = getattr(group.encoder, "afterwards_s", None)
        if after_s is not None and not group.owes:
            group.owes = True
            self._agenda.add(
                self._clock() + after_s, lambda: self._run_blocking(self._run_hook, group, self._afterwards)
            )

    def _run_hook(self, group: Group, hook: Callable[[Group], None]) -> None:
        """Run a hook while nothing else is shown to the group; what comes meanwhile waits."""
        if not group.seize():
            if not group.is_over:
                later = self._clock() + HOOK_RETRY_S
                self._agenda.add(later, lambda: self._run_blocking(self._run_hook, group, hook))
            return
        try:
            hook(group)
        except NotFound:
            self.end(group.channel_id)
        except Exception:  # a drawing error must not stop the live path
            logger.exception("A hook of %r failed for channel %d", group.encoder, group.channel_id)
        if group.release():
            self._plan(group)

    def _rebase(self, group: Group) -> None:
        """Give everyone who shares a fresh picture, and go on from its cursor.

        What the group was shown was on disk before, so the picture holds at least that; one that does not (a database
        set back) is left alone.
        """
        picture = group.encoder.rebase(group.channel_id)  # type: ignore[attr-defined]
        if picture is None or picture[1] < group.cursor:
            return
        self._hand_out(group, *picture)
        for watch in self._reached(group):
            self._catch_up_later(watch)

    def _tick(self, group: Group) -> None:
        self._hand_out_loosely(group, group.encoder.tick(group.channel_id))  # type: ignore[attr-defined]

    def _afterwards(self, group: Group) -> None:
        group.owes = False
        self._hand_out_loosely(group, group.encoder.afterwards(group.channel_id))  # type: ignore[attr-defined]

    def _hand_out_loosely(self, group: Group, batch: Any | None) -> None:
        """Hand something without a cursor to all who share; one that finds no room is not missed, the next comes."""
        if batch is None:
            return
        with group.mutex:
            members = list(group.sharing)
        for watch in members:
            watch.sink(batch)

    def _run_blocking(self, job: Callable[..., None], *arguments: Any) -> None:
        try:
            if self._blocking is not None:
                self._blocking.submit(job, *arguments)
        except RuntimeError:
            logger.debug("The hub is closed; a job was left out")


def _first(fresh: FreshReadings) -> int:
    return fresh.first


def _follow_on(pending: Sequence[FreshReadings], cursor: int) -> bool:
    """Whether these messages continue at the cursor without a hole or an overlap, in some order."""
    for fresh in sorted(pending, key=_first):
        if fresh.last <= cursor:
            continue
        if fresh.first != cursor + 1:
            return False
        cursor = fresh.last
    return True
