"""How the readings of a channel's feeds are spread, every reading of the span counted by the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Connection, func, select

from domain.histograms import Histogram, Spread, WordShares, equal_edges, round_edges
from domain.readings import Feed, Kind
from domain.roles import Viewer
from domain.timespan import TimeSpan, rollup_width
from models import channels, totals
from models.schema import reading, rollup
from models.totals import Total

MOST_COUNTED = 5_000_000
"""Readings that are counted for one page, all feeds together: a few seconds' work."""

MOST_WORDS = 12
"""Words that are named; the others are told together."""

SAMPLE = 2_000
"""About so many readings, evenly over the time, tell how wide the bins shall be."""


def of(
    connection: Connection,
    viewer: Viewer,
    channel_id: int,
    span: TimeSpan,
    hidden: Collection[str] = (),
    bins: int | None = None,
) -> tuple[Spread, ...]:
    """The spread of each feed that is shown, `hidden` being names; a feed with numbers and words has both.

    `bins`: how many, of one width; None for round bounds in a number that fits the readings. Raises NotFound.
    """
    channel = channels.find(connection, viewer, channel_id)
    feeds = [feed for feed in channel.feeds if feed.name not in hidden and not feed.is_hidden]
    most = MOST_COUNTED // max(1, len(feeds))
    found: list[Spread] = []
    for feed in feeds:
        if feed.kind is not Kind.TEXT:
            found.append(_numbers(connection, feed, span, bins, most))
        if feed.kind is not Kind.NUMBER:
            found.append(_words(connection, feed, span, most))
    return tuple(found)


def _numbers(connection: Connection, feed: Feed, span: TimeSpan, bins: int | None, most: int) -> Histogram:
    known = totals.total(connection, feed.id, span)
    if known is None:
        return Histogram(feed)
    if known.n > most:
        return Histogram(feed, known.n)
    edges = (
        equal_edges(known.low, known.high, bins)
        if bins
        else round_edges(known.low, known.high, known.n, _sample(connection, feed, span, known))
    )
    below = _below(connection, feed, span, edges[1:-1])
    counts = tuple(upper - lower for lower, upper in zip((0, *below), (*below, known.n), strict=True))
    return Histogram(feed, known.n, edges, counts)


def _below(connection: Connection, feed: Feed, span: TimeSpan, edges: Sequence[float]) -> list[int]:
    """How many numbers are below each edge: one pass, compared as they are stored, so that no rounding moves one."""
    if not edges:
        return []
    counts = [func.count().filter(reading.c.value < edge) for edge in edges]
    return list(connection.execute(select(*counts).where(*_of_feed(feed, span))).one())


def _sample(connection: Connection, feed: Feed, span: TimeSpan, known: Total) -> list[float]:
    """All the numbers where they are few, else the first of each of many stretches of time."""
    if known.n <= SAMPLE:
        question = select(reading.c.value).where(*_of_feed(feed, span), reading.c.value.is_not(None))
    else:
        covered = TimeSpan(known.first_at, known.last_at + 1)
        question = select(rollup.c.first).where(
            rollup.c.feed_id == feed.id,
            rollup.c.width == rollup_width(covered, SAMPLE),
            rollup.c.bucket >= covered.start,
            rollup.c.bucket < covered.end,
            rollup.c.first.is_not(None),
        )
    return list(connection.scalars(question))


def _words(connection: Connection, feed: Feed, span: TimeSpan, most: int) -> WordShares:
    words = (*_of_feed(feed, span), reading.c.value.is_(None))
    n = connection.execute(
        select(func.count()).select_from(select(reading.c.at).where(*words).limit(most + 1).subquery())
    )
    if (count := n.scalar_one()) > most or not count:
        return WordShares(feed, count)
    said = select(reading.c.text, func.count().label("n"), func.min(reading.c.at).label("first_at"))
    each = said.where(*words).group_by(reading.c.text).subquery()
    distinct = connection.execute(select(func.count()).select_from(each)).scalar_one()
    rows = connection.execute(
        select(each.c.text, each.c.n).order_by(each.c.n.desc(), each.c.first_at).limit(MOST_WORDS)
    )
    return WordShares(feed, count, distinct, tuple((row.text or "", row.n) for row in rows))


def _of_feed(feed: Feed, span: TimeSpan) -> tuple[ColumnElement[bool], ...]:
    return reading.c.feed_id == feed.id, reading.c.at >= span.start, reading.c.at < span.end
