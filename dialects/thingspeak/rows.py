"""Channels and entries as ThingSpeak shows them: every value a text or null, times to the second."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Any

from dialects.thingspeak.fields import MOST, name_of, numbered, shown
from dialects.thingspeak.instants import iso
from domain.channels import Channel
from domain.readings import Position
from domain.spelling import spelled


def degrees(value: float | None) -> str | None:
    """A place's number, which is a text there."""
    return None if value is None else spelled(value)


def place(position: Position | None) -> dict[str, str | None]:
    found = position or (None, None, None)
    return dict(zip(("latitude", "longitude", "elevation"), map(degrees, found), strict=True))


def channel_head(channel: Channel, zone: tzinfo = UTC) -> dict[str, Any]:
    """What stands before a channel's entries: its name, its place, the labels of its fields."""
    head: dict[str, Any] = {"id": channel.id, "name": channel.name}
    if channel.description.strip():
        head["description"] = channel.description
    position = channel.position or Position(0.0, 0.0)
    head |= {"latitude": _zero_point(position.latitude), "longitude": _zero_point(position.longitude)}
    head |= {name_of(number): feed.label for number, feed in shown(channel).items()}
    head |= {"created_at": iso(channel.created_at, zone), "updated_at": iso(channel.created_at, zone)}
    if channel.besides.elevation is not None:
        head["elevation"] = degrees(channel.besides.elevation)
    return head | {"last_entry_id": channel.cursor or None}


def update_said(
    channel: Channel,
    entry_id: int,
    at: int,
    values: Mapping[str, str],
    status: str | None,
    position: Position | None,
    zone: tzinfo = UTC,
) -> dict[str, Any]:
    """The answer to an update as an object: every one of the eight fields is there."""
    by_number = {number: values.get(feed.name) for number, feed in numbered(channel).items()}
    fields = {name_of(number): by_number.get(number, values.get(name_of(number))) for number in range(1, MOST + 1)}
    head = {"channel_id": channel.id, "created_at": iso(at, zone), "entry_id": entry_id}
    return head | fields | place(position) | {"status": status}


def _zero_point(value: float) -> str:
    return "0.0" if value == 0 else spelled(value)
