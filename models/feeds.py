"""Feeds changed by hand: named, titled, coloured, ordered, hidden, added, and taken away while they are empty."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, or_, select, update

from domain import names
from domain.audit import Actor, Deed
from domain.describing import WantedFeed, faults_in_feeds
from domain.errors import Complaint, Conflict, Invalid, TooMany
from domain.readings import Feed, Kind
from domain.roles import Act
from models import audit, bulk, channels, rollups, schema
from models.appending import MOST_FEEDS
from models.channel_settings import refuse

CHANGEABLE = ("name", "title", "kind", "unit", "colour", "decimals", "is_hidden", "position")


def save(
    connection: Connection,
    actor: Actor,
    channel_id: int,
    wanted: Sequence[WantedFeed],
    removed: Collection[int] = (),
) -> None:
    """Make the feeds of a channel what is wanted, in this order; `removed` are to go.

    Feeds that a board has made meanwhile, and that are neither wanted nor removed, stay, after the others. A feed keeps
    its readings under a new name; boards have to send the new one. All of it is done or nothing.
    Raises NotFound, Forbidden, Invalid or Conflict with a complaint a field, TooMany. Conflict: a feed that holds
    readings neither changes between numbers and words nor goes; but it may come to take both.
    """
    bulk.lock_channels(connection, [channel_id])
    known = {feed.id: feed for feed in channels.may(connection, actor.viewer, Act.CONTRIBUTE, channel_id).feeds}
    rows = [normal(feed) for feed in wanted if feed.feed_id is None or feed.feed_id in known]
    named = {feed.feed_id for feed in rows} | set(removed)
    rows += [as_wanted(feed) for feed in known.values() if feed.id not in named]
    _refuse_unfit(connection, rows, known)
    _remove(connection, [known[feed_id] for feed_id in removed if feed_id in known])
    changed = _change(connection, rows, known)
    added = _add(connection, channel_id, rows)
    gone = [known[feed_id].name for feed_id in removed if feed_id in known]
    if changed or added or gone:
        channels.touch(connection, channel_id)
        detail: dict[str, Any] = {"feeds": changed, "added": added, "removed": gone}
        noted = {name: value for name, value in detail.items() if value}
        audit.note(connection, actor, Deed.CHANNEL_CHANGED, channel_id=channel_id, **noted)


def with_readings(connection: Connection, channel_id: int) -> frozenset[int]:
    """Which feeds of a channel hold at least one reading, or one that can be put back: a few seeks a feed.

    For a channel the viewer was shown.
    """
    of_it = select(schema.feed.c.id).where(schema.feed.c.channel_id == channel_id)
    holds = exists().where(schema.reading.c.feed_id == schema.feed.c.id)
    return frozenset(connection.scalars(of_it.where(or_(holds, _may_get_back(schema.feed.c.id)))))


def normal(feed: WantedFeed) -> WantedFeed:
    """The feed with what was written in the one form it is stored in; a feed of words has no unit and no decimals."""
    is_number = feed.kind is not Kind.TEXT
    return WantedFeed(
        feed.feed_id,
        names.normal(feed.name.strip()),
        feed.kind,
        ((feed.unit or "").strip() or None) if is_number else None,
        feed.title.strip(),
        feed.colour.lower() if feed.colour and is_number else None,
        feed.decimals if is_number else None,
        feed.is_hidden,
    )


def as_wanted(feed: Feed) -> WantedFeed:
    """A feed as it is, as if somebody wanted it so."""
    return WantedFeed(feed.id, feed.name, feed.kind, feed.unit, feed.title, feed.colour, feed.decimals, feed.is_hidden)


def _refuse_unfit(connection: Connection, rows: Sequence[WantedFeed], known: Mapping[int, Feed]) -> None:
    if len(rows) > MOST_FEEDS:
        raise TooMany(f"A channel has at most {MOST_FEEDS} feeds.", hint="Take away feeds that are empty.")
    refuse(faults_in_feeds(rows))
    if rows and all(feed.is_hidden for feed in rows):
        raise Invalid(
            "One feed at least must be shown.", complaints=[Complaint("/0/hidden", "Show one feed at least.")]
        )
    turned = [
        Complaint(
            f"/{row}/kind", f"{feed.name} holds readings, so it stays a feed of {_held(known[feed.feed_id].kind)}."
        )
        for row, feed in enumerate(rows)
        if feed.feed_id is not None
        and feed.kind not in (known[feed.feed_id].kind, Kind.MIXED)
        and _holds(connection, feed.feed_id)
    ]
    if turned:
        hint = "Let it hold numbers and words, make another feed, or clear the channel's readings first."
        raise Conflict(turned[0].detail, hint=hint, complaints=turned)


def _remove(connection: Connection, feeds: Sequence[Feed]) -> None:
    for feed in feeds:
        if _holds(connection, feed.id):
            hint = "Hide it instead, or clear the channel's readings first."
            raise Conflict(f"{feed.name} holds readings, so it stays.", hint=hint)
    connection.execute(delete(schema.feed).where(schema.feed.c.id.in_([feed.id for feed in feeds])))


def _change(connection: Connection, rows: Sequence[WantedFeed], known: Mapping[int, Feed]) -> dict[str, dict[str, Any]]:
    """Store what is new; by the feed's former name: what was changed, from what to what."""
    changed: dict[str, dict[str, Any]] = {}
    news: list[tuple[int, dict[str, Any]]] = []
    for place, row in enumerate(rows):
        if row.feed_id is None:
            continue
        before, after = _values(as_wanted(known[row.feed_id]), known[row.feed_id].position), _values(row, place)
        new = {name: after[name] for name in CHANGEABLE if after[name] != before[name]}
        if new:
            news.append((row.feed_id, new))
            changed[before["name"]] = {name: {"from": before[name], "to": value} for name, value in new.items()}
    for feed_id, new in news:  # two feeds may swap their names, and no two may ever have one
        if "name" in new:
            _update(connection, feed_id, {"name": f"/{feed_id}"})
    for feed_id, new in news:
        _update(connection, feed_id, new)
        if known[feed_id].kind is Kind.TEXT and "kind" in new:
            rollups.forget(connection, feed_id)  # they counted words; from now on numbers are counted
    return changed


