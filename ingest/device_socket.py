"""The WebSocket door for boards: one connection, the key once, then one frame a message, each answered in turn.

First frame: `{"api_key": "…"}`, answered with `{"channel_id": …, "server_time": …}`. Then the bodies of POST. A frame
may carry an `id` of the board's own choice, beside the values or as `{"id": 7, "readings": [...]}`; its receipt or
problem comes back with the same `id`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from flask import Flask, request

from domain.credentials import key_in_fields, key_in_headers
from domain.errors import KeyMissing, KeyUnknown, LabfeedError, Malformed
from domain.readings import Door
from domain.timespan import to_rfc3339
from ingest import http_api, payload
from ingest.intake import Intake, Message
from live.sockets import Doors, Frame, Origin, Peer

PATH = "/ws/sensor"
KEY_WITHIN_S = 10.0
LARGEST_FRAME_BYTES = 262_144
NOT_ALLOWED = 1008
"""Close code: policy violation (RFC 6455 §7.4.1); here the key is missing or no longer valid."""


def register(doors: Doors, app: Flask, intake: Intake, clock: Callable[[], int]) -> None:
    """Open the door. A board sends no Origin; a page of another site that sends one is refused."""

    def conversation(peer: Peer) -> None:
        carried = key_in_headers(request.headers.get("X-API-Key", ""), request.headers.get("Authorization", ""))
        converse(peer, intake, clock, carried or key_in_fields(request.args.items()), request.remote_addr or "")

    doors.route(
        app,
        PATH,
        conversation,
        endpoint="device_socket",
        origin=Origin.OPTIONAL,
        max_message_size=LARGEST_FRAME_BYTES,
    )


def converse(peer: Peer, intake: Intake, clock: Callable[[], int], key: str | None, address: str) -> None:
    """Greet the board, then answer frame after frame until it goes. Live.sockets.Closed ends it from inside."""
    try:
        key = key or _key_from(peer.receive(within_s=KEY_WITHIN_S))
        channel_id = intake.speaker(key).channel.id
    except LabfeedError as refused:
        _say(peer, refused.to_problem())
        peer.close(NOT_ALLOWED, refused.title)
        return
    _say(peer, {"channel_id": channel_id, "server_time": to_rfc3339(clock())})
    while True:
        frame = peer.receive()
        now = clock()
        try:
            answer, is_over = _answer(frame, key, intake, now, address), False
        except KeyUnknown as refused:  # revoked since
            answer, is_over = _with_id(frame, refused.to_problem()), True
        _say(peer, answer)
        if is_over:
            peer.close(NOT_ALLOWED, KeyUnknown.title)
            return


def _answer(frame: str | bytes, key: str, intake: Intake, now: int, address: str) -> dict[str, Any]:
    raw = frame.encode() if isinstance(frame, str) else frame
    number, body = _parted(raw)
    message = Message(
        key=key,
        read=lambda: payload.parse_body(body, None, now),
        received_at=now,
        door=Door.WEBSOCKET,
        address=address,
    )
    try:
        said = http_api.receipt(intake.accept(message), now)
    except KeyUnknown:
        raise
    except LabfeedError as refused:
        said = refused.to_problem()
    return {"id": number} | said if number is not None else said


def _parted(frame: bytes) -> tuple[Any, bytes]:
    """The frame's own `id`, if it has one, and the message without it."""
    try:
        said = msgspec.json.decode(frame)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None, frame  # the payload's own reader says what is wrong with it
    if not isinstance(said, dict) or "id" not in said:
        return None, frame
    number = said.pop("id")
    batch = said.get("readings")
    return number, msgspec.json.encode(batch if isinstance(batch, list) and len(said) == 1 else said)


def _with_id(frame: str | bytes, said: dict[str, Any]) -> dict[str, Any]:
    number, _ = _parted(frame.encode() if isinstance(frame, str) else frame)
    return {"id": number} | said if number is not None else said


def _key_from(frame: str | bytes | None) -> str:
    """The key in the first frame. Raises KeyMissing or Malformed."""
    if frame is None:
        raise KeyMissing(f"No key came within {KEY_WITHIN_S:g} s.", hint='Send {"api_key": "…"} as the first frame.')
    try:
        said = msgspec.json.decode(frame)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed("The first frame is not JSON.", hint='Send {"api_key": "…"} as the first frame.') from error
    key = said.get("api_key") if isinstance(said, dict) else None
    if not isinstance(key, str) or not key.strip():
        raise KeyMissing("The first frame has no api_key.", hint='Send {"api_key": "…"} as the first frame.')
    return key.strip()


def _say(peer: Peer, said: dict[str, Any]) -> None:
    peer.say(Frame.text(msgspec.json.encode(said)))
