"""Channels and their feeds: made, found, and overviewed for the wall. Rights are decided inside each query."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import attrgetter
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from domain.channels import Besides, Channel, Overview, Pulse, Visibility
from domain.errors import Forbidden, NotFound
from domain.readings import Feed, Kind, Point, Position
from domain.roles import Act, Right, Viewer
from domain.timespan import MINUTE
from models import bulk, rights, schema
from models.appending import new_feed_row

GAPS = 20
"""Gaps between arrivals from whose median the expected interval is taken."""

RECENT = 15 * MINUTE
"""Channels heard within this stand before the others."""

REFUSED_WITHIN = 5 * MINUTE
"""How long a refusal is shown on the wall."""


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed to be made with its channel."""

    name: str
    kind: Kind = Kind.NUMBER
    unit: str | None = None
    title: str = ""


def create(
    connection: Connection,
    *,
    name: str,
    now: int,
    description: str = "",
    visibility: Visibility = Visibility.PUBLIC,
    feeds: Sequence[NewFeed] = (),
    accepts_new_feeds: bool = True,
    is_rehearsal: bool = False,
    expected_interval_s: float | None = None,
    course_id: int | None = None,
    section: str = "",
    team: str = "",
) -> Channel:
    """Make a channel with its feeds, in the order given."""
    values = {
        "name": name,
        "description": description,
        "visibility": str(visibility),
        "accepts_new_feeds": accepts_new_feeds,
        "is_rehearsal": is_rehearsal,
        "expected_interval_s": expected_interval_s,
        "created_at": now,
        "course_id": course_id,
        "section": section,
        "team": team,
    }
    channel_id = connection.execute(insert(schema.channel).values(values).returning(schema.channel.c.id)).scalar_one()
    rows = [
        new_feed_row(channel_id, feed.name, feed.kind, place, unit=feed.unit, title=feed.title)
        for place, feed in enumerate(feeds)
    ]
    if rows:
        connection.execute(insert(schema.feed), rows)
    return known(connection, channel_id)


def find(connection: Connection, viewer: Viewer, channel_id: int) -> Channel:
    """The channel with its feeds. Raises NotFound where the viewer may not see it: it does not exist for them."""
    return may(connection, viewer, Act.SEE, channel_id)


def may(connection: Connection, viewer: Viewer, act: Act, channel_id: int) -> Channel:
    """The channel with its feeds, for a viewer who may do this with it.

    Raises NotFound where they may not even see it: it does not exist for them; Forbidden where they may only see it.
    """
    rows = connection.execute(
        select(schema.channel, rights.may(viewer, act).label("may")).where(
            schema.channel.c.id == channel_id, rights.may(viewer, Act.SEE)
        )
    ).all()
    if rows and not rows[0].may:
        raise Forbidden("Your role in this channel does not allow this.", hint="Ask one of its owners.")
    return with_feeds(connection, rows)[0] if rows else _hidden(channel_id)


def acts(connection: Connection, viewer: Viewer, channel_id: int) -> frozenset[Act]:
    """What the viewer may do with the channel. Raises NotFound where they may not even see it."""
    asked = [rights.may(viewer, act).label(act.name) for act in Act]
    row = connection.execute(select(*asked).where(schema.channel.c.id == channel_id)).one_or_none()
    found = frozenset(act for act in Act if row is not None and row._mapping[act.name])
    return found if Act.SEE in found else _hidden(channel_id)


def known(connection: Connection, channel_id: int) -> Channel:
    """The channel for the server's own use, whoever may see it. Raises NotFound."""
    rows = connection.execute(select(schema.channel).where(schema.channel.c.id == channel_id)).all()
    return with_feeds(connection, rows)[0] if rows else _hidden(channel_id)


def exists(connection: Connection, channel_id: int) -> bool:
    """Whether there is a channel of that number outside the bin, whoever may see it."""
    there = (schema.channel.c.id == channel_id, schema.channel.c.deleted_at.is_(None))
    return connection.execute(select(schema.channel.c.id).where(*there)).first() is not None


def every(connection: Connection) -> list[Channel]:
    """All channels, oldest first, for whoever runs the server."""
    return with_feeds(connection, connection.execute(select(schema.channel).order_by(schema.channel.c.id)).all())


def newest_id(connection: Connection, viewer: Viewer, act: Act = Act.SEE) -> int:
    """The number of the newest channel on the viewer's wall with which they may do this, 0 where there is none."""
    on_wall = (rights.may(viewer, act), schema.channel.c.archived_at.is_(None))
    newest = select(func.coalesce(func.max(schema.channel.c.id), 0)).where(*on_wall)
    return int(connection.execute(newest).scalar_one())