def _update(connection: Connection, feed_id: int, values: Mapping[str, Any]) -> None:
    connection.execute(update(schema.feed).where(schema.feed.c.id == feed_id).values(**values))


def _add(connection: Connection, channel_id: int, rows: Sequence[WantedFeed]) -> list[str]:
    new = [(place, row) for place, row in enumerate(rows) if row.feed_id is None]
    if new:
        connection.execute(
            insert(schema.feed), [{"channel_id": channel_id, **_values(row, place)} for place, row in new]
        )
    return [row.name for _, row in new]


def _values(feed: WantedFeed, position: int) -> dict[str, Any]:
    return {
        "name": feed.name,
        "title": feed.title,
        "kind": str(feed.kind),
        "unit": feed.unit,
        "colour": feed.colour,
        "decimals": feed.decimals,
        "is_hidden": feed.is_hidden,
        "position": position,
    }


def _holds(connection: Connection, feed_id: int) -> bool:
    holds = exists().where(schema.reading.c.feed_id == feed_id)
    asked = select(or_(holds, _may_get_back(feed_id))).where(schema.feed.c.id == feed_id)
    return bool(connection.execute(asked).scalar_one())


def _may_get_back(feed_id: Any) -> ColumnElement[bool]:
    """Whether readings of the feed of the row lie where they can be put back from."""
    kept, removal = schema.removed_reading, schema.removal
    in_channel = removal.c.channel_id == schema.feed.c.channel_id
    return exists().where(in_channel, kept.c.removal_id == removal.c.id, kept.c.feed_id == feed_id)


def _held(kind: Kind) -> str:
    return {Kind.NUMBER: "numbers", Kind.TEXT: "words", Kind.MIXED: "numbers and words"}[kind]
