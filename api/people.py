"""Who and what may do something with a channel, for programs: its keys, made, rotated and ended; its members."""

from __future__ import annotations

import secrets
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from flask import Blueprint, Response
from msgspec import Meta

import context
from api import asking
from api.answering import answer
from api.bearers import bearer
from api.described import Access, Answer, Body, Group, Operation, Query, Said, numbered
from domain.channels import channel_id_from
from domain.errors import TooMany
from domain.keys import Grace, new_key
from domain.roles import Right, Role
from domain.timespan import to_rfc3339
from domain.tokens import Scope
from models import keys, memberships
from models.keys import MOST_NAME_CHARS, KeyShown
from models.memberships import Member

routes = Blueprint("people", __name__)

KEYS = "/api/v1/channels/{channel}/keys"
PLACE = MappingProxyType({"key": numbered("The number of the key.", 3)})


class Ending(StrEnum):
    """When the old key stops to work."""

    NOW = Grace.NONE.word
    HOUR_1 = Grace.HOUR_1.word
    DAY_1 = Grace.DAY_1.word
    DAY_7 = Grace.DAY_7.word


class KeyWanted(Body):
    """A key to be made."""

    right: Annotated[Right, Meta(description="write: boards send with it; read: programs read with it.")]
    name: Annotated[str, Meta(max_length=MOST_NAME_CHARS, description="The board or program that will carry it.")] = ""


class Rotation(Body):
    """How a key makes way for another."""

    old_ends: Annotated[Ending, Meta(description="When the old one stops to work.")] = Ending.DAY_1


class KeySaid(Said):
    """A key, without what it is: that is shown on the channel's page alone."""

    id: int
    right: Right
    name: str
    created_at: str
    made_by: str
    ends_at: Annotated[str | None, Meta(description="A key that was rotated works until then; null: for ever.")]
    last_used_at: str | None


class KeysSaid(Said):
    """The keys of a channel that work, the oldest first."""

    keys: list[KeySaid]


class KeyMade(Said):
    """A key just made."""

    id: int
    key: Annotated[str, Meta(description="It is not told here again; the channel's page Keys shows it.")]


class MemberSaid(Said):
    """Somebody who belongs to a channel."""

    person_id: int
    name: str
    email: str
    role: Role
    is_from_roster: Annotated[bool, Meta(description="Whether the roster of its course made them a member.")]
    added_at: str
    added_by: str


class MembersSaid(Said):
    """The members of a channel, owners first."""

    members: list[MemberSaid]


LIST = Operation(
    "listKeys",
    "GET",
    KEYS,
    Group.MANAGING,
    "The keys of a channel",
    "Which there are and when they were last used; what they are is shown on the channel's page alone.",
    access=Access.MANAGE_TOKEN,
    query=Query,
    answers=(Answer(200, "They, the oldest first.", KeysSaid),),
)
MAKE = Operation(
    "makeKey",
    "POST",
    KEYS,
    Group.MANAGING,
    "Make a key",
    "It works until it is revoked, whatever becomes of the token.",
    access=Access.MANAGE_TOKEN,
    body=KeyWanted,
    body_example={"right": "write", "name": "Kiln board"},
    answers=(Answer(201, "It is made.", KeyMade),),
    refusals=(TooMany,),
)
ROTATE = Operation(
    "rotateKey",
    "POST",
    KEYS + "/{key}/rotate",
    Group.MANAGING,
    "Put a new key in the place of one",
    access=Access.MANAGE_TOKEN,
    body=Rotation,
    body_example={"old_ends": "1d"},
    answers=(Answer(201, "The new one.", KeyMade),),
    refusals=(TooMany,),
    places=PLACE,
)
REVOKE = Operation(
    "revokeKey",
    "DELETE",
    KEYS + "/{key}",
    Group.MANAGING,
    "Revoke a key",
    "At once: nothing more is stored or read with it, and its streams end.",
    access=Access.MANAGE_TOKEN,
    query=Query,
    answers=(Answer(204, "It is revoked."),),
    places=PLACE,
)
MEMBERS = Operation(
    "listMembers",
    "GET",
    "/api/v1/channels/{channel}/members",
    Group.MANAGING,
    "The members of a channel",
    "For its members and the staff of its course. They are changed by people alone: what a program brought in would "
    "stay when its token ends.",
    access=Access.READ_TOKEN,
    query=Query,
    answers=(Answer(200, "They, owners first.", MembersSaid),),
)
OPERATIONS = (LIST, MAKE, ROTATE, REVOKE, MEMBERS)


@LIST.on(routes)
def list_keys(channel: str) -> Response:
    actor = bearer(Scope.MANAGE)
    asking.no_query()
    found = context.store().ask(keys.named, actor.viewer, channel_id_from(channel))
    return answer(KeysSaid(keys=[_key_said(each) for each in found]))


@MAKE.on(routes)
def make_key(channel: str) -> Response:
    actor, written = bearer(Scope.MANAGE), new_key(secrets.choice)
    asking.no_query()
    asked, vault = asking.body(KeyWanted), context.vault()
    made = context.store().tell(keys.make, actor, vault, channel_id_from(channel), asked.right, written, asked.name)
    return answer(KeyMade(id=made, key=written), status=201)


@ROTATE.on(routes)
def rotate_key(channel: str, key: str) -> Response:
    actor, written = bearer(Scope.MANAGE), new_key(secrets.choice)
    asking.no_query()
    grace = Grace.from_word(asking.body(Rotation).old_ends)
    which = channel_id_from(channel), channel_id_from(key)
    made = context.store().tell(keys.rotate, actor, context.vault(), *which, written, grace)
    return answer(KeyMade(id=made, key=written), status=201)


@REVOKE.on(routes)
def revoke_key(channel: str, key: str) -> Response:
    actor = bearer(Scope.MANAGE)
    asking.no_query()
    context.store().tell(keys.revoke_one, actor, channel_id_from(channel), channel_id_from(key))
    return Response(status=204)


@MEMBERS.on(routes)
def list_members(channel: str) -> Response:
    actor = bearer(Scope.READ, Scope.MANAGE)
    asking.no_query()
    found = context.store().ask(memberships.of_channel, actor.viewer, channel_id_from(channel))
    return answer(MembersSaid(members=[_member_said(each) for each in found]))


def _key_said(found: KeyShown) -> KeySaid:
    return KeySaid(
        id=found.id,
        right=found.right,
        name=found.name,
        created_at=to_rfc3339(found.created_at),
        made_by=found.made_by,
        ends_at=None if found.ends_at is None else to_rfc3339(found.ends_at),
        last_used_at=None if found.last_used_at is None else to_rfc3339(found.last_used_at),
    )


def _member_said(found: Member) -> MemberSaid:
    return MemberSaid(
        person_id=found.person_id,
        name=found.name,
        email=found.email,
        role=found.role,
        is_from_roster=found.is_from_roster,
        added_at=to_rfc3339(found.added_at),
        added_by=found.added_by_name,
    )
