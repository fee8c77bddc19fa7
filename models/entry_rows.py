"""A channel's entries as rows: all that one entry brought in one row, whichever door it came through.

What lies in `entry` says little of its readings, so rows are put together from both sides: readings are found by feed
and instant, entries without any by the status or the place that they brought.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from domain.channels import Channel
from domain.corrections import spelling
from domain.readings import Position
from domain.roles import Viewer
from domain.timespan import TimeSpan
from models import channels, patience
from models.schema import entry, reading
from models.store import Store

ALWAYS = TimeSpan(-(2**62), 2**62)

LOOKED_BACK = 100
"""Of so many of the newest numbers the last one with a value is found by its number; of older ones by its instant."""

MOST_WINDOWS = 16
"""Into so many pieces of time the search for the readings of some numbers falls, where they lie far apart."""

IN_A_PIECE = 2_000
"""Entries of one piece of a file."""


@dataclass(slots=True)
class EntryRow:
    """One entry: what it brought as texts, by feed id, as they were sent; what was said with it; where it was taken."""

    entry_id: int
    at: int
    values: dict[int, str] = field(default_factory=dict)
    status: str | None = None
    position: Position | None = None

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands among the others, in the order of time."""
        return self.at, self.entry_id


@dataclass(frozen=True, slots=True)
class Rows:
    """Entries of a channel, ascending in time."""

    channel: Channel
    rows: tuple[EntryRow, ...]


def newest(connection: Connection, viewer: Viewer, channel_id: int, span: TimeSpan, limit: int) -> Rows:
    """The newest entries of the span, at most `limit`. Raises NotFound."""
    channel = channels.find(connection, viewer, channel_id)
    return Rows(channel, tuple(_picked(connection, channel, span, limit, is_rising=False)))


def numbered(connection: Connection, viewer: Viewer, channel_id: int, first: int, last: int, limit: int) -> Rows:
    """The entries with the numbers `first` to `last`; of more than `limit` those with the highest. Raises NotFound."""
    channel = channels.find(connection, viewer, channel_id)
    return Rows(channel, tuple(_of_numbers(connection, channel, first, last, limit)))


def last(connection: Connection, viewer: Viewer, channel_id: int, feed_id: int | None = None) -> Rows:
    """The entry with the highest number, of those with a value for this feed if one is named; none: no rows.

    Raises NotFound.
    """
    channel = channels.find(connection, viewer, channel_id)
    rows = _of_numbers(connection, channel, channel.cursor - LOOKED_BACK + 1, channel.cursor, LOOKED_BACK)
    fitting = [row for row in rows if feed_id is None or feed_id in row.values]
    if fitting:
        return Rows(channel, (max(fitting, key=lambda row: row.entry_id),))
    older = (
        _picked(connection, channel, ALWAYS, 1, is_rising=False)
        if feed_id is None
        else _carrying(connection, channel, feed_id)
    )
    return Rows(channel, tuple(older))


def saying(connection: Connection, viewer: Viewer, channel_id: int, limit: int) -> Rows:
    """The newest entries with which something was said, at most `limit`. Raises NotFound."""
    channel = channels.find(connection, viewer, channel_id)
    said = select(entry).where(entry.c.channel_id == channel.id, entry.c.status.is_not(None), entry.c.status != "")
    found = connection.execute(said.order_by(entry.c.at_min.desc(), entry.c.entry_id.desc()).limit(limit)).all()
    return Rows(channel, tuple(_tell(EntryRow(row.entry_id, row.at_min), row) for row in reversed(found)))


def pieces(
    store: Store, viewer: Viewer, channel_id: int, wait: Callable[[float], object] = time.sleep
) -> Iterator[Rows]:
    """All entries of a channel, ascending in time, piece by piece; each is asked for when it is wanted.

    Rights are looked at in each. Raises NotFound, in the middle too; Crowded or Busy.
    """
    start, sent = ALWAYS.start, frozenset[int]()
    while True:
        begun = start != ALWAYS.start
        found = patience.asked(store, wait, _piece, viewer, channel_id, start, sent, is_begun=begun)
        yield found
        if len(found.rows) < IN_A_PIECE:
            return
        at = found.rows[-1].at
        sent = frozenset(row.entry_id for row in found.rows if row.at == at) | (sent if at == start else frozenset())
        start = at


def _piece(connection: Connection, viewer: Viewer, channel_id: int, start: int, sent: frozenset[int]) -> Rows:
    """The first entries from `start` on, without those that were sent already."""
    channel = channels.find(connection, viewer, channel_id)
    rows = _picked(connection, channel, TimeSpan(start, ALWAYS.end), IN_A_PIECE + len(sent), is_rising=True)
    return Rows(channel, tuple(row for row in rows if row.entry_id not in sent)[:IN_A_PIECE])


def _picked(connection: Connection, channel: Channel, span: TimeSpan, limit: int, *, is_rising: bool) -> list[EntryRow]:
    """The first or the last `limit` entries of the span, ascending.

    An entry among them is among the first or last `limit` of each feed that it has a value for, and of the entries that
    said something or were taken somewhere: each of these is a seek.
    """
    if limit <= 0:
        return []
    look = _Look(connection, span, limit, is_rising)
    for feed in channel.feeds:
        look.add_readings(feed.id)
    look.add_entries(channel.id)
    ordered = sorted(look.rows.values(), key=lambda row: row.place)
    return ordered[:limit] if is_rising else ordered[-limit:]


