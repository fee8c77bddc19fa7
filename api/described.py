"""What programs may ask of the server, each thing described once.

An `Operation` says at which address and with which method something is had, which parameters it takes, what it answers,
and what it is refused with. The structs named in it are the ones that check what is sent (`api.asking`) and that
answers are written from, so that the description at `/openapi.json` cannot say anything else than what the server does.

    class Asked(Query):
        limit: Annotated[int, Meta(ge=1, le=100, description="At most so many.")] = 10

    LIST = Operation(
        "listThings", "GET", "/api/v1/channels/{channel}/things", Group.READING,
        "The things of a channel.", access=Access.SEE, query=Asked, answers=(Answer(200, "They.", Things),),
    )

    @LIST.on(routes)
    def list_things(channel: str) -> Response:
        asked = asking.query(Asked)
        ...
        return answering.answer(Things(...))

Every module of operations ends with `OPERATIONS = (LIST, …)`, and `api.operations.EVERY` names the module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec
from flask import Blueprint

from domain import errors
from domain.errors import LabfeedError

JSON = "application/json"

View = TypeVar("View", bound=Callable[..., Any])


class Query(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The parameters of an address.

    A field is a text, a whole number, a bool, an enum, or a tuple of texts or enums, which are written with commas.
    Each has a default and, by `Meta`, a description. A blank parameter counts as left out.
    """


