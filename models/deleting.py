"""What is taken away: a channel's readings, or the channel itself, which lies in the bin for a while first."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Connection, delete, exists, select, update

from domain.audit import Actor, Deed
from domain.errors import NotFound
from domain.roles import Act, Role, Viewer
from domain.timespan import DAY, TimeSpan
from models import audit, bulk, channels, counting, jobs, readings, removals, rights
from models.removals import LEFT_LYING
from models.schema import answer, channel, entry, feed, job, key, membership, reading, refusal, removal, rollup

KEPT = 30 * DAY
"""How long a channel lies in the bin."""

MOST_AT_ONCE = 2_000
"""Readings taken away by one transaction, where nothing else is said: boards that wait to be stored meanwhile wait some
20 ms."""


@dataclass(frozen=True, slots=True)
class Binned:
    """A channel in the bin. `is_own`: the viewer is one of its owners, and not only an admin."""

    id: int
    name: str
    deleted_at: int
    is_own: bool

    def days_left(self, now: int) -> int:
        """Whole days until it is gone, counted up."""
        return max(0, -(-(self.deleted_at + KEPT - now) // DAY))


def clear(connection: Connection, actor: Actor, channel_id: int, most: int | None = None) -> bool:
    """Begin to take away all readings of a channel; whether all are gone. Until then `clear_on` goes on with it.

    What was taken away before and could be put back goes as well, and what is stored until the end. Feeds, keys and
    members stay, and entries are numbered on. Raises NotFound, Forbidden.
    """
    bulk.lock_channels(connection, [channel_id])
    found = channels.may(connection, actor.viewer, Act.CONTROL, channel_id)
    held = sum(counting.count(connection, each, counting.ALWAYS) for each in found.feeds)
    audit.note(connection, actor, Deed.CHANNEL_CLEARED, channel_id=channel_id, readings=held)
    channels.touch(connection, channel_id)
    jobs.make(connection, jobs.Kind.CLEARING, now=actor.at, channel_id=channel_id, state=jobs.State.RUNNING)
    return clear_on(connection, channel_id, actor.at, most)


def clear_on(connection: Connection, channel_id: int, now: int, most: int | None = None) -> bool:
    """Take away the next part of what `clear` began; whether all is done: until then, call it again."""
    bulk.lock_channels(connection, [channel_id])
    is_it = (job.c.channel_id == channel_id) & (job.c.kind == str(jobs.Kind.CLEARING))
    if not connection.execute(update(job).where(is_it).values(seen_at=now)).rowcount:
        return True
    if not _thin(connection, channel_id, most or MOST_AT_ONCE):
        return False
    connection.execute(delete(removal).where(removal.c.channel_id == channel_id))
    keys = select(key.c.id).where(key.c.channel_id == channel_id)
    connection.execute(delete(refusal).where(refusal.c.channel_id == channel_id))
    connection.execute(delete(answer).where(answer.c.key_id.in_(keys)))
    connection.execute(delete(job).where(is_it))
    channels.touch(connection, channel_id)
    return True


def half_cleared(connection: Connection, now: int) -> list[int]:
    """The channels whose clearing was begun and left lying, by a process that ended."""
    is_begun = (job.c.state == str(jobs.State.RUNNING)) & (job.c.kind == str(jobs.Kind.CLEARING))
    is_left = is_begun & (job.c.seen_at <= now - LEFT_LYING)
    return list(connection.scalars(select(job.c.channel_id).where(is_left).distinct().order_by(job.c.channel_id)))


def put_into_bin(connection: Connection, actor: Actor, channel_id: int) -> None:
    """Delete a channel: from now on it exists for nobody, and its keys do not count. Raises NotFound, Forbidden."""
    bulk.lock_channels(connection, [channel_id])
    found = channels.may(connection, actor.viewer, Act.CONTROL, channel_id)
    connection.execute(update(channel).where(channel.c.id == channel_id).values(deleted_at=actor.at))
    channels.touch(connection, channel_id)
    audit.note(connection, actor, Deed.CHANNEL_DELETED, channel_id=channel_id, name=found.name)


def restore(connection: Connection, actor: Actor, channel_id: int) -> str:
    """Take a channel out of the bin, as it was; its name. Raises NotFound where none lies there for the actor."""
    bulk.lock_channels(connection, [channel_id])
    theirs = (channel.c.id == channel_id) & rights.in_bin(actor.viewer) & (channel.c.deleted_at > actor.at - KEPT)
    name = connection.execute(select(channel.c.name).where(theirs)).scalar_one_or_none()
    if name is None:
        raise NotFound("There is no such channel in your bin.")
    connection.execute(update(channel).where(channel.c.id == channel_id).values(deleted_at=None))
    channels.touch(connection, channel_id)
    audit.note(connection, actor, Deed.CHANNEL_RESTORED, channel_id=channel_id, name=name)
    return str(name)


def in_bin(connection: Connection, viewer: Viewer, now: int) -> list[Binned]:
    """The channels that the viewer may take out of the bin, the last deleted first."""
    owns = exists().where(
        membership.c.channel_id == channel.c.id,
        membership.c.person_id == viewer.person_id,
        membership.c.role == str(Role.OWNER),
    )
    rows = connection.execute(
        select(channel.c.id, channel.c.name, channel.c.deleted_at, owns.label("is_own"))
        .where(rights.in_bin(viewer), channel.c.deleted_at > now - KEPT)
        .order_by(channel.c.deleted_at.desc(), channel.c.id)
    )
    return [Binned(row.id, row.name, row.deleted_at, bool(row.is_own)) for row in rows]


def overdue(connection: Connection, now: int) -> list[int]:
    """The channels that lay in the bin for long enough."""
    return list(connection.scalars(select(channel.c.id).where(channel.c.deleted_at <= now - KEPT)))


def remove_some(connection: Connection, channel_id: int, now: int, most: int | None = None) -> bool:
    """Take away a channel that lay in the bin for long enough; whether it is gone: until then, call it again."""
    bulk.lock_channels(connection, [channel_id])
    if channel_id not in overdue(connection, now):
        return True
    is_done = _thin(connection, channel_id, most or MOST_AT_ONCE)
    if is_done:
        channels.remove(connection, channel_id)
    return is_done


def _thin(connection: Connection, channel_id: int, most: int) -> bool:
    """Take away some readings, then some of those that could be put back, then some entries; whether all are gone."""
    room = most
    feeds = connection.scalars(select(feed.c.id).where(feed.c.channel_id == channel_id).order_by(feed.c.id)).all()
    for feed_id in feeds:
        edge = _edge(connection, reading.c.at, reading.c.feed_id == feed_id, room)
        if edge is not None:
            readings.delete_span(connection, channel_id, [feed_id], TimeSpan(min(0, edge), edge))
            return False
        room -= connection.execute(delete(reading).where(reading.c.feed_id == feed_id)).rowcount
        connection.execute(delete(rollup).where(rollup.c.feed_id == feed_id))
    for removal_id in connection.scalars(select(removal.c.id).where(removal.c.channel_id == channel_id)).all():
        room -= removals.drop_some(connection, removal_id, room)
    of_it = entry.c.channel_id == channel_id
    edge = _edge(connection, entry.c.entry_id, of_it, room)
    connection.execute(delete(entry).where(of_it if edge is None else of_it & (entry.c.entry_id < edge)))
    return room > 0 and edge is None


def _edge(connection: Connection, by: Column[int], of: ColumnElement[bool], most: int) -> int | None:
    """The first of these that is one too many, in order; None where there are not so many."""
    return connection.execute(select(by).where(of).order_by(by).offset(most).limit(1)).scalar_one_or_none()
