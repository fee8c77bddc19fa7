"""Every kind of message that is refused: how it is sent, and what is said of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import update

from domain.keys import ALPHABET
from domain.roles import Right
from models.schema import key
from tests.builders import NOW
from tests.lab import Board
from tests.people import make_member, make_person
from tests.tokens import make_token, revoke_token

FORM = "application/x-www-form-urlencoded"
READINGS = "/api/v1/readings"


def deep(levels: int) -> str:
    return '{"temperature": ' + "[" * levels + "]" * levels + "}"


def in_row_2(message: dict) -> str:
    return json.dumps([{"temperature": 1}, message])


TEN_MB = 10 * 1024 * 1024


@dataclass(frozen=True)
class Refusal:
    """A message that is refused: how it is sent, and what is said of it.

    `says` are words of the sentence; `changes` prepares the board's channel or key, and may return another board.
    """

    status: int
    code: str
    says: tuple[str, ...]
    body: object = None
    options: dict = field(default_factory=dict)
    path: str = READINGS
    changes: Callable[[Board], Board | None] = lambda board: None


def mistyped(board: Board) -> Board:
    last = ALPHABET[(ALPHABET.index(board.key[3]) + 1) % 36]
    return Board(board.lab, board.channel_id, board.key[:3] + last + board.key[4:])


def with_another_key(board: Board) -> Board:
    return Board(board.lab, board.channel_id, board.lab.make_key(board.lab.enrol().channel_id, Right.WRITE))


def with_read_key(board: Board) -> Board:
    return Board(board.lab, board.channel_id, board.lab.make_key(board.channel_id, Right.READ))


def never_made(board: Board) -> Board:
    board.lab.revoke(key := board.lab.make_key(board.channel_id, Right.WRITE))
    return Board(board.lab, board.channel_id, key)


def revoked_while_known(board: Board) -> None:
    board.post({"door": "before"})
    board.lab.revoke(board.key)


def ended(board: Board) -> None:
    """Its key was rotated, and the grace is over."""
    mine = key.c.digest == board.lab.parts.vault.digest(board.key)
    board.lab.store.tell(lambda connection: connection.execute(update(key).where(mine).values(ends_at=NOW - 1)))


def with_token(board: Board) -> Board:
    owner = make_person(board.lab.store, f"Owner {board.channel_id}")
    make_member(board.lab.store, board.channel_id, owner)
    return Board(board.lab, board.channel_id, make_token(board.lab, owner))


def with_revoked_token(board: Board) -> Board:
    sender = with_token(board)
    revoke_token(board.lab, make_person(board.lab.store, f"Owner {board.channel_id}"))
    return sender


def without_new_feeds(board: Board) -> Board:
    return board.lab.enrol(accepts_new_feeds=False)


def with_64_feeds(board: Board) -> Board:
    return board.lab.enrol(feeds=["temperature", *(f"feed {number}" for number in range(63))])


def with_a_reading(board: Board) -> None:
    board.post({"at": "2026-01-01T00:00:00Z", "values": {"temperature": 20, "door": "open"}})


T = ("temperature",)
IN_ROW_2 = ("Row 2", "temperature")
OPEN_2026 = {"at": "2026-01-01T00:00:00Z"}

REFUSALS = {
    "malformed JSON": Refusal(400, "malformed", ("Line 1, column",), '{"temperature": 21.4,}'),
    "JSON cut short": Refusal(400, "malformed", ("ends before",), '{"temperature": 21.4'),
    "single quotes": Refusal(400, "malformed", ("single quotes",), "{'temperature': 21.4}"),
    "NaN": Refusal(400, "malformed", ("NaN", "temperature"), '{"temperature": NaN}'),
    "Infinity": Refusal(400, "malformed", ("Infinity", "temperature"), '{"temperature": Infinity}'),
    "-Infinity": Refusal(400, "malformed", ("-Infinity", "temperature"), '{"temperature": -Infinity}'),
    "NaN as text": Refusal(422, "invalid", ("nan", *T), {"temperature": "nan"}),
    "NaN in a form": Refusal(422, "invalid", ("nan", *T), "temperature=nan", {"content_type": FORM}),
    "beyond a double": Refusal(422, "invalid", T, '{"temperature": 1e999}'),
    "wrong type": Refusal(422, "invalid", ('"warm"', *T), {"temperature": "warm"}),
    "wrong type in a row": Refusal(422, "invalid", ('"warm"', *IN_ROW_2), in_row_2({"temperature": "warm"})),
    "decimal comma": Refusal(422, "invalid", ("21,4", *T), {"temperature": "21,4"}),
    "null": Refusal(422, "invalid", ("null", *IN_ROW_2), in_row_2({"temperature": None})),
    "true": Refusal(422, "invalid", ("true", *IN_ROW_2), in_row_2({"temperature": True})),
    "a list": Refusal(422, "invalid", ("list", *T), {"temperature": [1, 2]}),
    "an object": Refusal(422, "invalid", ("object", *T), {"temperature": {"x": 1}}),
    "unknown feed": Refusal(
        422,
        "invalid",
        ("Row 2", '"temperatur"', "door, temperature"),
        in_row_2({"temperatur": 1}),
        changes=without_new_feeds,
    ),
    "too many feeds": Refusal(422, "invalid", ("64", '"one more"'), {"one more": 1}, changes=with_64_feeds),
    "65 values": Refusal(422, "invalid", ("64", "65"), {f"feed {number}": 1 for number in range(65)}),
    "a name not fit": Refusal(422, "invalid", ("a/b", "/"), {"a/b": 1}),
    "a name too long": Refusal(422, "invalid", ("64 characters",), {"x" * 65: 1}),
    "over-long text": Refusal(422, "invalid", ("1000", '"door"'), {"door": "x" * 1001}),
    "NUL": Refusal(422, "invalid", ("NUL", '"door"'), {"door": "a\0b"}),
    "half a surrogate pair": Refusal(400, "malformed", ("surrogate",), '{"door": "\\ud800"}'),
    "not UTF-8": Refusal(400, "malformed", ("UTF-8",), b'{"door": "\xff"}'),
    "over-long status": Refusal(422, "invalid", ("1000", "status"), {"values": {"door": "x"}, "status": "x" * 1001}),
    "a position off the globe": Refusal(
        422, "invalid", ("latitude",), {"values": {"door": "x"}, "latitude": 91, "longitude": 0}
    ),
    "deep nesting": Refusal(400, "malformed", ("nested",), deep(100_000)),
    "nested a little": Refusal(422, "invalid", ("list", *T), deep(3)),
    "10 MB": Refusal(413, "too-large", ("1048576 bytes",), b" " * TEN_MB),
    "gzip bomb": Refusal(
        413, "too-large", ("1048576 bytes",), gzip.compress(b" " * TEN_MB), {"headers": {"Content-Encoding": "gzip"}}
    ),
    "damaged gzip": Refusal(
        400, "malformed", ("gzip",), b"\x1f\x8b\x08rubbish", {"headers": {"Content-Encoding": "gzip"}}
    ),
    "gzip cut short": Refusal(
        400,
        "malformed",
        ("gzip", "early"),
        gzip.compress(b'{"door": 1}')[:-4],
        {"headers": {"Content-Encoding": "gzip"}},
    ),
    "gzip that does not say so": Refusal(400, "malformed", ("gzip",), gzip.compress(b'{"door": 1}')),
    "too many items": Refusal(413, "too-large", ("5000",), [{"temperature": 1}] * 5001),
    "before 2015": Refusal(
        422, "invalid", ("Row 2", "2015"), in_row_2({"at": "2014-12-31T23:59:59Z", "temperature": 1})
    ),
    "a clock not set": Refusal(422, "invalid", ("2015",), {"at": 12.5, "temperature": 1}),
    "the future": Refusal(422, "invalid", ("ahead",), {"at": "2099-01-01T00:00:00Z", "temperature": 1}),
    "naive time": Refusal(422, "invalid", ("zone",), {"at": "2026-01-01T00:00:00", "temperature": 1}),
    "no time": Refusal(422, "invalid", ('"at"', "yesterday"), {"at": "yesterday", "temperature": 1}),
    "both at and age_ms": Refusal(422, "invalid", ("age_ms", '"at"'), {**OPEN_2026, "age_ms": 5, "temperature": 1}),
    "negative age": Refusal(422, "invalid", ("age_ms",), {"age_ms": -5, "temperature": 1}),
    "empty body": Refusal(400, "malformed", ("empty",), b""),
    "blank body": Refusal(400, "malformed", ("empty",), b" \r\n"),
    "empty object": Refusal(422, "invalid", ("nothing to store",), {}),
    "empty list": Refusal(422, "invalid", ("empty",), []),
    "a number": Refusal(422, "invalid", ("a number",), "21.4"),
    "a feed twice": Refusal(422, "invalid", ("twice", *T), '{"temperature": 1, "temperature": 2}'),
    "no key": Refusal(401, "key-missing", ("No key",), {"temperature": 1}, {"headers": {"X-API-Key": ""}}),
    "mistyped key": Refusal(401, "key-unknown", ("typo",), {"temperature": 1}, changes=mistyped),
    "no key at all": Refusal(401, "key-unknown", ("typo",), {"temperature": 1}, {"headers": {"X-API-Key": "é\xff"}}),
    "unknown key": Refusal(401, "key-unknown", ("not valid",), {"temperature": 1}, changes=never_made),
    "revoked key": Refusal(401, "key-unknown", ("not valid",), {"temperature": 1}, changes=revoked_while_known),
    "key that ended": Refusal(401, "key-unknown", ("not valid",), {"temperature": 1}, changes=ended),
    "token without a channel": Refusal(
        403, "forbidden", ("name the channel in the address",), {"temperature": 1}, changes=with_token
    ),
    "revoked token": Refusal(401, "token-unknown", ("not valid",), {"temperature": 1}, changes=with_revoked_token),
    "revoked token for a channel": Refusal(
        401,
        "token-unknown",
        ("not valid",),
        {"temperature": 1},
        path="/api/v1/channels/{channel}/readings",
        changes=with_revoked_token,
    ),
    "mistyped token": Refusal(
        401, "token-unknown", ("typo",), {"temperature": 1}, {"headers": {"X-API-Key": "lfp_" + "0" * 46}}
    ),
    "token in an address": Refusal(
        403,
        "forbidden",
        ("never written into an address",),
        {"temperature": 1},
        {"headers": {"X-API-Key": ""}},
        path=f"{READINGS}?api_key=lfp_{'0' * 46}",
    ),
    "token with an Idempotency-Key": Refusal(
        422,
        "invalid",
        ("Idempotency-Key",),
        {"temperature": 1},
        {"headers": {"Idempotency-Key": "7"}},
        path="/api/v1/channels/{channel}/readings",
        changes=with_token,
    ),
    "read key": Refusal(403, "forbidden", ("read key", "write key"), {"temperature": 1}, changes=with_read_key),
    "foreign key": Refusal(
        403,
        "forbidden",
        ("another channel",),
        {"temperature": 1},
        path="/api/v1/channels/{channel}/readings",
        changes=with_another_key,
    ),
    "foreign key for a feed": Refusal(
        403,
        "forbidden",
        ("another channel",),
        "1",
        path="/api/v1/channels/{channel}/feeds/temperature",
        changes=with_another_key,
    ),
    "conflicting value": Refusal(
        409,
        "conflict",
        ("temperature", "20", "2026-01-01T00:00:00Z"),
        {**OPEN_2026, "temperature": 21},
        changes=with_a_reading,
    ),
    "conflicting word": Refusal(
        409,
        "conflict",
        ("Row 2", "door", "open"),
        json.dumps([{"door": "x"}, {**OPEN_2026, "door": "shut"}]),
        changes=with_a_reading,
    ),
    "bad content type": Refusal(
        415, "unsupported-media", ("text/csv",), "temperature\n21", {"content_type": "text/csv"}
    ),
    "a file upload": Refusal(
        415,
        "unsupported-media",
        ("multipart/form-data",),
        b"--x--",
        {"content_type": "multipart/form-data; boundary=x"},
    ),
    "bad content encoding": Refusal(
        415, "unsupported-media", ("Content-Encoding",), b"x", {"headers": {"Content-Encoding": "br"}}
    ),
    "over-long token": Refusal(
        422, "invalid", ("Idempotency-Key", "255"), {"temperature": 1}, {"headers": {"Idempotency-Key": "x" * 256}}
    ),
    "bad % escape in the address": Refusal(
        400,
        "malformed",
        ("UTF-8",),
        {"temperature": 1},
        path=f"{READINGS}?x=%ff",
        options={"headers": {"X-API-Key": ""}},
    ),
}
