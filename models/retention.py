"""How long a channel keeps what its boards sent: set by hand, and carried out a part at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, cast, delete, exists, literal, select, update

from domain.audit import Actor, Deed
from domain.channels import Channel
from domain.errors import Complaint
from domain.retention import begins_at, horizon, keeping_fault
from domain.roles import Act, Viewer
from domain.timespan import DAY, TimeSpan
from models import audit, bulk, channels, counting, rollups
from models.channel_settings import refuse
from models.schema import channel, entry, feed, reading, removal, removed_reading

MOST_AT_ONCE = 2_000
"""Readings taken away by one transaction, where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one part took away: readings, and whether nothing that is too old is left."""

    readings: int
    is_done: bool


def keep(connection: Connection, actor: Actor, channel_id: int, days: int | None) -> Channel:
    """Set for how many days readings are kept; None: for ever. A shorter time counts from a day later on.

    Raises NotFound, Forbidden, Invalid.
    """
    bulk.lock_channels(connection, [channel_id])
    found = channels.may(connection, actor.viewer, Act.CONTROL, channel_id)
    fault = keeping_fault(days)
    refuse([Complaint("/keep_days", fault)] if fault else [])
    if days == found.keep_days:
        return found
    since = begins_at(found.keep_days, days, actor.at, found.keep_begins_at)
    connection.execute(update(channel).where(channel.c.id == channel_id).values(keep_days=days, keep_begins_at=since))
    channels.touch(connection, channel_id)
    changed = {"keep_days": {"from": found.keep_days, "to": days}}
    audit.note(connection, actor, Deed.CHANNEL_CHANGED, channel_id=channel_id, changed=changed)
    return channels.known(connection, channel_id)


def older(connection: Connection, viewer: Viewer, channel_id: int, days: int, now: int) -> int:
    """How many readings are older than so many days. Raises NotFound, Forbidden."""
    found = channels.may(connection, viewer, Act.CONTROL, channel_id)
    span = TimeSpan(min(0, horizon(days, now)), horizon(days, now))
    return sum(counting.count(connection, each, span) for each in found.feeds)


def due(connection: Connection, now: int) -> list[int]:
    """The channels that hold something which is too old: a few seeks a channel."""
    edge = _edge(now)
    first = entry.alias()
    oldest = select(first.c.entry_id).where(first.c.channel_id == channel.c.id).order_by(first.c.entry_id).limit(1)
    has_old_reading = exists().where(
        feed.c.channel_id == channel.c.id, reading.c.feed_id == feed.c.id, reading.c.at < edge
    )
    has_old_entry = exists().where(
        entry.c.channel_id == channel.c.id,
        entry.c.entry_id == oldest.correlate(channel).scalar_subquery(),
        entry.c.entry_id < channel.c.last_entry_id,
        entry.c.received_at < edge,
        entry.c.at_max < edge,
    )
    counts = channel.c.keep_days.is_not(None) & (channel.c.keep_begins_at <= now) & channel.c.deleted_at.is_(None)
    asked = select(channel.c.id).where(counts, has_old_reading | has_old_entry).order_by(channel.c.id)
    return list(connection.scalars(asked))


def sweep_some(connection: Connection, channel_id: int, now: int, so_far: int = 0, most: int = MOST_AT_ONCE) -> Swept:
    """Take away some of what is too old; call it again until all is done. The last part writes down how many went.

    `so_far`: how many readings the parts before took away.
    """
    bulk.lock_channels(connection, [channel_id])
    found = channels.known(connection, channel_id)
    if found.keep_days is None or found.keep_begins_at is None or found.keep_begins_at > now:
        return Swept(0, is_done=True)
    edge = horizon(found.keep_days, now)
    room = most - _sweep_readings(connection, found, edge, most)
    readings = most - room
    room -= _sweep_removed(connection, channel_id, edge, room)
    room -= _sweep_entries(connection, found, edge, room)
    if room > 0 and (so_far or readings):
        channels.touch(connection, channel_id)
        nobody = Actor(Viewer.visitor(), "", now)
        audit.note(connection, nobody, Deed.READINGS_EXPIRED, channel_id=channel_id, readings=so_far + readings)
    return Swept(readings, is_done=room > 0)


def _edge(now: int) -> ColumnElement[Any]:
    """The horizon of the channel of the row."""
    days = cast(channel.c.keep_days, BigInteger)
    return literal(now - now % DAY, BigInteger) - days * literal(DAY, BigInteger)


def _sweep_readings(connection: Connection, found: Channel, edge: int, most: int) -> int:
    gone = 0
    for each in found.feeds:
        if gone < most:
            gone += take_oldest(connection, each.id, edge, most - gone)
    return gone


def take_oldest(connection: Connection, feed_id: int, edge: int, most: int) -> int:
    """Take away at most so many readings of a feed, the oldest of those before `edge`; how many."""
    within = (reading.c.feed_id == feed_id) & (reading.c.at < edge)
    oldest = select(reading.c.at).where(within).order_by(reading.c.at)
    first = connection.execute(oldest.limit(1)).scalar_one_or_none()
    if first is None:
        return 0
    beyond = connection.execute(oldest.offset(most).limit(1)).scalar_one_or_none()
    part = TimeSpan(first, edge if beyond is None else beyond)
    gone = connection.execute(delete(reading).where(reading.c.feed_id == feed_id, reading.c.at < part.end)).rowcount
    rollups.rebuild(connection, [feed_id], part)
    return gone


def _sweep_removed(connection: Connection, channel_id: int, edge: int, most: int) -> int:
    """What was taken away by hand is not kept any longer for that."""
    gone = 0
    feeds = list(connection.scalars(select(feed.c.id).where(feed.c.channel_id == channel_id).order_by(feed.c.id)))
    for removal_id in connection.scalars(select(removal.c.id).where(removal.c.channel_id == channel_id)).all():
        for feed_id in feeds:
            if gone < most:
                gone += _take_removed(connection, removal_id, feed_id, edge, most - gone)
    return gone


def _take_removed(connection: Connection, removal_id: int, feed_id: int, edge: int, most: int) -> int:
    kept = removed_reading
    within = (kept.c.removal_id == removal_id) & (kept.c.feed_id == feed_id) & (kept.c.at < edge)
    oldest = select(kept.c.at).where(within).order_by(kept.c.at)
    beyond = connection.execute(oldest.offset(most).limit(1)).scalar_one_or_none()
    gone = connection.execute(delete(kept).where(within if beyond is None else within & (kept.c.at < beyond))).rowcount
    if gone:
        less = {"readings": removal.c.readings - gone}
        connection.execute(update(removal).where(removal.c.id == removal_id).values(**less))
    return gone


def _sweep_entries(connection: Connection, found: Channel, edge: int, most: int) -> int:
    """Entries of which nothing is kept; the newest stays, by which it is known when the channel was last heard."""
    if most <= 0:
        return 0
    is_old = (entry.c.channel_id == found.id) & (entry.c.entry_id < found.cursor)
    ids: set[int] = set()
    for has_more in (entry.c.latitude.is_not(None), entry.c.status.is_not(None)):  # than readings; an index each
        alone = select(entry.c.entry_id).where(is_old, has_more, entry.c.at_min < edge)
        ids |= set(connection.scalars(alone.order_by(entry.c.at_min).limit(most - len(ids))))
    first = select(entry.c.entry_id, entry.c.received_at, entry.c.at_max).where(is_old)
    for row in connection.execute(first.order_by(entry.c.entry_id).limit(most - len(ids))):
        if row.received_at >= edge:
            break
        ids |= {row.entry_id} if row.at_max < edge else set()
    connection.execute(delete(entry).where(entry.c.channel_id == found.id, entry.c.entry_id.in_(sorted(ids))))
    return len(ids)
