"""A channel and its feeds changed in part, as programs change them: what is not named stays as it is.

Who may is asked where the change is made: `channel_settings`, `feeds`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from domain.audit import Actor
from domain.channels import Channel
from domain.describing import About, WantedFeed
from domain.errors import Complaint, Invalid, LabfeedError, NotFound
from domain.readings import Feed, Position
from domain.roles import Act
from models import bulk, channel_settings, channels, deleting, feeds, ownership
from models.ownership import NewChannel
from models.vault import Vault

ABOUT = ("name", "description", "tags", "place")
WHERE = ("latitude", "longitude")
TAKING = ("expected_interval_s", "accepts_new_feeds", "pace_ms")


def change_channel(connection: Connection, actor: Actor, channel_id: int, changes: Mapping[str, Any]) -> Channel:
    """Set what is named: `ABOUT`, `WHERE` (None: nowhere), `TAKING`, `visibility`; all of it or nothing.

    Raises NotFound, Forbidden, Invalid with a complaint a member.
    """
    bulk.lock_channels(connection, [channel_id])
    now = channels.find(connection, actor.viewer, channel_id)
    if changes.keys() & {*ABOUT, *WHERE}:
        about = About(now.name, now.description, now.tags, now.place, _where(now.position, changes))
        wanted = replace(about, **{name: changes[name] for name in ABOUT if name in changes})
        channel_settings.describe(connection, actor, channel_id, wanted)
    if changes.keys() & set(TAKING):
        taking = {name: changes.get(name, getattr(now, name)) for name in TAKING}
        channel_settings.set_readings(connection, actor, channel_id, **taking)
    if "visibility" in changes:
        channel_settings.show_to(connection, actor, channel_id, changes["visibility"])
    return channels.known(connection, channel_id)


def make_channel(
    connection: Connection, actor: Actor, vault: Vault, written_key: str, wanted: NewChannel, more: Mapping[str, Any]
) -> Channel:
    """Make a channel, and set of it what else is named. Raises as `ownership.own_new` and `change_channel`."""
    made = ownership.own_new(connection, actor, vault, written_key, wanted)
    return change_channel(connection, actor, made.id, more)


def take_back(connection: Connection, actor: Actor, channel_id: int) -> Channel:
    """Take a channel out of the bin. Raises NotFound."""
    deleting.restore(connection, actor, channel_id)
    return channels.known(connection, channel_id)


def add_feed(connection: Connection, actor: Actor, channel_id: int, wanted: WantedFeed, place: int | None) -> Feed:
    """Add a feed, at this place among the others (0 first; None: last). Raises as `feeds.save`."""
    rows = _rows(connection, actor, channel_id)
    at = len(rows) if place is None else place
    return _save(connection, actor, channel_id, [*rows[:at], wanted, *rows[at:]], wanted)


def change_feed(
    connection: Connection, actor: Actor, channel_id: int, name: str, changes: Mapping[str, Any], place: int | None
) -> Feed:
    """Set what is named of a feed, and its place. Raises as `feeds.save`, and NotFound where there is no such feed."""
    rows = _rows(connection, actor, channel_id)
    before = _named(rows, channel_id, name)
    wanted = replace(before, **changes)
    if place is None:
        return _save(connection, actor, channel_id, [wanted if row is before else row for row in rows], wanted)
    others = [row for row in rows if row is not before]
    return _save(connection, actor, channel_id, [*others[:place], wanted, *others[place:]], wanted)


def remove_feed(connection: Connection, actor: Actor, channel_id: int, name: str) -> None:
    """Take away a feed that holds nothing. Raises as `feeds.save`, and NotFound where there is no such feed."""
    rows = _rows(connection, actor, channel_id)
    gone = _named(rows, channel_id, name)
    kept = [row for row in rows if row is not gone]
    assert gone.feed_id is not None
    feeds.save(connection, actor, channel_id, kept, [gone.feed_id])


def _where(now: Position | None, changes: Mapping[str, Any]) -> Position | None:
    latitude = changes.get("latitude", now.latitude if now else None)
    longitude = changes.get("longitude", now.longitude if now else None)
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None:
        fault = "A place has a latitude and a longitude, or neither."
        raise Invalid(fault, pointer="/latitude" if latitude is None else "/longitude")
    return Position(latitude, longitude)


def _rows(connection: Connection, actor: Actor, channel_id: int) -> list[WantedFeed]:
    """The feeds as they are, held until the commit."""
    bulk.lock_channels(connection, [channel_id])
    found = channels.may(connection, actor.viewer, Act.CONTRIBUTE, channel_id)
    return [feeds.as_wanted(feed) for feed in found.feeds]


def _named(rows: Sequence[WantedFeed], channel_id: int, name: str) -> WantedFeed:
    found = next((row for row in rows if row.name == name), None)
    if found is None:
        raise NotFound(f'There is no feed "{name[:64]}" in channel {channel_id}.', hint="Check the spelling.")
    return found


def _save(
    connection: Connection, actor: Actor, channel_id: int, rows: Sequence[WantedFeed], wanted: WantedFeed
) -> Feed:
    """Store the feeds, and return the one that was wanted. Complaints point into it, not into the list of all."""
    place = next(place for place, row in enumerate(rows) if row is wanted)
    try:
        feeds.save(connection, actor, channel_id, rows)
    except LabfeedError as refused:
        refused.complaints = tuple(_pointed(each, f"/{place}/") for each in refused.complaints)
        raise
    return channels.known(connection, channel_id).feeds[place]


def _pointed(complaint: Complaint, row: str) -> Complaint:
    is_of_it = complaint.pointer.startswith(row)
    return replace(complaint, pointer=complaint.pointer.removeprefix(row[:-1]) if is_of_it else "")
