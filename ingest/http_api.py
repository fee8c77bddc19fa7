"""The door for boards over HTTP: one request, one answer, plain enough for a microcontroller.

The conversation is written on the WSGI environment itself, so that the Flask views and the quick lane in front of them
(`ingest.quick_lane`) give the very same answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from flask import Blueprint, Response, request

from domain.channels import Channel
from domain.credentials import key_in_headers, open_key_in_fields
from domain.errors import Invalid, LabfeedError, Malformed, MethodNotAllowed, TooLarge
from domain.readings import Door, Item
from domain.timespan import to_rfc3339
from ingest import encoding, payload
from ingest.intake import Accepted, Intake, Message

LONGEST_TOKEN = 255
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True)
class Call:
    """A board's request, as the server's environment tells it."""

    environ: Mapping[str, Any]
    max_body_bytes: int

    def header(self, name: str) -> str:
        return str(self.environ.get(name, ""))

    @cached_property
    def body(self) -> bytes:
        """The body, unpacked. Raises TooLarge, Malformed or UnsupportedMedia."""
        declared = self.header("CONTENT_LENGTH")
        if declared.isdecimal() and (len(declared) > 15 or int(declared) > self.max_body_bytes):
            raise encoding.too_large(self.max_body_bytes)
        raw = self.environ["wsgi.input"].read(self.max_body_bytes + 1)
        return encoding.unpack(raw, self.header("HTTP_CONTENT_ENCODING"), self.max_body_bytes)

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """The parameters of the address. Raises Malformed where they are not UTF-8."""
        return _fields(self.header("QUERY_STRING"))

    @cached_property
    def form(self) -> list[tuple[str, str]]:
        """The fields of a form body; none where the body is something else."""
        if not self._says_form or self.body.lstrip()[:1] in (b"{", b"["):
            return []
        try:
            return _fields(self.body.decode())
        except UnicodeDecodeError as error:
            raise Malformed("The form is not UTF-8 text.") from error

    @property
    def key(self) -> str | None:
        """The key, wherever a board can put it, or a token in a header; blanks and line ends around it do not count.

        Raises Forbidden for a token anywhere else.
        """
        found = key_in_headers(self.header("HTTP_X_API_KEY"), self.header("HTTP_AUTHORIZATION"))
        if not found and self.header("QUERY_STRING"):
            found = open_key_in_fields(self.query)
        if not found and self._says_form:
            found = open_key_in_fields(self.form)
        return found

    @property
    def _says_form(self) -> bool:
        return self.header("CONTENT_TYPE").lower().startswith(FORM)


def send(call: Call, intake: Intake, now: int, channel: str | None = None) -> Accepted:
    """Take in the readings of a POST body."""
    return _accept(
        call, intake, now, lambda _: payload.parse_body(call.body, call.header("CONTENT_TYPE"), now), channel
    )


def send_bare(call: Call, intake: Intake, now: int, channel: str, feed: str) -> Accepted:
    """Take in one value for the feed that the address names."""
    kind = call.header("CONTENT_TYPE")
    return _accept(call, intake, now, lambda _: payload.parse_bare(call.body, kind, feed, now), channel)


def send_by_address(call: Call, intake: Intake, now: int) -> Accepted:
    """Take in readings written into the address itself."""
    return _accept(call, intake, now, lambda _: payload.parse_form(call.query, now))


def receipt(accepted: Accepted, now: int) -> dict[str, Any]:
    """The answer to a stored message."""
    stored = accepted.receipt
    said: dict[str, Any] = {"entry_id": stored.entry_id, "stored": stored.stored, "repeated": stored.repeated}
    if stored.entries > 1:
        said["entries"] = stored.entries
    if stored.new_feeds:
        said["new_feeds"] = stored.new_feeds
    if accepted.refused:
        said["refused"] = [complaint.to_json() for complaint in accepted.refused]
    said["server_time"] = to_rfc3339(now)
    return said


def receipt_json(accepted: Accepted, now: int) -> bytes:
    return msgspec.json.encode(receipt(accepted, now))


def problem_json(error: LabfeedError) -> bytes:
    return msgspec.json.encode(error.to_problem())


def blueprint(intake: Intake, clock: Callable[[], int], max_body_bytes: int) -> Blueprint:
    """The routes of this door, for one app."""
    routes = Blueprint("ingest", __name__)

    def answer(send_it: Callable[..., Accepted], **named: str) -> Response:
        now = clock()
        accepted = send_it(Call(request.environ, max_body_bytes), intake, now, **named)
        return Response(receipt_json(accepted, now), 201, answer_headers(accepted, intake), content_type=JSON)

    @routes.post("/api/v1/readings")
    def post_readings() -> Response:
        return answer(send)

    @routes.post("/api/v1/channels/<channel>/readings")
    def post_channel_readings(channel: str) -> Response:
        return answer(send, channel=channel)

    @routes.post("/api/v1/channels/<channel>/feeds/<feed>")
    def post_value(channel: str, feed: str) -> Response:
        return answer(send_bare, channel=channel, feed=feed)

    @routes.get("/api/v1/write")
    def write_by_address() -> Response:
        if request.method == "HEAD":  # Flask adds it to every GET; asking for the head of an answer is to store nothing
            raise MethodNotAllowed(headers={"Allow": "GET"})
        return answer(send_by_address)

    return routes


def answer_headers(accepted: Accepted, intake: Intake) -> dict[str, str]:
    """Never kept by a cache; where the key stands with its rate, if it has one."""
    headers = {"Cache-Control": "no-store"}
    if accepted.rate is not None:
        headers |= intake.rate_headers(accepted.rate)
    return headers


def _accept(
    call: Call, intake: Intake, now: int, read: Callable[[Channel], list[Item]], channel: str | None = None
) -> Accepted:
    token = call.header("HTTP_IDEMPOTENCY_KEY")
    if len(token) > LONGEST_TOKEN:
        raise Invalid(f"The Idempotency-Key is longer than {LONGEST_TOKEN} characters.")
    message = Message(
        key=call.key,
        read=read,
        received_at=now,
        door=Door.HTTP,
        channel=channel,
        address=call.header("REMOTE_ADDR"),
        is_lenient="handling=lenient" in call.header("HTTP_PREFER").replace(" ", "").lower(),
        token=token or None,
        fingerprint=_fingerprint(call) if token else b"",
    )
    return intake.accept(message)


def _fingerprint(call: Call) -> bytes:
    """What makes two messages the same: address and body."""
    where = f"{call.header('PATH_INFO')}?{call.header('QUERY_STRING')}".encode()
    return hashlib.sha256(where + b"\n" + call.body).digest()


def _fields(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=500)
    except UnicodeDecodeError as error:
        raise Malformed("The parameters are not UTF-8 text.") from error
    except ValueError as error:
        raise TooLarge("There are more than 500 parameters.") from error
