"""A channel's readings as rows, one an instant, newest first: a page of them by its key, and how many there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Connection, Select, cast, func, select, union_all

from domain.channels import Channel
from domain.readings import Feed, Kind, Point
from domain.roles import Act, Viewer
from domain.timespan import TimeSpan
from models import channels
from models.schema import reading, rollup
from models.totals import pieces


@dataclass(frozen=True, slots=True)
class Row:
    """All readings of one instant, by feed id."""

    at: int
    points: Mapping[int, Point]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in falling order of time, of these feeds. `has_more`: there are older ones in the span."""

    feeds: tuple[Feed, ...]
    rows: tuple[Row, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Table:
    """What a table of a channel is made of: its columns, how many readings they hold in the span.

    `may_correct`: whether who looks may put readings right.
    """

    channel: Channel
    feeds: tuple[Feed, ...]
    count: int
    may_correct: bool


def table(connection: Connection, viewer: Viewer, channel_id: int, hidden: Collection[str], span: TimeSpan) -> Table:
    """The table of a channel over the span, without the feeds of these names. Raises NotFound."""
    channel = channels.find(connection, viewer, channel_id)
    feeds = _shown(channel, hidden)
    may_correct = Act.CONTRIBUTE in channels.acts(connection, viewer, channel_id)
    return Table(channel, feeds, count(connection, feeds, span), may_correct)


def page(
    connection: Connection, viewer: Viewer, channel_id: int, hidden: Collection[str], span: TimeSpan, limit: int
) -> Page:
    """The newest `limit` rows of the span; the next page is that of a span which ends with the last row's instant.

    Raises NotFound.
    """
    feeds = _shown(channels.find(connection, viewer, channel_id), hidden)
    by_instant: dict[int, dict[int, Point]] = {}
    for feed in feeds:  # a feed has one reading an instant: its newest `limit + 1` reach as far as those of all
        for point in _newest(connection, feed.id, span, limit + 1):
            by_instant.setdefault(point.at, {})[feed.id] = point
    instants = sorted(by_instant, reverse=True)
    return Page(feeds, tuple(Row(at, by_instant[at]) for at in instants[:limit]), len(instants) > limit)


def _shown(channel: Channel, hidden: Collection[str]) -> tuple[Feed, ...]:
    return tuple(feed for feed in channel.feeds if not feed.is_hidden and feed.name not in hidden)


def _newest(connection: Connection, feed_id: int, span: TimeSpan, limit: int) -> list[Point]:
    rows = connection.execute(
        select(reading.c.at, reading.c.value, reading.c.text)
        .where(reading.c.feed_id == feed_id, reading.c.at >= span.start, reading.c.at < span.end)
        .order_by(reading.c.at.desc())
        .limit(limit)
    )
    return [Point(*row) for row in rows]


def count(connection: Connection, feeds: Sequence[Feed], span: TimeSpan) -> int:
    """How many readings these feeds, which the viewer was already shown, have in the span.

    Summaries of a feed of numbers and words leave the words out: those are counted one by one.
    """
    mixed = [feed.id for feed in feeds if feed.kind is Kind.MIXED]
    plain = [feed.id for feed in feeds if feed.kind is not Kind.MIXED]
    edges, whole = pieces(span)
    counts = [
        *(_stored(plain, edge) for edge in edges if plain),
        *(_summed_up(plain, width, piece) for width, piece in whole if plain),
        *([_stored(mixed, span)] if mixed else []),
    ]
    # A question for each piece: one with OR between them would read all of a feed.
    return sum(connection.scalars(union_all(*counts))) if counts else 0


def _stored(feed_ids: Sequence[int], span: TimeSpan) -> Select[int]:
    within = (reading.c.feed_id.in_(feed_ids), reading.c.at >= span.start, reading.c.at < span.end)
    return select(func.count()).select_from(reading).where(*within)


def _summed_up(feed_ids: Sequence[int], width: int, span: TimeSpan) -> Select[int]:
    n = cast(func.coalesce(func.sum(rollup.c.n), 0), BigInteger)
    within = (rollup.c.width == width, rollup.c.bucket >= span.start, rollup.c.bucket < span.end)
    return select(n).where(rollup.c.feed_id.in_(feed_ids), *within)
