"""What came between the numbers of a feed of numbers and words."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from domain.readings import Feed, Series, Word
from domain.timespan import TimeSpan
from models import bulk


def parted(feed: Feed, rows: Sequence[tuple[int, float | None, str | None]]) -> Series:
    """Readings, (at, value, text) ascending, as a series: the numbers in its columns, and the words."""
    numbers = [row for row in rows if row[1] is not None]
    return Series(
        feed,
        at=[row[0] for row in numbers],
        value=[row[1] for row in numbers],
        text=[row[2] for row in numbers],
        words=[Word(at, text or "") for at, value, text in rows if value is None],
    )


def between_numbers(connection: Connection, feed: Feed, span: TimeSpan, points: int) -> list[Word]:
    """The words in the span, ascending: where they are many, the last of each of about `points` moments of it.

    For a feed that the viewer was already shown.
    """
    width = max(1, span.length // points)
    counted = bulk.last_words(connection, feed.id, span.start, span.end, width)
    stored = bulk.stored_at(connection, feed.id, [at for at, _ in counted])
    return [Word(at, stored[at][2] or "", n - 1) for at, n in counted]
