"""What a feed of words said, event by event, newest first: equal neighbours are one event.

A word holds until the next reading, but no longer than the feed is usually quiet: then it fell silent, and the same
word is another event when it comes again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Subquery, case, func, or_, select

from domain.errors import NotFound
from domain.readings import Feed, Kind
from domain.roles import Viewer
from domain.statistics import LATEST_GAPS, hold_us
from domain.timespan import TimeSpan
from models import channels
from models.schema import reading

MOST_LOOKED_THROUGH = 200_000
"""Readings looked through for one page of events."""


@dataclass(frozen=True, slots=True)
class Event:
    """A word held from `start` to `end`.

    `goes_on`: nothing else was said since. `fell_silent`: it ended because nothing was said any more. `is_cut`: it may
    have begun earlier, before the readings that were looked through.
    """

    word: str
    start: int
    end: int
    goes_on: bool = False
    fell_silent: bool = False
    is_cut: bool = False

    @property
    def length(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Page:
    """Events of a feed, newest first. `rest`: where those begin that come after them; None where there are no more."""

    feed: Feed
    events: tuple[Event, ...] = ()
    rest: int | None = None


def page(
    connection: Connection,
    viewer: Viewer,
    channel_id: int,
    feed_name: str,
    span: TimeSpan,
    now: int,
    limit: int,
    before: int | None = None,
) -> Page:
    """The newest `limit` events of a feed that began in the span; `before`: those that began before that instant.

    Raises NotFound for the channel, or a feed without words.
    """
    overview = channels.overview(connection, viewer, channel_id, now=now)
    feed = next((each for each in overview.channel.feeds if each.name == feed_name), None)
    if feed is None or feed.kind is Kind.NUMBER:
        raise NotFound(f'There is no feed of words called "{feed_name[:60]}" in channel {channel_id}.')
    hold = hold_us(_latest(connection, feed, span), overview.pulse.interval_s)
    looked_at = span if before is None else TimeSpan(span.start, max(span.start, min(span.end, before)))
    return _Look(connection, feed, looked_at, hold, before, min(span.end, now + 1)).page(limit)


def _latest(connection: Connection, feed: Feed, span: TimeSpan) -> Sequence[int]:
    at = reading.c.at
    newest = select(at).where(reading.c.feed_id == feed.id, at >= span.start, at < span.end).order_by(at.desc())
    return connection.scalars(newest.limit(LATEST_GAPS + 1)).all()


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at the readings of a feed in a span; `before` is when what came after them began, if anything did."""

    connection: Connection
    feed: Feed
    span: TimeSpan
    hold: int
    before: int | None
    until: int

    def page(self, limit: int) -> Page:
        rows = self._rows()
        n, first, last = self.connection.execute(select(func.count(), func.min(rows.c.at), func.max(rows.c.at))).one()
        is_cut = n == MOST_LOOKED_THROUGH
        found = [
            self._event(row, last, is_cut=is_cut and row.at == first)
            for row in self.connection.execute(_words(_edges(rows, self.hold)).limit(limit + 1))
        ]
        if len(found) > limit:
            return Page(self.feed, tuple(found[:limit]), found[limit - 1].start)
        return Page(self.feed, tuple(found), first if is_cut else None)

    def _rows(self) -> Subquery:
        """The newest readings of the span: the instant, and the word or that it is a number."""
        at, is_word = reading.c.at, case((reading.c.value.is_(None), 1), else_=0)
        word = case((reading.c.value.is_(None), reading.c.text), else_="")
        return (
            select(at, word.label("word"), is_word.label("is_word"))
            .where(reading.c.feed_id == self.feed.id, at >= self.span.start, at < self.span.end)
            .order_by(at.desc())
            .limit(MOST_LOOKED_THROUGH)
            .subquery()
        )

    def _event(self, row: Any, last: int, *, is_cut: bool) -> Event:
        said_last = last if row.ended is None else row.ended
        after = self.before if row.after is None else row.after
        silent_at = said_last + self.hold
        fell_silent = silent_at < (self.until if after is None else after)
        end = silent_at if fell_silent else self.until if after is None else after
        return Event(row.word, row.at, max(said_last, end), after is None and not fell_silent, fell_silent, is_cut)


def _edges(rows: Subquery, hold: int) -> Subquery:
    """The readings that say something else than the one before them, or came after a silence."""
    at, word, is_word = rows.c.at, rows.c.word, rows.c.is_word
    before, word_before, was_word = (func.lag(each).over(order_by=at) for each in (at, word, is_word))
    differs = or_(before.is_(None), word != word_before, is_word != was_word, at - before > hold)
    marked = select(at, word, is_word, before.label("before"), differs.label("differs")).subquery()
    return select(marked).where(marked.c.differs).subquery()


def _words(edges: Subquery) -> Any:
    """Those of them that are words, newest first, each with the edge after it and the reading before that."""
    after, ended = (func.lead(edges.c[name]).over(order_by=edges.c.at) for name in ("at", "before"))
    told = select(edges.c.at, edges.c.word, edges.c.is_word, after.label("after"), ended.label("ended")).subquery()
    return select(told).where(told.c.is_word == 1).order_by(told.c.at.desc())
