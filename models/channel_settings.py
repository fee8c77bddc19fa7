"""What is set about a channel by hand: what it says of itself, how readings are taken, who sees it, the archive."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, update

from domain.audit import Actor, Deed
from domain.channels import Besides, Channel, Visibility
from domain.describing import (
    MOST_DESCRIPTION_CHARS,
    About,
    faults_about,
    faults_besides,
    interval_fault,
    pace_fault,
)
from domain.errors import Complaint, Forbidden, Invalid
from domain.roles import Act
from models import audit, bulk, channels
from models.schema import channel


def describe(connection: Connection, actor: Actor, channel_id: int, about: About) -> None:
    """Set name, description, tags, place and position. Raises NotFound, Forbidden, Invalid with a complaint a field."""
    now = _in_charge(connection, actor, channel_id)
    refuse(faults_about(about))
    latitude, longitude = about.position[:2] if about.position else (None, None)
    values = {
        "name": about.name.strip(),
        "description": about.description.strip(),
        "tags": _stored_tags(about.tags),
        "place": about.place.strip(),
        "latitude": latitude,
        "longitude": longitude,
    }
    before = {
        "name": now.name,
        "description": now.description,
        "tags": _stored_tags(now.tags),
        "place": now.place,
        "latitude": now.position.latitude if now.position else None,
        "longitude": now.position.longitude if now.position else None,
    }
    _change(connection, actor, channel_id, before, values)


def set_readings(
    connection: Connection,
    actor: Actor,
    channel_id: int,
    *,
    expected_interval_s: float | None,
    accepts_new_feeds: bool,
    pace_ms: int | None,
) -> None:
    """Set how often readings are expected (None: as they come), whether a board may make feeds, and the least time
    between two updates in ThingSpeak's language (None: the usual one).

    Raises NotFound, Forbidden, Invalid.
    """
    now = _in_charge(connection, actor, channel_id)
    faults = {"/interval": interval_fault(expected_interval_s), "/pace": pace_fault(pace_ms)}
    refuse([Complaint(pointer, fault) for pointer, fault in faults.items() if fault])
    values = {"expected_interval_s": expected_interval_s, "accepts_new_feeds": accepts_new_feeds, "pace_ms": pace_ms}
    _change(connection, actor, channel_id, {name: getattr(now, name) for name in values}, values)


def say_besides(connection: Connection, actor: Actor, channel_id: int, besides: Besides) -> None:
    """Set what programs that speak ThingSpeak's language say of it. Raises NotFound, Forbidden, Invalid."""
    now = _in_charge(connection, actor, channel_id)
    refuse(faults_besides(besides))
    _change(connection, actor, channel_id, asdict(now.besides), asdict(besides))


def show_to(connection: Connection, actor: Actor, channel_id: int, visibility: Visibility) -> None:
    """Set who sees the channel without being its member. Raises NotFound, Forbidden."""
    bulk.lock_channels(connection, [channel_id])
    now = channels.may(connection, actor.viewer, Act.CONTROL, channel_id)
    _change(connection, actor, channel_id, {"visibility": str(now.visibility)}, {"visibility": str(visibility)})


def archive(connection: Connection, actor: Actor, channel_id: int, is_archived: bool) -> None:
    """Put a channel into the archive, where it takes no more readings and leaves the wall, or take it out again.

    Raises NotFound, Forbidden.
    """
    bulk.lock_channels(connection, [channel_id])
    now = channels.may(connection, actor.viewer, Act.TEACH, channel_id)
    if (now.archived_at is not None) == is_archived:
        return
    archived_at = actor.at if is_archived else None
    connection.execute(update(channel).where(channel.c.id == channel_id).values(archived_at=archived_at))
    channels.touch(connection, channel_id)
    audit.note(connection, actor, Deed.CHANNEL_ARCHIVED, channel_id=channel_id, archived=is_archived)


def refuse(faults: list[Complaint]) -> None:
    """Raise Invalid with these complaints, if there are any."""
    if faults:
        raise Invalid(faults[0].detail, complaints=faults)


def _in_charge(connection: Connection, actor: Actor, channel_id: int) -> Channel:
    """The channel, held until the commit, for who works on it or controls it. Raises NotFound, Forbidden."""
    bulk.lock_channels(connection, [channel_id])
    if not channels.acts(connection, actor.viewer, channel_id) & {Act.CONTRIBUTE, Act.CONTROL}:
        raise Forbidden("Your role in this channel does not let you change it.", hint="Ask one of its owners.")
    return channels.known(connection, channel_id)


def _change(
    connection: Connection, actor: Actor, channel_id: int, before: dict[str, Any], values: dict[str, Any]
) -> None:
    """Store what is new of `values`, and note what it was before."""
    new = {name: value for name, value in values.items() if value != before[name]}
    if not new:
        return
    connection.execute(update(channel).where(channel.c.id == channel_id).values(**new))
    channels.touch(connection, channel_id)
    detail = {name: {"from": _noted(before[name]), "to": _noted(value)} for name, value in new.items()}
    audit.note(connection, actor, Deed.CHANNEL_CHANGED, channel_id=channel_id, changed=detail)


def _noted(value: Any) -> Any:
    """The value as the audit log keeps it: of a very long text how it begins."""
    is_long = isinstance(value, str) and len(value) > MOST_DESCRIPTION_CHARS
    return f"{value[:MOST_DESCRIPTION_CHARS]}…" if is_long else value


def _stored_tags(tags: tuple[str, ...]) -> str:
    """Each tag between two blanks."""
    return f" {' '.join(tags)} " if tags else ""