@dataclass(slots=True)
class _Look:
    """The entries found so far; the span shrinks once there are enough."""

    connection: Connection
    span: TimeSpan
    limit: int
    is_rising: bool
    rows: dict[int, EntryRow] = field(default_factory=dict)

    def add_readings(self, feed_id: int) -> None:
        columns = (reading.c.entry_id, reading.c.at, reading.c.value, reading.c.text)
        found = self._found(select(*columns).where(reading.c.feed_id == feed_id), (reading.c.at,))
        for entry_id, at, value, text in found:
            row = self.rows.get(entry_id)
            if row is None:
                row = self.rows[entry_id] = EntryRow(entry_id, at)
            row.values[feed_id] = spelling(value, text)
        self._shrink([row.at for row in found])

    def add_entries(self, channel_id: int) -> None:
        of_channel = select(entry).where(entry.c.channel_id == channel_id)
        for marked in (entry.c.status.is_not(None), entry.c.latitude.is_not(None)):  # an index each
            found = self._found(of_channel.where(marked), (entry.c.at_min, entry.c.entry_id))
            for row in found:
                _tell(self.rows.setdefault(row.entry_id, EntryRow(row.entry_id, row.at_min)), row)
            self._shrink([row.at_min for row in found])

    def _found(self, question: Select[Any], order: Sequence[Any]) -> Sequence[Any]:
        within = question.where(order[0] >= self.span.start, order[0] < self.span.end)
        ordered = within.order_by(*(order if self.is_rising else [each.desc() for each in order]))
        return self.connection.execute(ordered.limit(self.limit)).all()

    def _shrink(self, instants: Sequence[int]) -> None:
        """Beyond the last of `limit` entries none is wanted any more."""
        if len(instants) < self.limit:
            return
        edge = instants[-1]
        self.span = TimeSpan(self.span.start, edge + 1) if self.is_rising else TimeSpan(edge, self.span.end)


def _of_numbers(connection: Connection, channel: Channel, first: int, last: int, limit: int) -> list[EntryRow]:
    """The entries with these numbers, ascending in time; of more than `limit` those with the highest."""
    first, last = max(first, 1), min(last, channel.cursor)
    runs = _runs(connection, channel.id, first, last, limit) if first <= last and limit > 0 else []
    rows: dict[int, EntryRow] = {}
    for run in runs:
        if run.status is not None or run.latitude is not None:  # such an entry is alone in its run
            rows[run.entry_id] = _tell(EntryRow(run.entry_id, run.at_min), run)
    for feed_id, entry_id, at, value, text in _readings(connection, channel, runs, first, last):
        rows.setdefault(entry_id, EntryRow(entry_id, at)).values[feed_id] = spelling(value, text)
    kept = sorted(rows.values(), key=lambda row: row.entry_id)[-limit:]
    return sorted(kept, key=lambda row: row.place)


def _runs(connection: Connection, channel_id: int, first: int, last: int, limit: int) -> Sequence[Row[Any]]:
    """The runs in which entries with these numbers lie; of more than `limit` the highest."""
    of_channel = select(entry).where(entry.c.channel_id == channel_id)
    ids = entry.c.entry_id
    highest = connection.execute(of_channel.where(ids >= last).order_by(ids).limit(1)).first()
    below = of_channel.where(ids >= first, ids < last).order_by(ids.desc()).limit(limit)
    runs = connection.execute(below).all()
    return [highest, *runs] if highest is not None and highest.first_entry_id <= last else runs


def _readings(
    connection: Connection, channel: Channel, runs: Sequence[Row[Any]], first: int, last: int
) -> Iterator[Any]:
    """(feed id, entry id, at, value, text) of the entries of these runs that have numbers from `first` to `last`."""
    columns = (reading.c.feed_id, reading.c.entry_id, reading.c.at, reading.c.value, reading.c.text)
    feed_ids = [feed.id for feed in channel.feeds]
    lowest = max(first, min((run.first_entry_id for run in runs), default=first))
    for window in _windows(runs):
        within = (reading.c.feed_id.in_(feed_ids), reading.c.at >= window.start, reading.c.at < window.end)
        numbers = (reading.c.entry_id >= lowest, reading.c.entry_id <= last)
        yield from connection.execute(select(*columns).where(*within, *numbers))


def _windows(runs: Iterable[Row[Any]]) -> list[TimeSpan]:
    """Spans in which everything of the runs lies: apart where the gaps are widest, as numbers need not follow time."""
    spans: list[TimeSpan] = []
    for run in sorted(runs, key=lambda run: run.at_min):
        if spans and run.at_min <= spans[-1].end:
            spans[-1] = TimeSpan(spans[-1].start, max(spans[-1].end, run.at_max + 1))
        else:
            spans.append(TimeSpan(run.at_min, run.at_max + 1))
    by_gap = sorted(range(1, len(spans)), key=lambda place: spans[place].start - spans[place - 1].end, reverse=True)
    cuts = [0, *sorted(by_gap[: MOST_WINDOWS - 1]), len(spans)]
    return [TimeSpan(spans[begin].start, spans[end - 1].end) for begin, end in pairwise(cuts) if begin < end]


def _carrying(connection: Connection, channel: Channel, feed_id: int) -> list[EntryRow]:
    """The entry of the feed's newest reading."""
    ids = (reading.c.entry_id, reading.c.at)
    newest_first = select(*ids).where(reading.c.feed_id == feed_id).order_by(reading.c.at.desc()).limit(1)
    found = connection.execute(newest_first).first()
    if found is None or feed_id not in {feed.id for feed in channel.feeds}:
        return []
    return _of_numbers(connection, channel, found.entry_id, found.entry_id, 1)


def _tell(row: EntryRow, stored: Row[Any]) -> EntryRow:
    """The row with what its entry said and where it was taken. An empty status says that it brought nothing at all."""
    row.status = stored.status or None
    if stored.latitude is not None:
        row.position = Position(stored.latitude, stored.longitude, stored.elevation)
    return row