class Body(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The members of a JSON body. What may be left out has a default; `UNSET` where that means: as it was."""


class Said(msgspec.Struct, kw_only=True):
    """The members of a JSON answer."""


class Group(StrEnum):
    """What an operation is about, in the order in which they are told."""

    SENDING = "Sending readings"
    READING = "Reading"
    TAKING = "Files to take away"
    LISTENING = "Live streams"
    IMPORTING = "Imports"
    MANAGING = "Managing channels"
    COURSES = "Courses"
    SERVER = "The server"


class Access(StrEnum):
    """Who may ask."""

    ANYBODY = "Anybody; nothing of anybody's is told."
    SEND = "The channel's write key, or a personal token that may send."
    SEND_KEY = "The channel's write key."
    SEE = "Anybody, where the channel is public. Else a read key of the channel, or a personal token that may read."
    SEE_THEIRS = "Each is told of what they may see: with a personal token, of all that its owner may."
    READ_TOKEN = "A personal token that may read."  # noqa: S105 (a sentence)
    SEND_TOKEN = "A personal token that may send."  # noqa: S105
    MANAGE_TOKEN = "A personal token that may manage, of an owner of the channel."  # noqa: S105
    EDIT_TOKEN = "A personal token that may manage, of an owner or editor of the channel."  # noqa: S105
    MAKE_TOKEN = "A personal token that may manage; whoever makes a channel owns it."  # noqa: S105


@dataclass(frozen=True, slots=True)
class Place:
    """A variable part of an address: its JSON Schema, what it is, and an example."""

    schema: Mapping[str, Any]
    says: str
    example: Any


def numbered(says: str, example: int = 1) -> Place:
    """A variable that is the number of something."""
    return Place({"type": "integer", "minimum": 1, "maximum": 999_999_999}, says, example)


PLACES: Mapping[str, Place] = MappingProxyType(
    {
        "channel": numbered("The channel's number, as in the address of its page.", 7),
        "feed": Place(
            {"type": "string", "minLength": 1, "maxLength": 64, "pattern": r"^[^/#+,]+$"},
            "The feed's name.",
            "temperature",
        ),
    }
)
"""Variables that mean the same in every address."""


@dataclass(frozen=True, slots=True)
class Header:
    """A header of a request or an answer."""

    name: str
    says: str
    example: str = ""


ENTITY_TAG = Header("ETag", "Changes with the answer; send it again as If-None-Match.", 'W/"5f2c"')
IF_NONE_MATCH = Header("If-None-Match", "The ETag of the answer you have: 304 if it is still the same.", 'W/"5f2c"')
LINK = Header("Link", 'The address of the next page, `<…>; rel="next"`; absent on the last.')
LOCATION = Header("Location", "The address of what was made.", "/api/v1/channels/7")


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back when all is well.

    `says`: a sentence. `content`: its media types, each with the struct it is written from, a JSON Schema, or None for
    what has no schema; a struct alone stands for JSON.
    """

    status: int
    says: str
    content: type[msgspec.Struct] | Mapping[str, Any] | None = None
    headers: tuple[Header, ...] = ()
    example: Any = None

    @property
    def contents(self) -> Mapping[str, Any]:
        if self.content is None:
            return {}
        return self.content if isinstance(self.content, Mapping) else {JSON: self.content}


UNCHANGED = Answer(304, "The same as the answer with the ETag in If-None-Match.", headers=(ENTITY_TAG,))


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a program may ask.

    `name` is what programs made from the description call it. `path` has its variables in braces; what they are stands
    in PLACES, or in `places`. `body`: as an answer's `content`. `refusals`: those of its own; what any operation may be
    refused with (`refused_with`) is added by what it takes and who may ask.
    `example`: a query string worth trying.
    """

    name: str
    method: str
    path: str
    group: Group
    summary: str
    details: str = ""
    access: Access = Access.SEE
    query: type[Query] | None = None
    body: type[msgspec.Struct] | Mapping[str, Any] | None = None
    body_example: Any = None
    headers: tuple[Header, ...] = ()
    answers: tuple[Answer, ...] = ()
    refusals: tuple[type[LabfeedError], ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)
    needs_body: bool = True
    example: str = ""

    @property
    def variables(self) -> dict[str, Place]:
        """The variables of the address, in their order."""
        known = {**PLACES, **self.places}
        return {name: known[name] for name in re.findall(r"{(\w+)}", self.path)}

    @property
    def bodies(self) -> Mapping[str, Any]:
        """The media types of the body with their structs or schemas."""
        if self.body is None:
            return {}
        return self.body if isinstance(self.body, Mapping) else {JSON: self.body}

    @property
    def refused_with(self) -> tuple[type[LabfeedError], ...]:
        """Everything it may be refused with, in the order of their status."""
        found = {*self.refusals, *_BY_ACCESS.get(self.access, ())}
        if self.variables:
            found.add(errors.NotFound)
        if self.query is not None or self.access is not Access.ANYBODY:
            found |= {errors.Malformed, errors.Invalid}
        if self.body is not None:
            found |= {errors.Malformed, errors.Invalid, errors.TooLarge, errors.UnsupportedMedia}
        return tuple(sorted(found, key=lambda kind: (kind.status, kind.code)))

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return self.path.replace("{", "<").replace("}", ">")

    def on(self, routes: Blueprint) -> Callable[[View], View]:
        """Put the decorated view at the operation's address; the endpoint has the view's name."""

        def put(view: View) -> View:
            routes.add_url_rule(self.rule, view.__name__, view, methods=[self.method])
            return view

        return put


_WHO = (errors.KeyUnknown, errors.TokenUnknown, errors.Forbidden)
"""A key or token that is not valid, or one that stands where it may not."""

_BY_ACCESS: Mapping[Access, tuple[type[LabfeedError], ...]] = MappingProxyType(
    {
        Access.SEND: (*_WHO, errors.KeyMissing, errors.Busy),
        Access.SEND_KEY: (*_WHO, errors.KeyMissing, errors.Busy),
        Access.SEE: (*_WHO, errors.Busy),
        Access.SEE_THEIRS: (*_WHO, errors.Busy),
        Access.READ_TOKEN: (*_WHO, errors.SignInNeeded, errors.Busy),
        Access.SEND_TOKEN: (*_WHO, errors.SignInNeeded, errors.Busy),
        Access.MANAGE_TOKEN: (*_WHO, errors.SignInNeeded, errors.Busy),
        Access.EDIT_TOKEN: (*_WHO, errors.SignInNeeded, errors.Busy),
        Access.MAKE_TOKEN: (*_WHO, errors.SignInNeeded, errors.Busy),
    }
)
