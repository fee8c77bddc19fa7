"""The WebSocket door for boards: one connection, the key once, then one frame a message, each answered in turn.

First frame: `{"api_key": "…"}`, answered with `{"channel_id": …, "server_time": …}`. Then the bodies of POST. A frame
may carry an `id` of the board's own choice, beside the values or as `{"id": 7, "readings": [...]}`; its receipt or
problem comes back with the same `id`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

import msgspec
from flask import Flask, request

from domain.channels import Channel
from domain.credentials import key_in_fields, key_in_headers
from domain.errors import KeyMissing, KeyUnknown, LabfeedError
from domain.readings import Door, Item
from domain.timespan import to_rfc3339
from ingest import payload
from ingest.http_api import receipt
from ingest.intake import Intake, Message
from live.frames import Frame
from live.peer import AnyPeer
from live.sockets import Doors

PATH = "/ws/sensor"
KEY_WITHIN_S = 10.0
LARGEST_FRAME_BYTES = 262_144
FIRST_FRAME = 'Send {"api_key": "…"} as the first frame.'
NOT_ALLOWED = 1008
"""Close code: policy violation (RFC 6455 §7.4.1); here the key is missing or no longer valid."""


def register(doors: Doors, app: Flask, intake: Intake, clock: Callable[[], int]) -> None:
    """Open the door. A board sends no Origin; a page of another site that sends one is refused."""

    def conversation(peer: AnyPeer) -> None:
        carried = key_in_headers(request.headers.get("X-API-Key", ""), request.headers.get("Authorization", ""))
        converse(peer, intake, clock, carried or key_in_fields(request.args.items()), request.remote_addr or "")

    doors.route(app, PATH, conversation, endpoint="device_socket", max_message_size=LARGEST_FRAME_BYTES)


def converse(peer: AnyPeer, intake: Intake, clock: Callable[[], int], key: str | None, address: str) -> None:
    """Greet the board, then answer frame after frame until it goes (`live.peer.Closed`) or its key is revoked."""
    try:
        key = key or _key_from(peer)
        channel_id = intake.speaker(key).channel.id
    except LabfeedError as refused:
        _say(peer, None, refused.to_problem())
        peer.close(NOT_ALLOWED, refused.title)
        return
    _say(peer, None, {"channel_id": channel_id, "server_time": to_rfc3339(clock())})
    while _answer(peer, intake, clock, key, address):
        pass


def _answer(peer: AnyPeer, intake: Intake, clock: Callable[[], int], key: str, address: str) -> bool:
    """Take in the next frame and answer it; False when that was the last."""
    frame = peer.receive()
    now = clock()
    number, read = _reader(frame.encode() if isinstance(frame, str) else frame, now)
    message = Message(key=key, read=read, received_at=now, door=Door.WEBSOCKET, address=address)
    try:
        _say(peer, number, receipt(intake.accept(message), now))
    except LabfeedError as refused:
        _say(peer, number, refused.to_problem())
        if isinstance(refused, KeyUnknown):  # revoked since
            peer.close(NOT_ALLOWED, refused.title)
            return False
    return True


def _reader(frame: bytes, now: int) -> tuple[Any, Callable[[Channel], list[Item]]]:
    """The frame's own `id`, and how to read the rest: what is no JSON complains only then, as part of a message."""
    try:
        number, said = payload.parted(frame)
    except LabfeedError as unreadable:
        return None, partial(_raise, unreadable)
    return number, lambda _: payload.items_of(said, now)


def _raise(error: LabfeedError, _channel: Channel) -> NoReturn:
    raise error


def _key_from(peer: AnyPeer) -> str:
    """The key in the first frame. Raises KeyMissing or Malformed."""
    frame = peer.receive(within_s=KEY_WITHIN_S)
    _, said = payload.parted(frame.encode() if isinstance(frame, str) else frame)
    key = said.get("api_key") if isinstance(said, dict) else None
    if not isinstance(key, str) or not key.strip():
        raise KeyMissing("The first frame has no api_key.", hint=FIRST_FRAME)
    return key.strip()


def _say(peer: AnyPeer, number: Any, said: dict[str, Any]) -> None:
    peer.say(Frame.text(msgspec.json.encode(said if number is None else {"id": number} | said)))
