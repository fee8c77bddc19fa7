"""Ranges of readings taken away by hand, and put back: a part at a time, so that boards do not wait to be stored.

A removal is begun in one transaction and gone on with in many. Whoever began it goes on with it; what is left lying, by
a process that ended, `pending` finds. Two that go on with the same one do no harm: each takes the next part.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, literal, select, update

from domain.audit import Actor, Deed
from domain.channels import Channel
from domain.errors import Conflict, Invalid, NotFound
from domain.readings import Feed, Kind
from domain.removals import KEPT, UNDER_WAY, InRange, Preview, Removal, State
from domain.roles import Act, Viewer
from domain.timespan import SECOND, TimeSpan, to_rfc3339
from models import audit, bulk, channels, counting, rollups
from models.schema import person, reading, removal, removed_reading

MOST_AT_ONCE = 2_000
"""Readings moved by one transaction, where nothing else is said: boards that wait to be stored meanwhile wait some
20 ms."""

LEFT_LYING = 5 * SECOND
"""What nobody has gone on with for so long, another process goes on with."""

MOST_LISTED = 200

COLUMNS = ("feed_id", "at", "entry_id", "value", "text")


def preview(
    connection: Connection, viewer: Viewer, channel_id: int, feed_names: Sequence[str] | None, span: TimeSpan
) -> Preview:
    """What taking the span of these feeds (all, if None) away would take. Raises NotFound, Forbidden."""
    found = channels.may(connection, viewer, Act.CONTROL, channel_id)
    return Preview(span, tuple(_in_range(connection, feed, span) for feed in _named(found, feed_names)))


def begin(
    connection: Connection, actor: Actor, channel_id: int, feed_names: Sequence[str] | None, span: TimeSpan
) -> Removal:
    """Begin to take the readings of these feeds (all, if None) in the span away: `go_on` does it.

    Raises NotFound, Forbidden; Invalid where there are none.
    """
    bulk.lock_channels(connection, [channel_id])
    found = channels.may(connection, actor.viewer, Act.CONTROL, channel_id)
    feeds = _named(found, feed_names)
    total = sum(counting.count(connection, feed, span) for feed in feeds)
    if not total:
        raise Invalid("There is no reading in this range.", hint="Choose other feeds or another range.")
    values = {
        "channel_id": channel_id,
        "made_by": actor.person_id,
        "made_at": actor.at,
        "span_start": span.start,
        "span_end": span.end,
        "feeds": json.dumps(sorted(feed.id for feed in feeds)),
        "state": str(State.REMOVING),
        "total": total,
        "seen_at": actor.at,
    }
    removal_id = connection.execute(insert(removal).values(values).returning(removal.c.id)).scalar_one()
    noted: dict[str, Any] = {
        "feeds": [feed.name for feed in feeds],
        "span": {"from": to_rfc3339(span.start), "to": to_rfc3339(span.end)},
    }
    audit.note(connection, actor, Deed.READINGS_REMOVED, channel_id=channel_id, readings=total, **noted)
    return find(connection, actor.viewer, channel_id, removal_id)


def undo(connection: Connection, actor: Actor, channel_id: int, removal_id: int) -> Removal:
    """Begin to put back what was taken away: `go_on` does it.

    What the feed holds by then for the same instant stays. Raises NotFound, Forbidden; Conflict where it is too late.
    """
    bulk.lock_channels(connection, [channel_id])
    found = find(connection, actor.viewer, channel_id, removal_id)
    if found.state in (State.RESTORING, State.RESTORED):
        return found
    if not found.may_be_undone(actor.at):
        raise Conflict(
            "This was deleted more than 30 days ago, and is gone for good.", hint="It can be put back for 30 days."
        )
    values = {"state": str(State.RESTORING), "undone_at": actor.at, "seen_at": actor.at, "total": found.readings}
    connection.execute(update(removal).where(removal.c.id == removal_id).values(**values))
    audit.note(connection, actor, Deed.READINGS_PUT_BACK, channel_id=channel_id, readings=found.readings)
    return find(connection, actor.viewer, channel_id, removal_id)


def go_on(connection: Connection, removal_id: int, now: int, most: int = MOST_AT_ONCE) -> bool:
    """Move the next part of what was begun; whether all is done: until then, call it again."""
    channel_id = connection.execute(select(removal.c.channel_id).where(removal.c.id == removal_id)).scalar_one_or_none()
    if channel_id is None:
        return True
    bulk.lock_channels(connection, [channel_id])
    row = connection.execute(select(removal).where(removal.c.id == removal_id)).one_or_none()
    if row is None or row.state not in UNDER_WAY:
        return True
    move = _take_some if row.state == State.REMOVING else _put_back_some
    is_done = move(connection, row, most)
    values: dict[str, Any] = {"seen_at": now}
    if is_done:
        values["state"] = str(State.REMOVED if row.state == State.REMOVING else State.RESTORED)
        channels.touch(connection, channel_id)
    connection.execute(update(removal).where(removal.c.id == removal_id).values(**values))
    return is_done


def find(connection: Connection, viewer: Viewer, channel_id: int, removal_id: int) -> Removal:
    """Raises NotFound, Forbidden."""
    for each in _listed(connection, viewer, channel_id, removal.c.id == removal_id):
        return each
    raise NotFound("There is no such deletion in this channel.")


def list_of(connection: Connection, viewer: Viewer, channel_id: int, now: int) -> list[Removal]:
    """What was taken away of a channel in the last 30 days, the newest first. Raises NotFound, Forbidden."""
    return _listed(connection, viewer, channel_id, removal.c.made_at > now - KEPT)


def pending(connection: Connection, now: int) -> list[int]:
    """What was begun and left lying."""
    is_left = removal.c.state.in_(sorted(UNDER_WAY)) & (removal.c.seen_at <= now - LEFT_LYING)
    return list(connection.scalars(select(removal.c.id).where(is_left).order_by(removal.c.id)))


def claim(connection: Connection, removal_id: int, now: int) -> bool:
    """Take over what was left lying; False where somebody else has done so."""
    is_left = (removal.c.id == removal_id) & (removal.c.seen_at <= now - LEFT_LYING)
    return bool(connection.execute(update(removal).where(is_left).values(seen_at=now)).rowcount)


def leave(connection: Connection, removal_id: int) -> None:
    """Leave it lying: whoever looks next goes on with it."""
    connection.execute(update(removal).where(removal.c.id == removal_id).values(seen_at=0))


def overdue(connection: Connection, now: int) -> list[int]:
    """What can be put back no longer."""
    is_over = (removal.c.made_at <= now - KEPT) & removal.c.state.not_in(sorted(UNDER_WAY))
    return list(connection.scalars(select(removal.c.id).where(is_over).order_by(removal.c.id)))


def forget_some(connection: Connection, removal_id: int, most: int = MOST_AT_ONCE) -> bool:
    """Forget a part of what a removal keeps; whether all of it, and the removal, is gone."""
    if drop_some(connection, removal_id, most) < most:
        connection.execute(delete(removal).where(removal.c.id == removal_id))
        return True
    return False


def drop_some(connection: Connection, removal_id: int, most: int) -> int:
    """Take away at most so many of the readings that a removal keeps, for good; how many."""
    rows = _kept(connection, removal_id, most)
    _drop(connection, removal_id, rows)
    return len(rows)


def _take_some(connection: Connection, row: Row[Any], most: int) -> bool:
    """Move readings into the bin, feed after feed, from where the last part ended."""
    last = connection.execute(
        select(removed_reading.c.feed_id, removed_reading.c.at)
        .where(removed_reading.c.removal_id == row.id)
        .order_by(removed_reading.c.feed_id.desc(), removed_reading.c.at.desc())
        .limit(1)
    ).one_or_none()
    room = most
    for feed_id in json.loads(row.feeds):
        if last is not None and feed_id < last.feed_id:
            continue
        start = last.at + 1 if last is not None and feed_id == last.feed_id else row.span_start
        room -= _take(connection, row.id, feed_id, TimeSpan(min(start, row.span_end), row.span_end), room)
        if room <= 0:
            break
    _count(connection, row.id, most - room)
    return room > 0


def _take(connection: Connection, removal_id: int, feed_id: int, span: TimeSpan, most: int) -> int:
    within = (reading.c.feed_id == feed_id) & (reading.c.at >= span.start)
    edge = connection.execute(
        select(reading.c.at).where(within, reading.c.at < span.end).order_by(reading.c.at).offset(most).limit(1)
    ).scalar_one_or_none()
    part = TimeSpan(span.start, span.end if edge is None else edge)
    those = within & (reading.c.at < part.end)
    moved = select(literal(removal_id), *(reading.c[name] for name in COLUMNS)).where(those)
    connection.execute(insert(removed_reading).from_select(["removal_id", *COLUMNS], moved))
    gone = connection.execute(delete(reading).where(those)).rowcount
    if gone:
        rollups.rebuild(connection, [feed_id], part)
    return gone


def _put_back_some(connection: Connection, row: Row[Any], most: int) -> bool:
    """Move readings out of the bin; what is there for the same instant by now stays."""
    rows = _kept(connection, row.id, most)
    feeds = {feed.id: feed for feed in channels.known(connection, row.channel_id).feeds}
    fresh: list[tuple[Any, ...]] = []
    superseded = 0
    for feed_id, of_feed in _by_feed(rows):
        if feed_id not in feeds:
            continue
        stored = bulk.stored_at(connection, feed_id, [each[1] for each in of_feed])
        fresh += [each for each in of_feed if each[1] not in stored]
        superseded += sum(1 for each in of_feed if each[1] in stored and stored[each[1]][1:] != each[3:])
    bulk.insert_readings(connection, fresh)
    rollups.add(connection, fresh, {feed.id for feed in feeds.values() if feed.kind is Kind.MIXED})
    _drop(connection, row.id, rows)
    _count(connection, row.id, -len(rows), superseded)
    return len(rows) < most


def _kept(connection: Connection, removal_id: int, most: int) -> list[tuple[Any, ...]]:
    """The first readings that a removal keeps, feed after feed."""
    kept = removed_reading
    rows = connection.execute(
        select(*(kept.c[name] for name in COLUMNS))
        .where(kept.c.removal_id == removal_id)
        .order_by(kept.c.feed_id, kept.c.at)
        .limit(most)
    )
    return [tuple(row) for row in rows]


def _drop(connection: Connection, removal_id: int, rows: Iterable[tuple[Any, ...]]) -> None:
    """Forget these: all that a removal keeps of a feed from the first of them to the last."""
    for feed_id, of_feed in _by_feed(rows):
        within = (removed_reading.c.at >= of_feed[0][1]) & (removed_reading.c.at <= of_feed[-1][1])
        whose = (removed_reading.c.removal_id == removal_id) & (removed_reading.c.feed_id == feed_id)
        connection.execute(delete(removed_reading).where(whose & within))


def _by_feed(rows: Iterable[tuple[Any, ...]]) -> list[tuple[int, list[tuple[Any, ...]]]]:
    return [(feed_id, list(of_feed)) for feed_id, of_feed in groupby(rows, key=itemgetter(0))]


def _count(connection: Connection, removal_id: int, moved: int, superseded: int = 0) -> None:
    values = {"readings": removal.c.readings + moved, "superseded": removal.c.superseded + superseded}
    connection.execute(update(removal).where(removal.c.id == removal_id).values(**values))


def _named(found: Channel, names: Sequence[str] | None) -> list[Feed]:
    """The channel's feeds of these names; all, if None. Raises NotFound."""
    return list(found.feeds) if names is None else found.feeds_named(names)