def overviews(
    connection: Connection, viewer: Viewer, *, now: int, limit: int, channel_ids: Sequence[int] | None = None
) -> list[Overview]:
    """Channels the viewer may see, each with its pulse and newest readings; those that spoke last come first.

    Without `channel_ids` it is what stands on their wall: archived channels do not.
    """
    is_asked = schema.channel.c.archived_at.is_(None) if channel_ids is None else schema.channel.c.id.in_(channel_ids)
    contributes = rights.may(viewer, Act.CONTRIBUTE).label("contributes")
    question = select(schema.channel, contributes).where(rights.may(viewer, Act.SEE), is_asked).limit(limit)
    rows = connection.execute(question.order_by(*in_order(now))).all()
    channels = with_feeds(connection, rows)
    latest = _latest(connection, [feed.id for channel in channels for feed in channel.feeds])
    heard = _pulses(connection, channels, now)
    return [
        Overview(
            channel, heard[channel.id][0], _of_channel(channel, latest), heard[channel.id][1], bool(row.contributes)
        )
        for row, channel in zip(rows, channels, strict=True)
    ]


def in_order(now: int) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The wall's order: channels heard lately first. Not by the exact time: live channels keep one order."""
    return (last_heard_at() >= now - RECENT).desc(), schema.channel.c.id


def last_heard_at() -> ColumnElement[int]:
    """When the channel of the row was last heard, 0 where never: one seek."""
    spoke = (
        select(schema.entry.c.received_at)
        .where(
            schema.entry.c.channel_id == schema.channel.c.id, schema.entry.c.entry_id == schema.channel.c.last_entry_id
        )
        .scalar_subquery()
    )
    return func.coalesce(spoke, 0)


def pulses(connection: Connection, channel_ids: Sequence[int], now: int) -> dict[int, Pulse]:
    """By channel: when it was last heard and how regularly. For channels the viewer may see."""
    rows = connection.execute(select(schema.channel).where(schema.channel.c.id.in_(channel_ids))).all()
    heard = _pulses(connection, [_channel(row, ()) for row in rows], now)
    return {channel_id: pulse for channel_id, (pulse, _) in heard.items()}


def overview(connection: Connection, viewer: Viewer, channel_id: int, *, now: int) -> Overview:
    """One channel as the wall would show it. Raises NotFound."""
    found = overviews(connection, viewer, now=now, limit=1, channel_ids=[channel_id])
    return found[0] if found else _hidden(channel_id)


def usual_gap_s(arrivals: Sequence[int]) -> float | None:
    """The median gap between arrivals given newest first, in seconds; None for fewer than two.

    What came in one message arrived once.
    """
    gaps = [(later - earlier) / 1e6 for later, earlier in pairwise(dict.fromkeys(arrivals))]
    return median(gaps) if gaps else None


def remove(connection: Connection, channel_id: int) -> None:
    """Delete a channel with all it holds, for good."""
    bulk.lock_channels(connection, [channel_id])
    feeds = select(schema.feed.c.id).where(schema.feed.c.channel_id == channel_id)
    for table in (schema.reading, schema.rollup):
        connection.execute(delete(table).where(table.c.feed_id.in_(feeds)))
    connection.execute(delete(schema.channel).where(schema.channel.c.id == channel_id))


def versions(connection: Connection, channel_ids: Collection[int]) -> dict[int, int]:
    """Channel id → version; one that is not there has none."""
    query = select(schema.channel.c.id, schema.channel.c.version).where(schema.channel.c.id.in_(channel_ids))
    return {row.id: row.version for row in connection.execute(query)}


def touch(connection: Connection, channel_id: int) -> None:
    """Say that feeds, keys or settings of the channel changed: what processes remember of it no longer counts."""
    connection.execute(
        update(schema.channel).where(schema.channel.c.id == channel_id).values(version=schema.channel.c.version + 1)
    )


def _pulses(connection: Connection, channels: Sequence[Channel], now: int) -> dict[int, tuple[Pulse, str | None]]:
    """By channel: when it was last heard and how regularly, and through which door."""
    ids = [channel.id for channel in channels]
    arrivals, refused, keyed = (
        _arrivals(connection, ids),
        _refused(connection, ids, now),
        _with_write_key(connection, ids),
    )
    heard = {}
    for channel in channels:
        came = arrivals.get(channel.id, [])
        pulse = Pulse(
            last_received_at=came[0].received_at if came else None,
            interval_s=channel.expected_interval_s or usual_gap_s([row.received_at for row in came]),
            refused=refused.get(channel.id, 0),
            has_key=channel.id in keyed,
            is_archived=channel.archived_at is not None,
        )
        heard[channel.id] = (pulse, came[0].door if came else None)
    return heard


