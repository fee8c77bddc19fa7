"""How many readings a feed has in a span: exactly, from stored summaries, at a price that does not grow with them."""

from __future__ import annotations

from sqlalchemy import Connection, and_, func, or_, select

from domain.readings import Feed, Kind
from domain.timespan import TimeSpan
from models import bulk
from models.schema import reading, rollup
from models.totals import pieces

ALWAYS = TimeSpan(0, 2**62)
"""All that is stored: nothing older than 1970 is taken in."""


def count(connection: Connection, feed: Feed, span: TimeSpan) -> int:
    """The readings of a feed in the span, numbers and words. For a feed the viewer was already shown."""
    edges, whole = pieces(span)
    is_mixed = feed.kind is Kind.MIXED
    found = sum(_counted(connection, feed.id, edge, numbers_alone=is_mixed) for edge in edges)
    if whole:
        within = [
            and_(rollup.c.width == width, rollup.c.bucket >= piece.start, rollup.c.bucket < piece.end)
            for width, piece in whole
        ]
        summed = select(func.coalesce(func.sum(rollup.c.n), 0)).where(rollup.c.feed_id == feed.id, or_(*within))
        found += int(connection.execute(summed).scalar_one())
    # Of such a feed the summaries count the numbers alone; its words have an index.
    return found + (bulk.count_words(connection, feed.id, span.start, span.end) if is_mixed else 0)


def first_and_last(connection: Connection, feed_id: int, span: TimeSpan) -> tuple[int | None, int | None]:
    """The instants of a feed's first and last reading in the span: two seeks."""
    at = reading.c.at
    within = (reading.c.feed_id == feed_id) & (at >= span.start) & (at < span.end)
    first = connection.execute(select(at).where(within).order_by(at).limit(1)).scalar_one_or_none()
    last = connection.execute(select(at).where(within).order_by(at.desc()).limit(1)).scalar_one_or_none()
    return first, last


def _counted(connection: Connection, feed_id: int, span: TimeSpan, *, numbers_alone: bool) -> int:
    asked = select(func.count()).where(
        reading.c.feed_id == feed_id, reading.c.at >= span.start, reading.c.at < span.end
    )
    if numbers_alone:
        asked = asked.where(reading.c.value.is_not(None))
    return int(connection.execute(asked).scalar_one())
