"""The live stream of a channel as Server-Sent Events (HTML Living Standard §9.2): an answer over HTTP that goes on.

    retry: 2000
    event: hello
    id: 40
    data: {"type":"hello","channel_id":7,"entry_id":40,"feeds":["temperature","door"]}

    id: 41
    data: {"entry_id":41,"received_at":"2026-11-20T10:00:00.12Z","readings":[{"at":"…","values":{"temperature":21.4}}]}

The data are the frames of `live.stream`, and each event's id is the entry up to which it tells: a browser that lost the
answer sends the last one back as Last-Event-ID and misses nothing. A comment goes out where nothing came for a while,
so that nobody between takes the line for dead. Before it ends the answer says why, in an event `end`.

Nothing but the greenlet of its own request waits for a slow reader: what waits is bounded, as for a socket.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from domain.readings import FreshReadings
from live.frames import CloseCode
from live.peer import SLOW_FOR_S
from live.sockets import SEND_BUFFER_BYTES, Doors
from live.stream import Reader, StreamDoor, greeting, line

logger = logging.getLogger(__name__)

BEAT_S = 15.0
"""After so long without a reading a comment is sent; what lies between often ends a line that says nothing for 30 s."""
BEAT = b":\n\n"

COMES_BACK_MS = 2000
"""How long a browser waits before it asks again."""

MOST_BYTES = 256 * 1024
"""What waits for one reader. Beyond that it is read from the database when there is room again."""

VANISHED_MS = 40_000
"""How long the kernel waits for the other side to say that something arrived."""


class EventPeer:
    """Whoever reads one stream, as the hub and the doors know it. One thread takes, any may send."""

    def __init__(self, environ: Mapping[str, Any]) -> None:
        self.environ = dict(environ)
        self._changed = threading.Condition()
        self._waiting: list[bytes] = []
        self._size_bytes = 0
        self._was_refused = False
        self._is_over = False
        self._handed_at: float | None = None
        self._on_drained: tuple[Callable[[], None], ...] = ()
        self._sock: socket.socket | None = self.environ.get("gunicorn.socket")
        if self._sock is not None:
            _be_short_of_memory(self._sock)

    def send(self, batch: bytes) -> bool:
        """Have it sent, without waiting. False: no room just now, or over; `on_drained` tells of room."""
        with self._changed:
            if self._is_over:
                return False
            if self._waiting and self._size_bytes + len(batch) > MOST_BYTES:
                self._was_refused = True
                return False
            self._add(batch)
            return True

    def close(self, code: int = CloseCode.NORMAL, reason: str = "") -> None:
        """Say why, and end the answer, from any thread; what waits is still sent."""
        with self._changed:
            if not self._is_over:
                self._is_over = True
                self._add(event(msgspec.json.encode({"code": int(code), "reason": reason}), name="end"))

    def on_drained(self, callback: Callable[[], None]) -> None:
        """Call back when there is room again after a refusal."""
        self._on_drained += (callback,)

    def take(self, within_s: float) -> bytes | None:
        """What is to be sent next, a comment if nothing came within this time; None when it is over."""
        with self._changed:
            self._handed_at = None
            if not self._waiting and not self._is_over:
                self._changed.wait(within_s)
            batch, self._waiting, self._size_bytes = b"".join(self._waiting), [], 0
            was_refused, self._was_refused = self._was_refused, False
            self._handed_at = time.monotonic()
            if not batch and self._is_over:
                return None
        if was_refused:
            for callback in self._on_drained:
                callback()
        return batch or BEAT

    def tick(self, now: float) -> None:
        """Once a second: give up who reads too slowly for too long."""
        handed_at = self._handed_at
        if handed_at is not None and now - handed_at > SLOW_FOR_S:
            self.close(CloseCode.TOO_SLOW, "You read more slowly than this channel speaks.")
            if self._sock is not None:
                shut(self._sock)

    def _add(self, batch: bytes) -> None:
        self._waiting.append(batch)
        self._size_bytes += len(batch)
        self._changed.notify()


@dataclass(frozen=True)
class Events:
    """Shows a channel as events."""

    door: StreamDoor
    window_s: float = 0.0

    def encode(self, channel_id: int, runs: Sequence[FreshReadings]) -> bytes:
        names = self.door.names_for(channel_id, runs)
        return b"".join(event(line(run, names), entry_id=run.last) for run in runs)


def events(door: StreamDoor, doors: Doors, peer: EventPeer, reader: Reader, lasts_s: float) -> Iterator[bytes]:
    """The answer, piece by piece, until the right ends, the server stops, or so long has passed.

    It holds nothing before its first piece is asked for, and lets go of everything when it is closed.
    """
    ends_at = time.monotonic() + lasts_s
    with doors.looking_after(peer):
        said = event(greeting(reader.channel, reader.after), entry_id=reader.after, name="hello")
        yield b"retry: %d\n" % COMES_BACK_MS + said
        with door.reading(reader, peer, Events(door)):
            while (batch := peer.take(min(BEAT_S, max(0.0, ends_at - time.monotonic())))) is not None:
                yield batch
                if time.monotonic() >= ends_at:
                    peer.close(CloseCode.SERVICE_RESTART, "Ask again; nothing is missed.")


def event(data: bytes, *, entry_id: int | None = None, name: str = "") -> bytes:
    """One event. `data` is JSON of one line; `name`: empty for what a browser calls a message."""
    head = f"event: {name}\n" if name else ""
    if entry_id is not None:
        head += f"id: {entry_id}\n"
    return b"%bdata: %b\n\n" % (head.encode(), data)


def _be_short_of_memory(sock: socket.socket) -> None:
    """Let the kernel keep little for a slow reader, and notice one that has vanished."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, VANISHED_MS)
    except OSError:
        logger.debug("The socket is none of TCP, or closed already")


def shut(sock: socket.socket) -> None:
    """Wake whoever writes to it."""
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        logger.debug("The socket was closed already")
