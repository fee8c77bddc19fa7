"""For how long each word of a feed held within a span.

A word holds until the next reading, but no longer than the feed is usually quiet; what was said last before the span
holds into it by the same rule. So what nobody knows is nobody's share.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Connection, and_, case, cast, func, select
from sqlalchemy.sql.elements import ColumnElement

from domain.readings import Feed
from domain.statistics import Share, WordStatistics
from domain.timespan import TimeSpan
from models.schema import reading

MOST_SHARES = 12
"""Words that are told one by one."""


def of_words(connection: Connection, feed: Feed, span: TimeSpan, hold: int, until: int) -> WordStatistics | None:
    """The words of a feed over the span; the last one holds no later than `until`. None where none came or held.

    For a feed that the viewer was already shown.
    """
    held = _held(feed, TimeSpan(_said_before(connection, feed, span, hold), span.end), span, hold, until)
    by_word = (
        select(held.c.text, func.sum(held.c.is_in_view).label("n"), func.sum(held.c.length).label("held"))
        .group_by(held.c.text)
        .having(func.sum(held.c.is_in_view + held.c.length) > 0)
        .subquery()
    )
    whole = (func.count().over(), *(cast(func.sum(by_word.c[name]).over(), BigInteger) for name in ("n", "held")))
    rows = connection.execute(
        select(by_word, *whole).order_by(by_word.c.held.desc(), by_word.c.n.desc(), by_word.c.text).limit(MOST_SHARES)
    ).all()
    if not rows:
        return None
    distinct, n, known = (int(each) for each in rows[0][3:])
    return WordStatistics(n, distinct, tuple(Share(row[0], int(row[1]), int(row[2])) for row in rows), known)


def _said_before(connection: Connection, feed: Feed, span: TimeSpan, hold: int) -> int:
    """The instant of the last reading before the span, where it holds into it; else the span's start."""
    before = and_(_of(feed), reading.c.at > span.start - hold, reading.c.at < span.start)
    last = connection.execute(select(func.max(reading.c.at)).where(before)).scalar_one()
    return span.start if last is None else int(last)


def _held(feed: Feed, looked_at: TimeSpan, span: TimeSpan, hold: int, until: int) -> Any:
    """Of each word from then on: whether it is in view, and for how long it held there."""
    at = reading.c.at
    after = func.coalesce(func.lead(at).over(order_by=at), max(looked_at.start, until))
    rows = (
        select(at, reading.c.value, reading.c.text, after.label("after"))
        .where(_of(feed), at >= looked_at.start, at < looked_at.end)
        .subquery()
    )
    start = _greater(rows.c.at, span.start)
    end = _less(_less(rows.c.after, rows.c.at + hold), until)
    is_in_view = case((rows.c.at >= span.start, 1), else_=0).label("is_in_view")
    length = case((end > start, end - start), else_=0).label("length")
    return select(rows.c.text, is_in_view, length).where(rows.c.value.is_(None)).subquery()


def _of(feed: Feed) -> ColumnElement[bool]:
    return reading.c.feed_id == feed.id


def _less(one: Any, other: Any) -> ColumnElement[int]:
    return case((one < other, one), else_=other)


def _greater(one: Any, other: Any) -> ColumnElement[int]:
    return case((one > other, one), else_=other)