def _in_range(connection: Connection, feed: Feed, span: TimeSpan) -> InRange:
    first_at, last_at = counting.first_and_last(connection, feed.id, span)
    return InRange(feed, counting.count(connection, feed, span), first_at, last_at)


def _listed(connection: Connection, viewer: Viewer, channel_id: int, which: Any) -> list[Removal]:
    found = channels.may(connection, viewer, Act.CONTROL, channel_id)
    rows = connection.execute(
        select(removal, person.c.name.label("who"), person.c.email.label("whose"))
        .outerjoin(person, person.c.id == removal.c.made_by)
        .where(removal.c.channel_id == channel_id, which)
        .order_by(removal.c.id.desc())
        .limit(MOST_LISTED)
    )
    feeds = {feed.id: feed for feed in found.feeds}
    return [_removal(row, feeds) for row in rows]


def _removal(row: Row[Any], feeds: dict[int, Feed]) -> Removal:
    return Removal(
        id=row.id,
        channel_id=row.channel_id,
        made_at=row.made_at,
        made_by=row.who or row.whose or "",
        span=TimeSpan(row.span_start, row.span_end),
        feeds=tuple(feeds[feed_id] for feed_id in json.loads(row.feeds) if feed_id in feeds),
        state=State(row.state),
        total=row.total,
        readings=row.readings,
        superseded=row.superseded,
        undone_at=row.undone_at,
    )
