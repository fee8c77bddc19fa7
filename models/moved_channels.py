"""Channels that are made with their history, by one import: where that comes to nothing, the channel goes as well."""

from __future__ import annotations

from sqlalchemy import Connection, exists, select, update

from domain.audit import Actor, Deed
from domain.roles import Viewer
from models import audit, bulk, channels
from models.jobs import Job, State
from models.schema import channel, feed, job, reading

MAKES = "makes_channel"
"""In what such an import was told."""

CAME_TO_NOTHING = frozenset({State.REFUSED, State.CANCELLED})


def undo(connection: Connection, found: Job, then: State, now: int) -> None:
    """Take away the channel that an import made, where nothing came of that; the import is remembered without it.

    A channel to which something was sent meanwhile stays.
    """
    if then not in CAME_TO_NOTHING or not found.told.get(MAKES) or found.channel_id is None:
        return
    bulk.lock_channels(connection, [found.channel_id])
    feeds = select(feed.c.id).where(feed.c.channel_id == found.channel_id)
    if connection.execute(select(exists().where(reading.c.feed_id.in_(feeds)))).scalar_one():
        return
    name = connection.execute(select(channel.c.name).where(channel.c.id == found.channel_id)).scalar_one()
    connection.execute(update(job).where(job.c.id == found.id).values(channel_id=None))
    channels.remove(connection, found.channel_id)
    who = Actor(Viewer(person_id=found.person_id), str(found.told.get("address", "")), now)
    audit.note(connection, who, Deed.CHANNEL_DELETED, channel_id=found.channel_id, name=name)
