"""Readings asked for (charts, what came since, the newest rows) and deleted. Access is decided in the query."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, Connection, Row, cast, delete, func, or_, select

from domain.channels import Channel
from domain.readings import Feed, FreshReadings, Kind, Point, Series, Snapshot
from domain.roles import Viewer
from domain.timespan import TimeSpan, rollup_width
from models import bulk, channels, rollups, words
from models.schema import entry, reading, rollup

RAW_PER_POINT = 4
"""Raw readings are drawn while they are at most this many times the points wanted; beyond that, summaries."""

MOST_COUNTED = 50_000
"""Readings that are summed up for one chart where the stored summaries are too coarse for it."""

MOST_WORDS = 200_000
"""Readings of a feed of words that are looked through for one chart."""


Summary: TypeAlias = tuple[int, int, float | None, float | None, float | None]
"""(start of the bucket, n, sum, min, max)."""


@dataclass(frozen=True, slots=True)
class StoredReading:
    """One reading as a table shows it."""

    feed: Feed
    at: int
    entry_id: int
    value: float | None
    text: str | None


def snapshot(
    connection: Connection,
    viewer: Viewer,
    channel_id: int,
    span: TimeSpan,
    points: int,
    without: Collection[str] = (),
) -> Snapshot:
    """Every feed of a channel over the span but those named, drawn from raw readings where few, else from summaries.

    At least about `points` points a feed where there is enough data. The cursor belongs to the very same look.
    Raises NotFound.
    """
    channel = channels.find(connection, viewer, channel_id)
    shown = [feed for feed in channel.feeds if feed.name not in without]
    return Snapshot(channel.id, channel.cursor, tuple(_series(connection, feed, span, points) for feed in shown))


def fresh_since(
    connection: Connection, channel_id: int, after: int, up_to: int | None = None, limit: int = 20_000
) -> list[FreshReadings]:
    """What the entries after `after` brought, up to `up_to` or the newest: in order, no hole, at most `limit` entries.

    An empty list says there is nothing more. The last piece's `last` is where to go on.
    """
    channel = channels.known(connection, channel_id)
    up_to = min(after + limit, channel.cursor if up_to is None else up_to)
    runs = connection.execute(
        select(entry.c.entry_id, entry.c.first_entry_id, entry.c.received_at, entry.c.at_min, entry.c.at_max)
        .where(entry.c.channel_id == channel_id, entry.c.entry_id > after, entry.c.first_entry_id <= up_to)
        .order_by(entry.c.entry_id)
    ).all()
    if not runs:
        return []
    last = min(up_to, runs[-1].entry_id)
    rows = _rows_of_entries(connection, channel, after, last, runs)
    return list(_pieces(channel_id, after, last, runs[-1].received_at, rows, limit))


def latest(connection: Connection, viewer: Viewer, channel_id: int, limit: int) -> list[StoredReading]:
    """The newest readings of a channel, newest first. Raises NotFound."""
    channel = channels.find(connection, viewer, channel_id)
    span = TimeSpan(0, 2**62)
    found = [row for feed in channel.feeds for row in _newest_rows(connection, feed, span, limit)]
    return sorted(found, key=lambda row: (row.at, row.entry_id, -row.feed.position), reverse=True)[:limit]


def between(
    connection: Connection,
    viewer: Viewer,
    channel_id: int,
    feed_names: Sequence[str] | None,
    span: TimeSpan,
    limit: int,
) -> list[StoredReading]:
    """Readings of the named feeds (all, if None) in the span: the newest `limit`, ascending.

    Raises NotFound for the channel, or a feed it does not have.
    """
    channel = channels.find(connection, viewer, channel_id)
    feeds = channel.feeds if feed_names is None else channel.feeds_named(feed_names)
    found = [row for feed in feeds for row in _newest_rows(connection, feed, span, limit)]
    found.sort(key=lambda row: (row.at, row.entry_id, row.feed.position))
    return found[-limit:]


def first_at(connection: Connection, channel: Channel) -> int | None:
    """The instant of a channel's first reading; None where it has none. For a channel the viewer was already shown."""
    ids = [feed.id for feed in channel.feeds]
    instants = (select(func.min(reading.c.at)).where(reading.c.feed_id == feed_id) for feed_id in ids)
    found = [connection.execute(each).scalar_one() for each in instants]
    return min((at for at in found if at is not None), default=None)