def _arrivals(connection: Connection, channel_ids: Sequence[int]) -> dict[int, list[Row[*tuple[Any, ...]]]]:
    """The newest arrivals of each channel, newest first: one seek a channel."""
    channel, entry, other = schema.channel, schema.entry, schema.entry.alias()
    oldest = (
        select(other.c.entry_id)
        .where(other.c.channel_id == channel.c.id)
        .order_by(other.c.entry_id.desc())
        .offset(GAPS)
        .limit(1)
        .correlate(channel)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(entry.c.channel_id, entry.c.entry_id, entry.c.received_at, entry.c.door)
        .select_from(channel)
        .join(entry, (entry.c.channel_id == channel.c.id) & (entry.c.entry_id >= func.coalesce(oldest, 0)))
        .where(channel.c.id.in_(channel_ids))
        .order_by(entry.c.channel_id, entry.c.entry_id.desc())
    )
    return {channel_id: list(found) for channel_id, found in groupby(rows, key=attrgetter("channel_id"))}


def _refused(connection: Connection, channel_ids: Sequence[int], now: int) -> dict[int, int]:
    refusal = schema.refusal
    rows = connection.execute(
        select(refusal.c.channel_id, func.sum(refusal.c.count))
        .where(refusal.c.channel_id.in_(channel_ids), refusal.c.at >= now - REFUSED_WITHIN)
        .group_by(refusal.c.channel_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def _with_write_key(connection: Connection, channel_ids: Sequence[int]) -> set[int]:
    key = schema.key
    return set(
        connection.scalars(
            select(key.c.channel_id).where(
                key.c.channel_id.in_(channel_ids), key.c.right == str(Right.WRITE), key.c.revoked_at.is_(None)
            )
        )
    )


def _of_channel(channel: Channel, latest: dict[int, Point]) -> dict[int, Point]:
    return {feed.id: latest[feed.id] for feed in channel.feeds if feed.id in latest}


def with_feeds(connection: Connection, rows: Sequence[Row[Any]]) -> list[Channel]:
    """Rows of `channel` as channels, with the feeds of each in their order. For channels the viewer may see."""
    feeds: dict[int, list[Feed]] = {row.id: [] for row in rows}
    columns = [schema.feed.c[name] for name in Feed.__dataclass_fields__]
    found = connection.execute(
        select(*columns).where(schema.feed.c.channel_id.in_(feeds)).order_by(schema.feed.c.position, schema.feed.c.id)
    )
    for row in found:
        feeds[row.channel_id].append(Feed(**(dict(row._mapping) | {"kind": Kind(row.kind)})))
    return [_channel(row, feeds[row.id]) for row in rows]


def _channel(row: Row[Any], feeds: Iterable[Feed]) -> Channel:
    return Channel(
        id=row.id,
        name=row.name,
        description=row.description,
        visibility=Visibility(row.visibility),
        accepts_new_feeds=row.accepts_new_feeds,
        is_rehearsal=row.is_rehearsal,
        expected_interval_s=row.expected_interval_s,
        cursor=row.last_entry_id,
        version=row.version,
        created_at=row.created_at,
        feeds=tuple(feeds),
        course_id=row.course_id,
        section=row.section,
        team=row.team,
        tags=tuple(row.tags.split()),
        place=row.place,
        position=None if row.latitude is None else Position(row.latitude, row.longitude),
        archived_at=row.archived_at,
        keep_days=row.keep_days,
        pace_ms=row.pace_ms,
        keep_begins_at=row.keep_begins_at,
        besides=Besides(row.elevation, row.web_address, row.metadata),
    )


def _latest(connection: Connection, feed_ids: Sequence[int]) -> dict[int, Point]:
    """The newest reading of each feed: one seek a feed."""
    reading, feed, other = schema.reading, schema.feed, schema.reading.alias()
    newest = select(func.max(other.c.at)).where(other.c.feed_id == feed.c.id).correlate(feed).scalar_subquery()
    rows = connection.execute(
        select(reading.c.feed_id, reading.c.at, reading.c.value, reading.c.text)
        .select_from(feed)
        .join(reading, (reading.c.feed_id == feed.c.id) & (reading.c.at == newest))
        .where(feed.c.id.in_(feed_ids))
    )
    return {row.feed_id: Point(row.at, row.value, row.text) for row in rows}


def _hidden(channel_id: int) -> Any:
    raise NotFound(f"There is no channel {channel_id} that you may see.")
