"""Single readings put right or taken away by hand; summaries stay true, and each is on record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, update

from domain.audit import Actor, Deed
from domain.corrections import Change, PutRight, reading_from, spelling
from domain.errors import Invalid, NotFound, Outdated
from domain.readings import Feed, Point
from domain.roles import Act
from domain.timespan import MINUTE, TimeSpan, to_rfc3339
from models import audit, bulk, channels, rollups
from models.schema import reading

MOST_CHANGES = 500
"""Readings put right by one transaction."""

NEAR = 10 * MINUTE
"""Instants closer than this have their summaries rebuilt together."""


def apply(connection: Connection, actor: Actor, channel_id: int, changes: Sequence[Change]) -> PutRight:
    """Put readings of a channel right, all or none.

    Raises NotFound, Forbidden; Outdated where a reading is no longer what it was; Invalid where a feed cannot hold
    what was written, or where there are too many.
    """
    if len(changes) > MOST_CHANGES:
        raise Invalid(f"These are {len(changes)} readings; at most {MOST_CHANGES} are changed at once.")
    bulk.lock_channels(connection, [channel_id])
    feeds = {feed.id: feed for feed in channels.may(connection, actor.viewer, Act.CONTRIBUTE, channel_id).feeds}
    deleted = 0
    for change in changes:
        if change.feed_id not in feeds:
            raise NotFound("There is no such feed in this channel.")
        deleted += _make(connection, actor, feeds[change.feed_id], change)
    for feed_id in sorted({change.feed_id for change in changes}):
        for span in _spans(change.at for change in changes if change.feed_id == feed_id):
            rollups.rebuild(connection, [feed_id], span)
    if changes:
        channels.touch(connection, channel_id)
    return PutRight(len(changes) - deleted, deleted)


def _make(connection: Connection, actor: Actor, feed: Feed, change: Change) -> bool:
    """Change one reading, and note it; whether it was deleted."""
    which = (reading.c.feed_id == feed.id) & (reading.c.at == change.at)
    stored = connection.execute(select(reading.c.at, reading.c.value, reading.c.text).where(which)).one_or_none()
    if stored is None or spelling(stored.value, stored.text) != change.was:
        raise Outdated(f"The reading of {feed.label} at {to_rfc3339(change.at)} has changed in the meantime.")
    before = Point(*stored)
    if change.to is None:
        connection.execute(delete(reading).where(which))
        _note(connection, actor, Deed.READING_DELETED, feed, before)
        return True
    value, text = reading_from(feed, change.to)
    connection.execute(update(reading).where(which).values(value=value, text=text))
    _note(connection, actor, Deed.READING_CORRECTED, feed, before, Point(change.at, value, text))
    return False


def _note(
    connection: Connection, actor: Actor, deed: Deed, feed: Feed, before: Point, after: Point | None = None
) -> None:
    """Numbers are noted with the deed. Words are not: they may be anybody's, and the log cannot be erased."""
    said: dict[str, Any] = {"feed": feed.name, "time": to_rfc3339(before.at)}
    if after is None:
        said |= {} if before.value is None else {"value": before.value}
    elif before.value is not None and after.value is not None:
        said |= {"value": {"from": before.value, "to": after.value}}
    audit.note(connection, actor, deed, channel_id=feed.channel_id, **said)


def _spans(instants: Iterable[int]) -> Iterator[TimeSpan]:
    """Spans that together hold the instants, none of them wide for the sake of two that lie far apart."""
    ordered = sorted(instants)
    start = last = ordered[0]
    for at in ordered[1:]:
        if at - last > NEAR:
            yield TimeSpan(start, last + 1)
            start = at
        last = at
    yield TimeSpan(start, last + 1)
