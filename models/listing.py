"""Readings of a channel listed for programs: a page of them in either order, and where the next page goes on.

Readings stand in the order of time; those of one instant in the order in which they came, then by feed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, select

from domain.channels import Channel
from domain.readings import Feed
from domain.roles import Viewer
from domain.timespan import TimeSpan
from models import channels
from models.readings import StoredReading
from models.schema import reading


class Key(NamedTuple):
    """The place of a reading in the order."""

    at: int
    entry_id: int
    feed_id: int


@dataclass(frozen=True, slots=True)
class Page:
    """Readings in the order asked for. `rest` is where the next page begins: after the reading of this key."""

    channel: Channel
    rows: tuple[StoredReading, ...]
    rest: Key | None


def page(
    connection: Connection,
    viewer: Viewer,
    channel_id: int,
    feed_names: Collection[str],
    span: TimeSpan,
    limit: int,
    *,
    newest_first: bool,
    after: Key | None = None,
) -> Page:
    """The first `limit` readings of the named feeds (of all, if none is named) in the span, from one of its ends on.

    Raises NotFound for the channel, or a feed it does not have.
    """
    channel = channels.find(connection, viewer, channel_id)
    feeds = named(channel, feed_names)
    found = [row for feed in feeds for row in _rows(connection, feed, span, limit, after, newest_first=newest_first)]
    found.sort(key=key_of, reverse=newest_first)
    rows = tuple(found[:limit])
    return Page(channel, rows, key_of(rows[-1]) if len(found) > limit else None)


def named(channel: Channel, names: Collection[str]) -> Sequence[Feed]:
    """The feeds of these names in the channel's order; all, if none is named. Raises NotFound."""
    return channel.feeds_named(names) if names else channel.feeds


def key_of(row: StoredReading) -> Key:
    return Key(row.at, row.entry_id, row.feed.id)


def _rows(
    connection: Connection, feed: Feed, span: TimeSpan, limit: int, after: Key | None, *, newest_first: bool
) -> list[StoredReading]:
    """One feed's part of the page, and one reading more: that tells whether there is another page."""
    at = reading.c.at
    within = and_(
        reading.c.feed_id == feed.id, at >= span.start, at < span.end, _from(after, newest_first=newest_first)
    )
    rows = connection.execute(
        select(at, reading.c.entry_id, reading.c.value, reading.c.text)
        .where(within)
        .order_by(at.desc() if newest_first else at)
        .limit(limit + 2)  # that of the key's own instant may have been told already
    )
    found = (StoredReading(feed, row.at, row.entry_id, row.value, row.text) for row in rows)
    return [row for row in found if after is None or _is_beyond(key_of(row), after, newest_first=newest_first)]


def _from(after: Key | None, *, newest_first: bool) -> ColumnElement[bool]:
    if after is None:
        return reading.c.feed_id.is_not(None)
    return reading.c.at <= after.at if newest_first else reading.c.at >= after.at


def _is_beyond(key: Key, after: Key, *, newest_first: bool) -> bool:
    return key < after if newest_first else key > after