def of_feed(connection: Connection, feed_id: int, span: TimeSpan, limit: int = MOST_COUNTED) -> list[Point]:
    """The readings of a feed in the span, ascending; of very many the newest. For a feed that was already shown."""
    rows = connection.execute(
        select(reading.c.at, reading.c.value, reading.c.text)
        .where(reading.c.feed_id == feed_id, reading.c.at >= span.start, reading.c.at < span.end)
        .order_by(reading.c.at.desc())
        .limit(limit)
    )
    return [Point(*row) for row in rows][::-1]


def first_number(connection: Connection, feed_id: int, since: int) -> Point | None:
    """A feed's first number at `since` or later; None where there is none. For a feed that was already shown."""
    row = connection.execute(
        select(reading.c.at, reading.c.value, reading.c.text)
        .where(reading.c.feed_id == feed_id, reading.c.at >= since, reading.c.value.is_not(None))
        .order_by(reading.c.at)
        .limit(1)
    ).first()
    return Point(*row) if row else None


def delete_span(connection: Connection, channel_id: int, feed_ids: Sequence[int], span: TimeSpan) -> int:
    """Delete the readings of these feeds in the span and say how many there were; summaries stay true."""
    bulk.lock_channels(connection, [channel_id])
    gone = connection.execute(
        delete(reading).where(reading.c.feed_id.in_(feed_ids), reading.c.at >= span.start, reading.c.at < span.end)
    ).rowcount
    rollups.rebuild(connection, feed_ids, span)
    return gone


