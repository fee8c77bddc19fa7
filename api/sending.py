"""How boards send, described: what `ingest` takes in. The two doors do not know each other; tests hold this to that."""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from api.described import JSON, Access, Answer, Group, Header, Operation, Query, Said
from domain import errors

FORM = "application/x-www-form-urlencoded"
PLAIN = "text/plain"

READINGS = {"temperature": 21.4, "door": "open"}
DATED = {"at": "2026-11-20T10:00:00Z", "values": READINGS, "status": "running", "latitude": 48.14, "longitude": 11.58}

REFUSALS = (errors.KeyMissing, errors.Conflict, errors.TooFast, errors.StorageFull)

_VALUE = {"type": ["number", "string"], "description": "A number or a word; a text that spells a number is one."}
_AT = {
    "type": ["string", "number"],
    "description": "When it was taken: RFC 3339 with a zone, or seconds, ms, µs or ns since 1970. Without: on arrival.",
}
_AGE = {"type": "number", "minimum": 0, "description": "How old it is, instead of at: in milliseconds."}

ITEM: dict[str, Any] = {
    "type": "object",
    "description": "Values by feed, alone or with at or age_ms; or in values, with what belongs to all beside it.",
    "properties": {
        "at": _AT,
        "age_ms": _AGE,
        "values": {"type": "object", "additionalProperties": _VALUE, "minProperties": 1, "maxProperties": 64},
        "status": {"type": "string", "maxLength": 1000},
        "latitude": {"type": "number", "minimum": -90, "maximum": 90},
        "longitude": {"type": "number", "minimum": -180, "maximum": 180},
        "elevation": {"type": "number"},
    },
    "additionalProperties": _VALUE,
    "minProperties": 1,
}
MESSAGE: dict[str, Any] = {"anyOf": [ITEM, {"type": "array", "items": ITEM, "minItems": 1, "maxItems": 5000}]}
FIELDS: dict[str, Any] = {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1}
ONE: dict[str, Any] = {
    "anyOf": [
        _VALUE,
        {
            "type": "object",
            "properties": {"value": _VALUE, "at": _AT, "age_ms": _AGE},
            "required": ["value"],
            "additionalProperties": False,
        },
    ]
}

ONCE = Header(
    "Idempotency-Key",
    "A word of your own: the same message with the same word, sent again, is stored once and answered as at first.",
)
LENIENT = Header("Prefer", "handling=lenient stores the good rows and lists the others; else one bad row refuses all.")
RATE = Header("RateLimit", "Where the key stands with its rate, if it has one.")


class ComplaintSaid(Said):
    """What is wrong with one value of a message."""

    pointer: str
    code: str
    detail: str
    hint: str | UnsetType = UNSET


class ReceiptSaid(Said):
    """What became of a message; it is on disk."""

    entry_id: Annotated[int | None, Meta(description="The number of its entry, of several the last.")]
    stored: Annotated[int, Meta(description="How many readings are new.")]
    repeated: Annotated[int, Meta(description="How many were there already, with the same value.")]
    server_time: str
    entries: Annotated[int | UnsetType, Meta(description="How many entries it made, if more than one.")] = UNSET
    new_feeds: list[str] | UnsetType = UNSET
    refused: Annotated[list[ComplaintSaid] | UnsetType, Meta(description="What was left out.")] = UNSET


STORED = Answer(
    201,
    "It is on disk.",
    ReceiptSaid,
    example={"entry_id": 41, "stored": 2, "repeated": 0, "server_time": "2026-11-20T10:00:00.04Z"},
)

SEND = Operation(
    "sendReadings",
    "POST",
    "/api/v1/readings",
    Group.SENDING,
    "Send readings; the key alone names the channel",
    "One object, or a list of them: stored whole or refused whole. The same feed at the same instant with the same "
    "value is stored once, so a message may safely be sent again; with another value it is refused.",
    access=Access.SEND_KEY,
    body=MappingProxyType({JSON: MESSAGE, FORM: FIELDS}),
    body_example=READINGS,
    headers=(ONCE, LENIENT),
    answers=(STORED,),
    refusals=REFUSALS,
)
SEND_TO = Operation(
    "sendReadingsToChannel",
    "POST",
    "/api/v1/channels/{channel}/readings",
    Group.SENDING,
    "Send readings to a channel that is named",
    access=Access.SEND,
    body=MappingProxyType({JSON: MESSAGE, FORM: FIELDS}),
    body_example=DATED,
    headers=(ONCE, LENIENT),
    answers=(STORED,),
    refusals=REFUSALS,
)
SEND_VALUE = Operation(
    "sendValue",
    "POST",
    "/api/v1/channels/{channel}/feeds/{feed}",
    Group.SENDING,
    "Send one value to one feed",
    "The shortest message there is: the address names the feed, the body is the value.",
    access=Access.SEND,
    body=MappingProxyType({PLAIN: {"type": "string", "minLength": 1}, JSON: ONE}),
    body_example=21.4,
    headers=(ONCE,),
    answers=(STORED,),
    refusals=REFUSALS,
)


class Written(Query, forbid_unknown_fields=False):
    """Values by feed; the names of the feeds are those of the parameters."""

    at: Annotated[str, Meta(description=_AT["description"])] = ""
    age_ms: Annotated[str, Meta(description=_AGE["description"])] = ""


WRITE = Operation(
    "writeByAddress",
    "GET",
    "/api/v1/write",
    Group.SENDING,
    "Send readings in the address itself",
    "For the address bar, and for boards that can do nothing else: ?api_key=…&temperature=21.4&door=open. Whoever sees "
    "the address sees the key.",
    access=Access.SEND_KEY,
    query=Written,
    example="temperature=21.4",
    answers=(STORED,),
    refusals=(*REFUSALS, errors.TooLarge),
)

OPERATIONS = (SEND, SEND_TO, SEND_VALUE, WRITE)
