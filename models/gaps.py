"""The longest time between two neighbouring readings of a feed.

Where it is longer than the narrowest summaries are wide, these say it: each knows when its first and last reading came.
Else the readings themselves are looked through.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import Connection, Subquery, func, select

from domain.readings import Feed, Kind
from domain.timespan import ROLLUP_WIDTHS, TimeSpan
from models.schema import reading, rollup

SOON_LOOKED_THROUGH = 20_000
"""So many readings are looked through without asking the summaries first."""


class Stretch(NamedTuple):
    """First and last instant of the readings in part of a span, the longest gap seen, how long one may be unseen."""

    first: int
    last: int
    longest: int | None
    unseen: int


def longest(connection: Connection, feed: Feed, span: TimeSpan, n: int, most: int) -> int | None:
    """Between two of the feed's `n` readings in the span, in µs; None for fewer than two, or too many to look through.

    For a feed that the viewer was already shown.
    """
    if n < 2:
        return None
    if n > SOON_LOOKED_THROUGH and feed.kind is not Kind.MIXED:  # whose summaries know nothing of the words
        found = _along([stretch for each in _parts(connection, feed.id, span) for stretch in each])
        if found.longest is not None and found.longest >= found.unseen:
            return found.longest
    return _along(_looked_through(connection, feed.id, span)).longest if n <= most else None


def _parts(connection: Connection, feed_id: int, span: TimeSpan) -> list[list[Stretch]]:
    """The span's two edges by their readings, and between them the narrowest summaries."""
    width = ROLLUP_WIDTHS[0]
    start = min(span.end, span.start + -span.start % width)
    end = max(start, span.end - span.end % width)
    return [
        _looked_through(connection, feed_id, TimeSpan(span.start, start)),
        _between_summaries(connection, feed_id, TimeSpan(start, end)),
        _looked_through(connection, feed_id, TimeSpan(end, span.end)),
    ]


def _along(stretches: Sequence[Stretch]) -> Stretch:
    """Stretches one after the other as one; there is at least one."""
    inside = [stretch.longest for stretch in stretches if stretch.longest is not None]
    between = [after.first - before.last for before, after in pairwise(stretches)]
    return Stretch(
        stretches[0].first,
        stretches[-1].last,
        max([*inside, *between], default=None),
        max(stretch.unseen for stretch in stretches),
    )


def _looked_through(connection: Connection, feed_id: int, span: TimeSpan) -> list[Stretch]:
    """The readings of the span as one stretch of which all is seen; none where there are none."""
    at = reading.c.at
    rows = (
        select(at.label("first"), at.label("last"), (at - func.lag(at).over(order_by=at)).label("gap"))
        .where(reading.c.feed_id == feed_id, at >= span.start, at < span.end)
        .subquery()
    )
    return _stretch(connection, rows)


def _between_summaries(connection: Connection, feed_id: int, span: TimeSpan) -> list[Stretch]:
    """The same by summaries: what is seen is the time from one to the next."""
    first, last = rollup.c.first_at, rollup.c.last_at
    before = func.lag(last).over(order_by=rollup.c.bucket)
    rows = (
        select(first.label("first"), last.label("last"), (first - before).label("gap"))
        .where(
            rollup.c.feed_id == feed_id,
            rollup.c.width == ROLLUP_WIDTHS[0],
            rollup.c.bucket >= span.start,
            rollup.c.bucket < span.end,
        )
        .subquery()
    )
    return _stretch(connection, rows)


def _stretch(connection: Connection, rows: Subquery) -> list[Stretch]:
    unseen = func.max(rows.c.last - rows.c.first)
    found = connection.execute(
        select(func.min(rows.c.first), func.max(rows.c.last), func.max(rows.c.gap), unseen)
    ).one()
    return [Stretch(*found)] if found[0] is not None else []
