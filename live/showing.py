"""What a group is shown next: the messages that wait, put in order, with what is missing among them from the database.

Entries are numbered without a hole, so a lost message shows as a jump: the hole is filled before anything after it is
shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.readings import FreshReadings
from live.delivery import Delivery
from live.groups import Fill, Group
from live.hooks import Hooks


class Showing:
    """To any group. Whoever calls has seized it."""

    def __init__(self, fill: Fill, delivery: Delivery, hooks: Hooks) -> None:
        self._fill = fill
        self._delivery = delivery
        self._hooks = hooks
        self.conflated = 0
        self.holes = 0

    def show_due(self, group: Group) -> None:
        """Show what is pending, holes filled. Blocks for the database where `needs_database`."""
        for runs in self._parts_due(group):
            self._show(group, runs)

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
        self.holes += 1
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
        self.conflated += len(runs) - 1
        self._delivery.hand_out(group, self._delivery.encode(group, runs), runs[-1].last)
        self._hooks.after_batch(group)
        self._delivery.take_along(group, runs)


def needs_database(group: Group) -> bool:
    """Whether what the group is due has to be compared with the database, or has a hole to be filled from it."""
    with group.mutex:
        return group.must_check or not _follow_on(group.pending, group.cursor)


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
