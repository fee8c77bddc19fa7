"""Stored summaries of every feed, kept exact in the transaction that stores, deletes or corrects readings.

A summary covers one bucket of one width: how many readings, their sum, smallest, largest, first and last. A chart of
ten million readings reads these and costs what a chart of ten thousand costs. Of a feed of numbers and words the
numbers alone are summed up, so that a sum divided by its count is their mean.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

from sqlalchemy import Connection, delete, select

from domain.readings import Kind
from domain.timespan import ROLLUP_WIDTHS, TimeSpan
from models import bulk
from models.schema import feed, reading, rollup

Summary: TypeAlias = list[Any]
"""[n, sum, min, max, first, last, first_at, last_at]; the five values are None where a bucket holds words only."""

Key: TypeAlias = tuple[int, int]
"""(feed id, start of the bucket)."""

FINEST = ROLLUP_WIDTHS[0]


Row: TypeAlias = tuple[int, int, int, float | None, str | None]
"""A reading: (feed id, at, entry id, value, text)."""


def add(connection: Connection, rows: Iterable[Row], mixed: Collection[int] = ()) -> None:
    """Count new readings into every width; `mixed` are those feeds among them that hold numbers and words."""
    finest = summarise(_counted(rows, mixed))
    bulk.merge_rollups(connection, _all_widths(finest))


def summarise(rows: Iterable[Row]) -> dict[Key, Summary]:
    """Readings in any order as summaries of the finest width."""
    found: dict[Key, Summary] = {}
    get = found.get
    for feed_id, at, _entry_id, value, _text in rows:
        bucket = (feed_id, at - at % FINEST)
        summary = get(bucket)
        if summary is None:
            found[bucket] = [1, value, value, value, value, value, at, at]
            continue
        summary[0] += 1
        if at >= summary[7]:
            summary[7] = at
            summary[5] = value
        elif at < summary[6]:
            summary[6] = at
            summary[4] = value
        if value is not None:
            summary[1] += value
            if value < summary[2]:
                summary[2] = value
            elif value > summary[3]:
                summary[3] = value
    return found


def coarsen(finer: dict[Key, Summary], width: int) -> dict[Key, Summary]:
    """Summaries of a finer width put together into buckets of `width`, a multiple of theirs."""
    found: dict[Key, Summary] = {}
    for (feed_id, start), summary in finer.items():
        bucket = (feed_id, start - start % width)
        known = found.get(bucket)
        if known is None:
            found[bucket] = summary.copy()
        else:
            _merge(known, summary)
    return found


def rebuild(connection: Connection, feed_ids: Sequence[int], span: TimeSpan) -> None:
    """Make the summaries touching `span` true again after readings in it were deleted or corrected."""
    mixed = _mixed(connection, feed_ids)
    for feed_id in feed_ids:
        touched = _aligned(span, FINEST)
        rows = connection.execute(
            select(reading.c.feed_id, reading.c.at, reading.c.entry_id, reading.c.value, reading.c.text).where(
                reading.c.feed_id == feed_id, reading.c.at >= touched.start, reading.c.at < touched.end
            )
        )
        finer = summarise(_counted(map(tuple, rows), mixed))
        _forget(connection, feed_id, FINEST, touched)
        bulk.merge_rollups(connection, _flat(FINEST, finer))
        for narrow, width in pairwise(ROLLUP_WIDTHS):
            touched = _aligned(span, width)
            coarser = coarsen(_stored(connection, feed_id, narrow, touched), width)
            _forget(connection, feed_id, width, touched)
            bulk.merge_rollups(connection, _flat(width, coarser))


def forget(connection: Connection, feed_id: int) -> None:
    """Take away all summaries of a feed."""
    connection.execute(delete(rollup).where(rollup.c.feed_id == feed_id))


def _mixed(connection: Connection, feed_ids: Sequence[int]) -> frozenset[int]:
    """Those of the feeds that hold numbers and words."""
    found = connection.scalars(select(feed.c.id).where(feed.c.id.in_(feed_ids), feed.c.kind == str(Kind.MIXED)))
    return frozenset(found)


def _counted(rows: Iterable[Row], mixed: Collection[int]) -> Iterable[Row]:
    """The readings that summaries count."""
    return (row for row in rows if row[3] is not None or row[0] not in mixed) if mixed else rows


def _merge(known: Summary, other: Summary) -> None:
    known[0] += other[0]
    if other[1] is not None:
        known[1] += other[1]
        known[2] = min(known[2], other[2])
        known[3] = max(known[3], other[3])
    if other[6] < known[6]:
        known[6], known[4] = other[6], other[4]
    if other[7] > known[7]:
        known[7], known[5] = other[7], other[5]


def _all_widths(finest: dict[Key, Summary]) -> list[tuple[Any, ...]]:
    rows = _flat(FINEST, finest)
    finer = finest
    for width in ROLLUP_WIDTHS[1:]:
        finer = coarsen(finer, width)
        rows += _flat(width, finer)
    return rows


def _flat(width: int, summaries: dict[Key, Summary]) -> list[tuple[Any, ...]]:
    return [(feed_id, width, bucket, *summary) for (feed_id, bucket), summary in summaries.items()]


def _aligned(span: TimeSpan, width: int) -> TimeSpan:
    end = span.end + (-span.end) % width
    return TimeSpan(span.start - span.start % width, end)


def _forget(connection: Connection, feed_id: int, width: int, span: TimeSpan) -> None:
    connection.execute(
        delete(rollup).where(
            rollup.c.feed_id == feed_id,
            rollup.c.width == width,
            rollup.c.bucket >= span.start,
            rollup.c.bucket < span.end,
        )
    )


def _stored(connection: Connection, feed_id: int, width: int, span: TimeSpan) -> dict[Key, Summary]:
    columns = [rollup.c[name] for name in ("n", "sum", "min", "max", "first", "last", "first_at", "last_at")]
    rows = connection.execute(
        select(rollup.c.bucket, *columns).where(
            rollup.c.feed_id == feed_id,
            rollup.c.width == width,
            rollup.c.bucket >= span.start,
            rollup.c.bucket < span.end,
        )
    )
    return {(feed_id, row[0]): list(row[1:]) for row in rows}
