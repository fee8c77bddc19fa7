"""Where a channel's entries were taken. The index of entries with a position serves every question here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, exists, func, select

from domain.readings import Feed
from domain.roles import Act, Viewer
from domain.timespan import TimeSpan
from domain.tracks import Place, Track
from models import channels, rights, schema
from models.pairs import feed_of_numbers
from models.schema import entry, reading

MOST_READ = 20_000
"""Up to so many positions are looked at one by one; of more, those that are at least a step of time apart."""

STEPS = 2_000


def came(connection: Connection, viewer: Viewer, channel_id: int) -> bool:
    """Whether any entry of a channel brought a position, as far as this viewer may see: one seek."""
    has_one = exists().where(entry.c.channel_id == schema.channel.c.id, entry.c.latitude.is_not(None))
    seen = select(has_one).where(schema.channel.c.id == channel_id, rights.may(viewer, Act.SEE))
    return bool(connection.execute(seen).scalar_one_or_none())


def track(connection: Connection, viewer: Viewer, channel_id: int, span: TimeSpan, feed: str = "") -> Track:
    """The positions of the span, each with the number that the named feed has at that instant.

    Raises NotFound for the channel, or a feed that it does not have or that holds words.
    """
    channel = channels.find(connection, viewer, channel_id)
    carried = feed_of_numbers(channel, feed) if feed else None
    places = _places(connection, _positioned(entry, channel.id, span), carried, MOST_READ + 1)
    if len(places) <= MOST_READ:
        return Track(tuple(places), carried)
    return _spaced(connection, channel.id, TimeSpan(places[0].at, span.end), carried)


def _spaced(connection: Connection, channel_id: int, span: TimeSpan, feed: Feed | None) -> Track:
    """The first position of the span, then each the next one that is a step later: a seek for each, however many."""
    newest = select(func.max(entry.c.at_min)).where(_positioned(entry, channel_id, span))
    step = max(1, (connection.execute(newest).scalar_one() - span.start) // STEPS)
    other = entry.alias()
    steps = select(func.min(entry.c.at_min).label("at")).where(_positioned(entry, channel_id, span)).cte(recursive=True)
    # One lower bound alone: of two, SQLite may look through everything after the farther one, at each step.
    following = select(func.min(other.c.at_min)).where(
        other.c.channel_id == channel_id,
        other.c.latitude.is_not(None),
        other.c.at_min >= steps.c.at + step,
        other.c.at_min < span.end,
    )
    steps = steps.union_all(select(following.scalar_subquery()).where(steps.c.at.is_not(None)))
    chosen = and_(_positioned(entry, channel_id, span), entry.c.at_min.in_(select(steps.c.at)))
    return Track(tuple(_places(connection, chosen, feed, MOST_READ)), feed, step)


def _places(connection: Connection, chosen: ColumnElement[bool], feed: Feed | None, limit: int) -> list[Place]:
    columns: list[Any] = [entry.c.at_min, entry.c.latitude, entry.c.longitude]
    where: FromClause = entry
    if feed is not None:
        columns.append(reading.c.value)
        where = entry.outerjoin(reading, (reading.c.feed_id == feed.id) & (reading.c.at == entry.c.at_min))
    question = select(*columns).select_from(where).where(chosen).order_by(entry.c.at_min, entry.c.entry_id).limit(limit)
    return [Place(*row) for row in connection.execute(question)]


def _positioned(of: Any, channel_id: int, span: TimeSpan) -> ColumnElement[bool]:
    """The entries of the channel that brought a position in the span; each is alone in its row, so `at_min` is its."""
    at = of.c.at_min
    return and_(of.c.channel_id == channel_id, of.c.latitude.is_not(None), at >= span.start, at < span.end)
