"""Channels made, changed and deleted by programs, with a personal token that may manage.

Everything asked is decided by the functions that the pages call; here it is only read and answered.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated, Any

import msgspec
from flask import Blueprint, Response
from msgspec import UNSET, Meta, UnsetType

import context
from api import asking
from api.answering import answer
from api.bearers import bearer
from api.channels import ChannelSaid, channel_said
from api.described import LOCATION, Access, Answer, Body, Group, Operation, Query, Said
from domain.channels import USUAL_PACE_MS, Visibility, channel_id_from
from domain.describing import (
    LONGEST_INTERVAL_S,
    LONGEST_PACE_MS,
    MOST_DESCRIPTION_CHARS,
    MOST_NAME_CHARS,
    MOST_PLACE_CHARS,
    MOST_TAGS,
    MOST_UNIT_CHARS,
    SHORTEST_INTERVAL_S,
    WantedFeed,
)
from domain.errors import Invalid, LabfeedError, TooMany
from domain.keys import new_key
from domain.readings import Kind
from domain.timespan import to_rfc3339
from domain.tokens import Scope
from models import deleting, managing
from models.ownership import NewChannel

routes = Blueprint("managing", __name__)

MEMBERS = {"/position": "/latitude", "/interval": "/expected_interval_s", "/pace": "/pace_ms"}
"""What forms call these, and what a body does."""

Name = Annotated[str, Meta(max_length=MOST_NAME_CHARS)]
Description = Annotated[str, Meta(max_length=MOST_DESCRIPTION_CHARS)]
Tags = Annotated[list[str], Meta(max_length=MOST_TAGS, description="Words of letters and digits.")]
Place = Annotated[str, Meta(max_length=MOST_PLACE_CHARS, description="Where it stands, in words.")]
Latitude = Annotated[float | None, Meta(description="Degrees (WGS 84), with a longitude.")]
Longitude = Annotated[float | None, Meta(description="Degrees (WGS 84), with a latitude.")]
Interval = Annotated[
    float | None,
    Meta(description=f"In seconds, {SHORTEST_INTERVAL_S} to {LONGEST_INTERVAL_S:.0f}; null: its usual pace."),
]

Pace = Annotated[
    int | None,
    Meta(
        description="The least time between two updates in ThingSpeak's language, in milliseconds, 0 to "
        f"{LONGEST_PACE_MS}; null: {USUAL_PACE_MS}."
    ),
]


class FeedOfNew(Body):
    """A feed to be made with its channel."""

    name: Annotated[str, Meta(max_length=64, description="The word that boards send.")]
    kind: Kind = Kind.NUMBER
    unit: Annotated[str | None, Meta(description=f"At most {MOST_UNIT_CHARS} characters.")] = None
    title: Annotated[str, Meta(max_length=MOST_NAME_CHARS)] = ""


class ChannelSent(Body):
    """A channel to be made."""

    name: Name
    description: Description = ""
    visibility: Visibility = Visibility.COLLEGE
    tags: Tags = msgspec.field(default_factory=list)
    place: Place = ""
    latitude: Latitude = None
    longitude: Longitude = None
    expected_interval_s: Interval = None
    accepts_new_feeds: Annotated[bool, Meta(description="Whether its boards make feeds by naming them.")] = True
    pace_ms: Pace = None
    feeds: Annotated[list[FeedOfNew], Meta(max_length=64)] = msgspec.field(default_factory=list)


class ChannelChanges(Body):
    """What is to be otherwise; what is left out stays."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    visibility: Annotated[Visibility, Meta(description="Of an owner's token alone.")] | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    place: Place | UnsetType = UNSET
    latitude: Latitude | UnsetType = UNSET
    longitude: Longitude | UnsetType = UNSET
    expected_interval_s: Interval | UnsetType = UNSET
    accepts_new_feeds: bool | UnsetType = UNSET
    pace_ms: Pace | UnsetType = UNSET


class ChannelMade(ChannelSaid):
    """The channel just made, with its first key."""

    write_key: Annotated[str, Meta(description="For its boards. It is not told here again; its page Keys shows it.")]


class InBin(Said):
    """A channel that was deleted, and can be taken back."""

    id: int
    name: str
    deleted_at: str
    until: Annotated[str, Meta(description="Then it is gone for good.")]


class BinSaid(Said):
    """What lies in the bin, the last deleted first."""

    channels: list[InBin]


