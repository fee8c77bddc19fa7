"""How much is stored, counted from the daily summaries: quick however much it is. Bytes are an estimate.

A reading costs its row, the summaries it is part of, and its share of an entry; how much each of those takes was
measured on both engines, indexes included.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from domain.channels import Channel
from domain.readings import Feed, Kind
from domain.roles import Act, Viewer
from domain.storage import FeedStored, Stored
from domain.timespan import DAY, ROLLUP_WIDTHS
from models import bulk, channels, counting, rights
from models.schema import channel, entry, feed, reading, removal, rollup

SAMPLE = 100
"""Newest rows from which a usual length is taken."""

USUAL_WORD_BYTES = 12


@dataclass(frozen=True, slots=True)
class _Costs:
    """Bytes of a row: a number, a word besides its letters, a summary, an entry."""

    number: int
    word: int
    summary: int
    entry: int


COSTS = {"sqlite": _Costs(29, 43, 81, 56), "postgresql": _Costs(92, 122, 196, 125)}


@dataclass(frozen=True, slots=True)
class ChannelStored:
    """What a channel holds, in all and by feed."""

    channel: Channel
    stored: Stored
    feeds: tuple[FeedStored, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A channel of a list, and what it holds."""

    channel_id: int
    name: str
    keep_days: int | None
    stored: Stored


def of_channel(connection: Connection, viewer: Viewer, channel_id: int) -> ChannelStored:
    """Raises NotFound."""
    found = channels.find(connection, viewer, channel_id)
    by_feed = _by_feed(connection, [(each.id, each.kind) for each in found.feeds])
    feeds = tuple(_of_feed(connection, each, by_feed) for each in found.feeds)
    return ChannelStored(found, of_channels(connection, [channel_id])[channel_id], feeds)


def of_course(connection: Connection, viewer: Viewer, course_id: int) -> list[Held]:
    """The channels of a course that the viewer may teach, each with what it holds; the largest first."""
    taught = (channel.c.course_id == course_id) & rights.may(viewer, Act.TEACH)
    rows = connection.execute(select(channel.c.id, channel.c.name, channel.c.keep_days).where(taught)).all()
    held = of_channels(connection, [row.id for row in rows])
    found = [Held(row.id, row.name, row.keep_days, held[row.id]) for row in rows]
    return sorted(found, key=lambda one: (-one.stored.size_bytes, one.name, one.channel_id))


def of_channels(connection: Connection, channel_ids: Collection[int]) -> dict[int, Stored]:
    """Channel id → what it holds. For channels the viewer was already shown."""
    rows = connection.execute(
        select(feed.c.id, feed.c.kind, feed.c.channel_id).where(feed.c.channel_id.in_(channel_ids))
    ).all()
    by_feed = _by_feed(connection, [(row.id, Kind(row.kind)) for row in rows])
    found = {channel_id: Stored(size_bytes=size) for channel_id, size in _entries(connection, channel_ids).items()}
    for channel_id, removed in _removed(connection, channel_ids).items():
        found[channel_id] += Stored(0, removed, removed * _costs(connection).number)
    for row in rows:
        found[row.channel_id] += by_feed[row.id]
    return found


def _costs(connection: Connection) -> _Costs:
    return COSTS[connection.dialect.name]


def _of_feed(connection: Connection, each: Feed, by_feed: Mapping[int, Stored]) -> FeedStored:
    return FeedStored(each, by_feed[each.id], *counting.first_and_last(connection, each.id, counting.ALWAYS))


def _by_feed(connection: Connection, feeds: Sequence[tuple[int, Kind]]) -> dict[int, Stored]:
    """What each of these feeds holds, entries aside."""
    costs = _costs(connection)
    summed = {
        row.feed_id: (int(row.n), int(row.rows)) for row in connection.execute(_summed([id_ for id_, _ in feeds]))
    }
    lengths = _lengths(connection, [id_ for id_, kind in feeds if kind is Kind.TEXT])
    found = {}
    for feed_id, kind in feeds:
        n, summaries = summed.get(feed_id, (0, 0))
        words = n if kind is Kind.TEXT else 0
        if kind is Kind.MIXED:
            words = bulk.count_words(connection, feed_id, counting.ALWAYS.start, counting.ALWAYS.end)
            n += words
        word_bytes = costs.word + lengths.get(feed_id, USUAL_WORD_BYTES)
        size = (n - words) * costs.number + words * word_bytes + summaries * costs.summary
        found[feed_id] = Stored(n, 0, round(size))
    return found


def _summed(feed_ids: Sequence[int]) -> Select[Any]:
    """By feed: how many readings its days sum up, and about how many summaries of all widths there are of them."""
    most = [DAY // width for width in ROLLUP_WIDTHS]
    rows = sum((_at_most(rollup.c.n, each) for each in most[1:]), _at_most(rollup.c.n, most[0]))
    return (
        select(rollup.c.feed_id, func.sum(rollup.c.n).label("n"), func.sum(rows).label("rows"))
        .where(rollup.c.feed_id.in_(feed_ids), rollup.c.width == DAY)
        .group_by(rollup.c.feed_id)
    )


def _at_most(n: ColumnElement[int], most: int) -> ColumnElement[int]:
    return case((n < most, n), else_=most)


def _lengths(connection: Connection, feed_ids: Sequence[int]) -> dict[int, float]:
    """By feed of words: how long its newest ones are, on average."""
    newest = (
        select(func.length(reading.c.text).label("length"))
        .where(reading.c.feed_id == feed.c.id)
        .order_by(reading.c.at.desc())
        .limit(SAMPLE)
        .correlate(feed)
        .subquery()
    )
    usual = select(func.avg(newest.c.length)).scalar_subquery()
    rows = connection.execute(select(feed.c.id, usual.label("usual")).where(feed.c.id.in_(feed_ids)))
    return {row.id: float(row.usual) for row in rows if row.usual is not None}


def _entries(connection: Connection, channel_ids: Collection[int]) -> dict[int, int]:
    """By channel: about how many bytes its entries take. Those that came together are one row."""
    first = (
        select(entry.c.first_entry_id)
        .where(entry.c.channel_id == channel.c.id)
        .order_by(entry.c.entry_id)
        .limit(1)
        .correlate(channel)
        .scalar_subquery()
    )
    newest = (
        select((entry.c.entry_id - entry.c.first_entry_id + 1).label("run"))
        .where(entry.c.channel_id == channel.c.id)
        .order_by(entry.c.entry_id.desc())
        .limit(SAMPLE)
        .correlate(channel)
        .subquery()
    )
    run = select(func.avg(newest.c.run)).scalar_subquery()
    asked = select(channel.c.id, channel.c.last_entry_id, first.label("first"), run.label("run"))
    rows = connection.execute(asked.where(channel.c.id.in_(channel_ids)))
    cost = _costs(connection).entry
    return {
        row.id: 0 if row.first is None else round((row.last_entry_id - row.first + 1) / float(row.run) * cost)
        for row in rows
    }


def _removed(connection: Connection, channel_ids: Collection[int]) -> dict[int, int]:
    """By channel: the readings that can be put back; channels without any are left out."""
    rows = connection.execute(
        select(removal.c.channel_id, func.sum(removal.c.readings))
        .where(removal.c.channel_id.in_(channel_ids), removal.c.readings > 0)
        .group_by(removal.c.channel_id)
    )
    return {row[0]: int(row[1]) for row in rows}
