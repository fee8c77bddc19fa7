"""How a batch reaches the members of a group: all who share its cursor at once, any other alone until it shares too.

Where a member stands to its group is changed here, but for joining and ending, and only under the group's mutex. No
sink, encoder or database is asked while that is held: a member may have moved on meanwhile, so its state is looked at
again afterwards.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from domain.errors import NotFound
from domain.readings import FreshReadings
from live.groups import Fill, Group, State, Watch
from live.jobs import RETRY_S, Jobs

logger = logging.getLogger(__name__)

STEP_ENTRIES = 500
"""Entries fetched at a time for a member who is behind, so that a slow one never costs much memory."""

STEPS_AT_ONCE = 20
"""After so many, others who wait for the database have their turn."""

FAR_BEHIND_ENTRIES = 2000
"""From here on a member gets a fresh picture instead of every row, where its encoder can draw one."""

OVERDUE_S = 1.0
"""How long a message may be on its way. After that the database is asked for what a member knows and its group not."""


class Delivery:
    """To the members of any group. `plan` has a group shown what is due, `end` ends the watches of a channel."""

    def __init__(self, fill: Fill, jobs: Jobs, *, plan: Callable[[Group], None], end: Callable[[int], object]) -> None:
        self._fill = fill
        self._jobs = jobs
        self._plan = plan
        self._end = end
        self.delivered = 0
        self.encoded = 0

    def encode(self, group: Group, runs: Sequence[FreshReadings]) -> Any | None:
        """The group's batch of these runs; None where there is nothing to show, or it cannot be drawn."""
        try:
            batch = group.encoder.encode(group.channel_id, runs)
        except Exception:  # one page's drawing error must not stop what others are shown
            logger.exception("Channel %d could not be encoded by %r", group.channel_id, group.encoder)
            return None
        self.encoded += 1
        return batch

    # --- all who share; the caller has seized the group ---------------------------------------------------------------

    def hand_out(self, group: Group, batch: Any | None, last: int) -> None:
        """Move the group to entry `last` and hand the batch that shows it to all who share."""
        with group.mutex:
            before, group.cursor = group.cursor, last
            group.shown_at = self._jobs.clock()
            members = list(group.sharing)
        if batch is None:
            return
        for watch in members:
            watch.has_room = False
            if not watch.sink(batch):
                self._fall_behind(watch, before)
        self.delivered += len(members)

    def hand_out_loosely(self, group: Group, batch: Any | None) -> None:
        """Hand something without a cursor to all who share; one that finds no room is not missed, the next comes."""
        if batch is None:
            return
        with group.mutex:
            members = list(group.sharing)
        for watch in members:
            watch.sink(batch)

    def take_along(self, group: Group, runs: Sequence[FreshReadings] = ()) -> None:
        """Let those who were ahead join where the group has reached them; `runs` are what it was just shown."""
        for watch in self._reached(group):
            self._continue(watch, runs)

    def _fall_behind(self, watch: Watch, cursor: int) -> None:
        with watch.group.mutex:
            if watch.state is not State.SHARING:
                return
            watch.state = State.BEHIND if watch.has_room else State.FULL
            watch.cursor = cursor
            del watch.group.sharing[watch]
            watch.group.apart[watch] = None
        self.delivered -= 1
        if watch.has_room:
            self._jobs.run_blocking(self.catch_up, watch)

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
            self._hand_alone(watch, self.encode(watch.group, rest), rest[-1].last)
        self._catch_up_later(watch)

    # --- one who is not at the group's cursor -------------------------------------------------------------------------

    def resume(self, watch: Watch) -> None:
        """Bring a member whose sink has room again back to its group; the reading happens on another thread."""
        with watch.group.mutex:
            watch.has_room = True
            if watch.state is not State.FULL:
                return
            watch.state = State.BEHIND
        self._jobs.run_blocking(self.catch_up, watch)

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
        self._jobs.run_blocking(self.catch_up, watch)

    def catch_up(self, watch: Watch) -> None:
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
            self._end(watch.group.channel_id)
        except Exception:  # as when a group is read: ask again later
            logger.exception("Channel %d could not be read for one watcher", watch.group.channel_id)
            self._retry(watch)

    def _catch_up_later(self, watch: Watch) -> None:
        """Hand a member that this thread was catching up to another that may block, unless it is there."""
        if self._settle(watch):
            return
        with watch.group.mutex:
            if watch.state is State.CATCHING_UP:
                watch.state = State.BEHIND
        self._jobs.run_blocking(self.catch_up, watch)

    def _retry(self, watch: Watch) -> None:
        with watch.group.mutex:
            if watch.state is not State.CATCHING_UP:
                return
            watch.state = State.BEHIND
        self._jobs.run_blocking_later(RETRY_S, self.catch_up, watch)

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
        self._jobs.later(OVERDUE_S, lambda: self._check_if_overdue(group))
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
        picture = _picture(watch, watch.cursor + (not must)) if is_far or must else None
        if picture is not None:
            self._hand_alone(watch, *picture, redraws=must)
            return
        up_to = min(watch.cursor + STEP_ENTRIES, group.cursor)
        runs = self._fill(group.channel_id, watch.cursor, up_to)
        self._hand_alone(watch, self.encode(group, runs) if runs else None, runs[-1].last if runs else up_to)

    def _hand_alone(self, watch: Watch, batch: Any | None, cursor: int, *, redraws: bool = False) -> None:
        """Hand a member something of its own. What `redraws` and finds no room is owed."""
        watch.has_room = False
        taken = batch is None or watch.sink(batch)
        with watch.group.mutex:
            if watch.state is not State.CATCHING_UP:
                return
            if taken:
                watch.cursor = cursor
                self.delivered += batch is not None
                return
            watch.must_redraw = watch.must_redraw or redraws
            if not watch.has_room:
                watch.state = State.FULL


def _picture(watch: Watch, least: int) -> tuple[Any, int] | None:
    """A fresh picture instead of rows, if the encoder draws one that reaches as far as entry `least`."""
    rebase = getattr(watch.group.encoder, "rebase", None)
    picture: tuple[Any, int] | None = rebase(watch.group.channel_id) if rebase is not None else None
    return picture if picture is not None and picture[1] >= least else None