MAKE = Operation(
    "makeChannel",
    "POST",
    "/api/v1/channels",
    Group.MANAGING,
    "Make a channel",
    "With its feeds and a first write key. Without feeds, boards make them by naming them.",
    access=Access.MAKE_TOKEN,
    body=ChannelSent,
    body_example={
        "name": "Kiln 3",
        "visibility": "college",
        "tags": ["kiln"],
        "feeds": [{"name": "temperature", "unit": "°C"}, {"name": "door", "kind": "text"}],
    },
    answers=(Answer(201, "It is made.", ChannelMade, headers=(LOCATION,)),),
    refusals=(TooMany,),
)
CHANGE = Operation(
    "changeChannel",
    "PATCH",
    "/api/v1/channels/{channel}",
    Group.MANAGING,
    "Change a channel",
    "What is named is set, all of it or nothing; what is left out stays. Who sees the channel is changed with a token "
    "of an owner.",
    access=Access.EDIT_TOKEN,
    body=ChannelChanges,
    body_example={"place": "Room 12", "expected_interval_s": 5},
    answers=(Answer(200, "The channel as it is now.", ChannelSaid),),
)
DELETE = Operation(
    "deleteChannel",
    "DELETE",
    "/api/v1/channels/{channel}",
    Group.MANAGING,
    "Delete a channel",
    "It lies in the bin for 30 days: nobody sees it, its keys do not work, and its owners can take it back.",
    access=Access.MANAGE_TOKEN,
    query=Query,
    answers=(Answer(200, "It lies in the bin.", InBin),),
)
BIN = Operation(
    "listBin",
    "GET",
    "/api/v1/bin",
    Group.MANAGING,
    "The channels in one's bin",
    access=Access.MAKE_TOKEN,
    query=Query,
    answers=(Answer(200, "They, the last deleted first.", BinSaid),),
)
RESTORE = Operation(
    "restoreChannel",
    "POST",
    "/api/v1/bin/{channel}/restore",
    Group.MANAGING,
    "Take a channel out of the bin",
    "It is as it was, with its keys and members.",
    access=Access.MANAGE_TOKEN,
    query=Query,
    answers=(Answer(200, "It is back.", ChannelSaid, headers=(LOCATION,)),),
)
OPERATIONS = (MAKE, CHANGE, DELETE, BIN, RESTORE)


@MAKE.on(routes)
def make_channel() -> Response:
    actor = bearer(Scope.MANAGE)
    asking.no_query()
    asked, written = asking.body(ChannelSent), new_key(secrets.choice)
    more: dict[str, Any] = {"tags": _tags(asked.tags), "place": asked.place}
    if (asked.latitude, asked.longitude) != (None, None):
        more |= {"latitude": asked.latitude, "longitude": asked.longitude}
    if asked.pace_ms is not None:
        more["pace_ms"] = asked.pace_ms
    with pointing_at_members():
        made = context.store().tell(managing.make_channel, actor, context.vault(), written, _new(asked), more)
    said = ChannelMade(write_key=written, **msgspec.structs.asdict(channel_said(made)))
    return answer(said, _location(made.id), status=201)


@CHANGE.on(routes)
def change_channel(channel: str) -> Response:
    actor = bearer(Scope.MANAGE)
    asking.no_query()
    changes = changed(asking.body(ChannelChanges))
    if "tags" in changes:
        changes["tags"] = _tags(changes["tags"])
    with pointing_at_members():
        found = context.store().tell(managing.change_channel, actor, channel_id_from(channel), changes)
    return answer(channel_said(found))


@DELETE.on(routes)
def delete_channel(channel: str) -> Response:
    actor, channel_id = bearer(Scope.MANAGE), channel_id_from(channel)
    asking.no_query()
    context.store().tell(deleting.put_into_bin, actor, channel_id)
    listed = context.store().ask(deleting.in_bin, actor.viewer, actor.at)
    return answer(next(_in_bin(each) for each in listed if each.id == channel_id))


@BIN.on(routes)
def list_bin() -> Response:
    actor = bearer(Scope.MANAGE)
    asking.no_query()
    found = context.store().ask(deleting.in_bin, actor.viewer, actor.at)
    return answer(BinSaid(channels=[_in_bin(each) for each in found]))


@RESTORE.on(routes)
def restore_channel(channel: str) -> Response:
    actor, channel_id = bearer(Scope.MANAGE), channel_id_from(channel)
    asking.no_query()
    found = context.store().tell(managing.take_back, actor, channel_id)
    return answer(channel_said(found), _location(channel_id))


def changed(asked: Body) -> dict[str, Any]:
    """The members that were sent. Raises Invalid where there are none."""
    found = {name: value for name, value in msgspec.structs.asdict(asked).items() if value is not UNSET}
    if not found:
        raise Invalid("Nothing is to be changed.", hint="Name what is to be otherwise.")
    return found


@contextmanager
def pointing_at_members() -> Iterator[None]:
    """Complaints about fields of a form point to what they are called in a body."""
    try:
        yield
    except LabfeedError as refused:
        refused.complaints = tuple(
            replace(each, pointer=MEMBERS.get(each.pointer, each.pointer)) for each in refused.complaints
        )
        raise


def _new(asked: ChannelSent) -> NewChannel:
    return NewChannel(
        asked.name,
        asked.description,
        asked.visibility,
        [WantedFeed(None, feed.name, feed.kind, feed.unit, feed.title) for feed in asked.feeds],
        asked.accepts_new_feeds,
        asked.expected_interval_s,
    )


def _tags(sent: list[str]) -> tuple[str, ...]:
    """As a form would have them: in lower case, each once, without the # before them."""
    return tuple(dict.fromkeys(tag.strip().lstrip("#").lower() for tag in sent))


def _in_bin(found: deleting.Binned) -> InBin:
    until = found.deleted_at + deleting.KEPT
    return InBin(id=found.id, name=found.name, deleted_at=to_rfc3339(found.deleted_at), until=to_rfc3339(until))


def _location(channel_id: int) -> dict[str, str]:
    return {LOCATION.name: f"/api/v1/channels/{channel_id}"}
