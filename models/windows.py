"""Where a long run of readings is cut: between two instants, so that a piece holds some ten thousands of all feeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from domain import zones
from domain.readings import Feed, Kind
from domain.timespan import TimeSpan
from models.schema import reading

READINGS = 40_000
"""In a piece, of all feeds together where they speak at the same pace."""

FEWEST = 2_000
"""Of the feed that speaks most: however many feeds there are."""


MOST_BYTES = 2_000_000
"""Of the words in a piece, about: it is kept for each reader who is slow."""


class Window(NamedTuple):
    """A stretch of the span, and where the next one goes on: None where there is nothing more."""

    span: TimeSpan
    upto: int | None


def next_one(
    connection: Connection, feeds: Sequence[Feed], span: TimeSpan, after: int | None, *, is_falling: bool
) -> Window:
    """The next stretch of the span in rising or falling order; it holds a reading, unless there is none any more.

    `after` is where the last one ended, None for the first. For feeds that the viewer was already shown.
    """
    rest = _rest(span, after, is_falling=is_falling)
    most = max(FEWEST, READINGS // max(1, len(feeds)))
    found = _next_of(connection, feeds, rest, most, is_falling=is_falling)
    size = _bytes_of_words(connection, feeds, found.span)
    if size <= MOST_BYTES:
        return found
    return _next_of(connection, feeds, rest, max(1, most * MOST_BYTES // size), is_falling=is_falling)


def _next_of(connection: Connection, feeds: Sequence[Feed], rest: TimeSpan, most: int, *, is_falling: bool) -> Window:
    """The next stretch, in which no feed has more than so many readings."""
    found = _edges(connection, feeds, rest, most, is_falling=is_falling)
    firsts = [first for first, _ in found if first is not None]
    nexts = [following for _, following in found if following is not None]
    if not firsts:
        return Window(TimeSpan(rest.start, rest.start), None)
    if is_falling:
        start = max(nexts) + 1 if nexts else rest.start
        return Window(TimeSpan(start, max(firsts) + 1), start if nexts else None)
    end = min(nexts) if nexts else rest.end
    return Window(TimeSpan(min(firsts), end), end - 1 if nexts else None)


def _bytes_of_words(connection: Connection, feeds: Sequence[Feed], span: TimeSpan) -> int:
    of_words = [feed.id for feed in feeds if feed.kind is not Kind.NUMBER]
    if not of_words or not span.length:
        return 0
    within = reading.c.feed_id.in_(of_words) & (reading.c.at >= span.start) & (reading.c.at < span.end)
    return int(connection.execute(select(func.sum(func.octet_length(reading.c.text))).where(within)).scalar() or 0)


def first_at(
    connection: Connection, feeds: Sequence[Feed], span: TimeSpan, after: int | None, *, is_falling: bool
) -> int | None:
    """The instant of the next reading after `after` in rising or falling order; None where there is none any more."""
    found = _edges(connection, feeds, _rest(span, after, is_falling=is_falling), 0, is_falling=is_falling)
    instants = [first for first, _ in found if first is not None]
    return (max if is_falling else min)(instants) if instants else None


def of_one_clock(window: Window, zone: ZoneInfo, *, is_falling: bool) -> Window:
    """The window, cut where the clocks of the zone are put forward or back in it."""
    changes = zones.changes(zone, window.span)
    if not changes:
        return window
    if is_falling:
        return Window(TimeSpan(changes[-1], window.span.end), changes[-1])
    return Window(TimeSpan(window.span.start, changes[0]), changes[0] - 1)


def _rest(span: TimeSpan, after: int | None, *, is_falling: bool) -> TimeSpan:
    """What is left of the span: beyond the last instant written, or before the earliest."""
    if after is None:
        return span
    if is_falling:
        return TimeSpan(span.start, max(span.start, min(after, span.end)))
    return TimeSpan(min(max(after + 1, span.start), span.end), span.end)


def _edges(
    connection: Connection, feeds: Sequence[Feed], span: TimeSpan, most: int, *, is_falling: bool
) -> Sequence[tuple[int | None, int | None]]:
    """Of each feed the first instant, and the first one too many."""
    start, end = ("%(start)s", "%(end)s") if connection.dialect.name == "postgresql" else (":start", ":end")
    order = "at DESC" if is_falling else "at"

    def nth(feed: Feed, place: int) -> str:
        within = f"feed_id = {int(feed.id)} AND at >= {start} AND at < {end}"
        return f"(SELECT at FROM reading WHERE {within} ORDER BY {order} LIMIT 1 OFFSET {place})"  # noqa: S608 - numbers

    if not feeds:
        return ()
    both = " UNION ALL ".join(f"SELECT {nth(feed, 0)}, {nth(feed, most)}" for feed in feeds)
    rows = connection.exec_driver_sql(both, {"start": span.start, "end": span.end})
    return [(row[0], row[1]) for row in rows]