def _series(connection: Connection, feed: Feed, span: TimeSpan, points: int) -> Series:
    most = points * RAW_PER_POINT
    raw = _raw(connection, feed, span, most + 1)
    if feed.kind is Kind.MIXED and len(raw) <= most:
        return words.parted(feed, raw)
    if len(raw) <= most:
        return Series(
            feed,
            at=[row[0] for row in raw],
            value=[row[1] for row in raw],
            text=[row[2] for row in raw],
        )
    if feed.kind is Kind.TEXT:
        return _states(connection, feed, span, gap=span.length // points)
    summed = _summed_up(connection, feed, span, points)
    if feed.kind is Kind.MIXED:
        return replace(summed, words=words.between_numbers(connection, feed, span, points))
    return summed


def _states(connection: Connection, feed: Feed, span: TimeSpan, gap: int) -> Series:
    """A feed of words cut down to the first and last reading of each run of equal ones.

    A run also ends where nothing came for `gap` µs. Of very many readings the newest MOST_WORDS are looked at.
    """
    newest = (
        select(reading.c.at, reading.c.text)
        .where(reading.c.feed_id == feed.id, reading.c.at >= span.start, reading.c.at < span.end)
        .order_by(reading.c.at.desc())
        .limit(MOST_WORDS)
        .subquery()
    )
    before_at, before = (func.lag(newest.c[name]).over(order_by=newest.c.at) for name in ("at", "text"))
    after_at, after = (func.lead(newest.c[name]).over(order_by=newest.c.at) for name in ("at", "text"))
    begins = or_(before_at.is_(None), before != newest.c.text, newest.c.at - before_at > gap)
    ends = or_(after_at.is_(None), after != newest.c.text, after_at - newest.c.at > gap)
    marked = select(newest.c.at, newest.c.text, or_(begins, ends).label("is_edge")).subquery()
    rows = connection.execute(select(marked.c.at, marked.c.text).where(marked.c.is_edge).order_by(marked.c.at)).all()
    return Series(feed, at=[row.at for row in rows], value=[None] * len(rows), text=[row.text for row in rows])


def _raw(
    connection: Connection, feed: Feed, span: TimeSpan, limit: int
) -> Sequence[tuple[int, float | None, str | None]]:
    return connection.execute(
        select(reading.c.at, reading.c.value, reading.c.text)
        .where(reading.c.feed_id == feed.id, reading.c.at >= span.start, reading.c.at < span.end)
        .order_by(reading.c.at)
        .limit(limit)
    ).all()


def _summed_up(connection: Connection, feed: Feed, span: TimeSpan, points: int) -> Series:
    stored = rollup_width(span, points)
    wanted = max(1, span.length // points)
    width = stored * max(1, wanted // stored)  # neighbours put together: never twice the points
    rows = _summaries(connection, feed, span, stored, width)
    if wanted < width and sum(row[1] for row in rows) <= MOST_COUNTED:
        width, rows = wanted, _counted(connection, feed, span, wanted)
    return Series(
        feed,
        at=[row[0] for row in rows],
        value=[None if row[2] is None else row[2] / row[1] for row in rows],
        text=[None] * len(rows),
        low=[row[3] for row in rows],
        high=[row[4] for row in rows],
        n=[row[1] for row in rows],
        bucket_us=width,
    )


def _summaries(connection: Connection, feed: Feed, span: TimeSpan, stored: int, width: int) -> Sequence[Summary]:
    """(bucket, n, sum, min, max) of a multiple of a stored width, for the buckets that touch the span."""
    bucket = rollup.c.bucket
    start = (bucket - bucket % width).label("start")
    n = cast(func.sum(rollup.c.n), BigInteger)
    return connection.execute(
        select(start, n, func.sum(rollup.c.sum), func.min(rollup.c.min), func.max(rollup.c.max))
        .where(
            rollup.c.feed_id == feed.id,
            rollup.c.width == stored,
            bucket >= span.start - span.start % width,
            bucket < span.end,
        )
        .group_by(start)
        .order_by(start)
    ).all()


def _counted(connection: Connection, feed: Feed, span: TimeSpan, width: int) -> Sequence[Summary]:
    """The same for any width, from the readings themselves."""
    at, value = reading.c.at, reading.c.value
    bucket = (at - at % width).label("bucket")
    end = span.end + -span.end % width
    return connection.execute(
        select(bucket, func.count(), func.sum(value), func.min(value), func.max(value))
        .where(reading.c.feed_id == feed.id, at >= span.start - span.start % width, at < end, value.is_not(None))
        .group_by(bucket)
        .order_by(bucket)
    ).all()


def _newest_rows(connection: Connection, feed: Feed, span: TimeSpan, limit: int) -> list[StoredReading]:
    rows = connection.execute(
        select(reading.c.at, reading.c.entry_id, reading.c.value, reading.c.text)
        .where(reading.c.feed_id == feed.id, reading.c.at >= span.start, reading.c.at < span.end)
        .order_by(reading.c.at.desc())
        .limit(limit)
    )
    return [StoredReading(feed, row.at, row.entry_id, row.value, row.text) for row in rows]


def _rows_of_entries(
    connection: Connection, channel: Channel, after: int, last: int, runs: Sequence[Row[int, int, int, int, int]]
) -> list[tuple[int, int, int, float | None, str | None]]:
    """(entry id, feed id, at, value, text) of the entries after `after` to `last`, in the order they were stored."""
    rows = connection.execute(
        select(reading.c.entry_id, reading.c.feed_id, reading.c.at, reading.c.value, reading.c.text).where(
            reading.c.feed_id.in_([feed.id for feed in channel.feeds]),
            reading.c.at >= min(run.at_min for run in runs),
            reading.c.at <= max(run.at_max for run in runs),
            reading.c.entry_id > after,
            reading.c.entry_id <= last,
        )
    )
    return sorted(tuple(row) for row in rows)


def _pieces(
    channel_id: int, after: int, last: int, received_at: int, rows: Sequence[tuple[Any, ...]], limit: int
) -> Iterator[FreshReadings]:
    """The rows as one piece, or cut between entries where they are very many."""
    first = after + 1
    kept: list[tuple[int, int, float | None, str | None]] = []
    for entry_id, of_entry in groupby(rows, key=itemgetter(0)):
        if len(kept) >= limit:
            yield FreshReadings(channel_id, first, entry_id - 1, received_at, tuple(kept))
            first, kept = entry_id, []
        kept += [row[1:] for row in of_entry]
    yield FreshReadings(channel_id, first, last, received_at, tuple(kept))


def newest(connection: Connection, feed: Feed) -> StoredReading | None:
    """The newest reading of a feed, or None. For a feed the viewer was already shown."""
    rows = _newest_rows(connection, feed, TimeSpan(0, 2**62), 1)
    return rows[0] if rows else None
