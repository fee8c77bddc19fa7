"""Statistics of what is in view, exact over the span and not over whole summaries. Access is decided in the query.

Counts, means and extremes come from `models.totals` whatever the span. Deviations and gaps need a look at each reading;
beyond a limit they are left out, and it is said.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import sqrt

from sqlalchemy import Connection, and_, case, func, select
from sqlalchemy.sql.elements import ColumnElement

from domain.channels import Channel
from domain.readings import Feed, Kind, Point
from domain.roles import Viewer
from domain.smoothing import rate_per_minute
from domain.statistics import LATEST_GAPS, FeedStatistics, NumberStatistics, WordStatistics, hold_us
from domain.timespan import TimeSpan
from models import channels, gaps, shares, totals
from models.listing import named
from models.schema import reading
from models.totals import Total

MOST_LOOKED_THROUGH = 5_000_000
"""Readings of one feed of which deviations, gaps and shares of time are worked out."""

NEAREST, FARTHEST = 1e-140, 1e140
"""Between these the squares of differences are numbers, on every engine."""


def in_view(
    connection: Connection,
    viewer: Viewer,
    channel_id: int,
    span: TimeSpan,
    now: int,
    without: Collection[str] = (),
    most: int = MOST_LOOKED_THROUGH,
) -> tuple[FeedStatistics, ...]:
    """Of every feed of a channel that is drawn, but those named, in their order.

    What the last word says holds no later than `now`.

    Raises NotFound.
    """
    overview = channels.overview(connection, viewer, channel_id, now=now)
    look = _Look(connection, span, min(span.end, now + 1), overview.pulse.interval_s, most)
    feeds = [feed for feed in overview.channel.feeds if feed.name not in without and not feed.is_hidden]
    return tuple(look.at(feed) for feed in feeds)


@dataclass(frozen=True, slots=True)
class OfChannel:
    """A channel with the statistics of its feeds."""

    channel: Channel
    feeds: tuple[FeedStatistics, ...]


def of_feeds(
    connection: Connection, viewer: Viewer, channel_id: int, names: Collection[str], span: TimeSpan, now: int
) -> OfChannel:
    """Of the named feeds of a channel, hidden or not, in its order; without names, of all that are not hidden.

    Raises NotFound for the channel, or a feed it does not have.
    """
    overview = channels.overview(connection, viewer, channel_id, now=now)
    look = _Look(connection, span, min(span.end, now + 1), overview.pulse.interval_s, MOST_LOOKED_THROUGH)
    feeds = [feed for feed in named(overview.channel, names) if names or not feed.is_hidden]
    return OfChannel(overview.channel, tuple(look.at(feed) for feed in feeds))


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at one feed after the other over the same span."""

    connection: Connection
    span: TimeSpan
    until: int
    interval_s: float | None
    most: int

    def at(self, feed: Feed) -> FeedStatistics:
        total = totals.total(self.connection, feed.id, self.span) if feed.kind is not Kind.TEXT else None
        n = total.n if total and feed.kind is Kind.NUMBER else self._count(feed)
        gap = gaps.longest(self.connection, feed, self.span, n, self.most)
        is_all = n <= self.most
        return FeedStatistics(
            feed,
            n,
            self._last(feed),
            gap,
            self._numbers(feed, total, is_all=is_all) if total else None,
            self._words(feed) if feed.kind is not Kind.NUMBER and is_all else None,
            "" if is_all else self._left_out(feed, has_gap=gap is not None),
        )

    def _count(self, feed: Feed) -> int:
        return self.connection.execute(select(func.count()).where(self._within(feed))).scalar_one()

    def _last(self, feed: Feed) -> Point | None:
        newest = select(reading.c.at, reading.c.value, reading.c.text).where(self._within(feed))
        row = self.connection.execute(newest.order_by(reading.c.at.desc()).limit(1)).one_or_none()
        return Point(*row) if row else None

    def _numbers(self, feed: Feed, total: Total, *, is_all: bool) -> NumberStatistics:
        deviation = self._deviation(feed, total) if is_all else None
        rate = rate_per_minute(total.first, total.last, total.last_at - total.first_at)
        return NumberStatistics(total.n, total.mean, deviation, total.low, total.high, rate)

    def _deviation(self, feed: Feed, total: Total) -> float | None:
        """From the squares of the distances to the mean, less what its own rounding adds to them."""
        if total.n < 2 or total.low == total.high:
            return None if total.n < 2 else 0.0
        if total.mean is None or not NEAREST < total.high - total.low < FARTHEST:
            return None
        away = reading.c.value - total.mean
        # PostgreSQL refuses a product that is too small to be told from zero; such a distance adds nothing.
        square = case((func.abs(away) > NEAREST / 1e10, away * away), else_=0.0)
        together, squares = self.connection.execute(
            select(func.sum(away), func.sum(square)).where(self._within(feed), reading.c.value.is_not(None))
        ).one()
        return sqrt(max(0.0, squares - together * together / total.n) / (total.n - 1))

    def _words(self, feed: Feed) -> WordStatistics | None:
        latest = select(reading.c.at).where(self._within(feed)).order_by(reading.c.at.desc()).limit(LATEST_GAPS + 1)
        hold = hold_us(self.connection.scalars(latest).all(), self.interval_s)
        return shares.of_words(self.connection, feed, self.span, hold, self.until)

    def _left_out(self, feed: Feed, *, has_gap: bool) -> str:
        kind = "the share of time of each word" if feed.kind is Kind.TEXT else "the standard deviation"
        missing = kind if has_gap else f"{kind} and the longest gap"
        return f"More than {self.most:,} readings: for {missing}, choose a shorter range."

    def _within(self, feed: Feed) -> ColumnElement[bool]:
        at = reading.c.at
        return and_(reading.c.feed_id == feed.id, at >= self.span.start, at < self.span.end)
