"""The other side of one socket: whole messages in, whole frames out, and how it ends.

wsproto parses what comes in, as in flask-sock; everything that goes out passes `Outgoing`.
"""

from __future__ import annotations

import socket
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from simple_websocket import Server
from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage
from wsproto.utilities import LocalProtocolError

from live.frames import CloseCode, Frame
from live.outgoing import Limits, Outgoing

MAX_MESSAGE_SIZE = 64 * 1024
RECEIVE_BYTES = 16 * 1024
TICK_S = 1.0
CLOSE_WITHIN_S = 2.0
"""How long a peer has to answer a closing frame."""
SLOW_FOR_S = 30.0
"""How long a peer may lag behind what is sent to it."""


class Closed(Exception):
    """The socket is closed. `code` is the peer's, ours, or 1006 when the connection just ended."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"{code} {reason}".strip())
        self.code = code
        self.reason = reason


class AnyPeer(Protocol):
    """What a conversation needs of its peer; tests hand in one that is no socket."""

    environ: dict[str, Any]

    def receive(self, within_s: float | None = None) -> str | bytes: ...
    def send(self, frame: Frame) -> bool: ...
    def say(self, frame: Frame) -> bool: ...
    def close(self, code: int = CloseCode.NORMAL, reason: str = "") -> None: ...
    def on_drained(self, callback: Callable[[], None]) -> None: ...
    def on_close(self, callback: Callable[[], None]) -> None: ...
    def on_tick(self, callback: Callable[[float], None]) -> None: ...


class Peer:
    """The other side of one socket. One thread receives; any thread may send."""

    __slots__ = (
        "_close_callbacks",
        "_closing",
        "_connection",
        "_counts",
        "_drain_callbacks",
        "_due",
        "_max_message_size",
        "_messages",
        "_out",
        "_over",
        "_parts",
        "_ping_ticks",
        "_reading",
        "_silent_ticks",
        "_size",
        "_sock",
        "_tick_callbacks",
        "environ",
    )

    def __init__(
        self,
        socket_server: Server,
        *,
        max_message_size: int = MAX_MESSAGE_SIZE,
        limits: Limits | None = None,
        ping_interval_s: float = 20.0,
        counts: dict[str, int] | None = None,
    ) -> None:
        self.environ: dict[str, Any] = socket_server.environ
        self._sock: socket.socket = socket_server.sock
        self._out = Outgoing(self._sock, limits or Limits(), on_drained=self._drained, on_dead=self._died)
        self._connection = socket_server.ws
        self._max_message_size = max_message_size
        self._ping_ticks = round(ping_interval_s / TICK_S)
        self._counts = {} if counts is None else counts
        self._messages: deque[str | bytes] = deque()
        self._parts: list[str | bytes] = []
        self._size = 0
        self._silent_ticks = 0
        self._reading = False
        self._due: float | None = None
        self._closing: Closed | None = None
        self._over = False
        self._close_callbacks: tuple[Callable[[], None], ...] = ()
        self._drain_callbacks: tuple[Callable[[], None], ...] = ()
        self._tick_callbacks: tuple[Callable[[float], None], ...] = ()

    # --- talking ------------------------------------------------------------------------------------------------------

    def receive(self, within_s: float | None = None) -> str | bytes:
        """The next whole message. Raises Closed when there will be none, or none came `within_s` (then with 1008)."""
        if within_s is not None:
            self._due = time.monotonic() + within_s
        while not self._messages:
            if self._closing is not None:
                raise self._closing
            self._read()
        if within_s is not None and self._closing is None:
            self._due = None
        return self._messages.popleft()

    def send(self, frame: Frame) -> bool:
        """Send without waiting. False: no room just now, or closed; `on_drained` tells of room."""
        return self._closing is None and self._out.send(frame)

    def say(self, frame: Frame) -> bool:
        """Send an answer the peer waits for. One who lets too many answers wait is dropped. False: closed."""
        return self._closing is None and self._out.send(frame, must=True)

    def close(self, code: int = CloseCode.NORMAL, reason: str = "") -> None:
        """Say goodbye, from any thread. The peer has a moment to answer; `receive` raises Closed at the latest then."""
        if self._closing is None:
            self._closing = Closed(code, reason)
            self._due = time.monotonic() + CLOSE_WITHIN_S
            self._out.send(Frame.close(code, reason), must=True)

    def on_drained(self, callback: Callable[[], None]) -> None:
        """Call back, on some thread, when there is room again after a refusal."""
        self._drain_callbacks += (callback,)

    def on_close(self, callback: Callable[[], None]) -> None:
        """Call back once when the socket is over; at once if it is."""
        self._close_callbacks += (callback,)
        if self._over:
            self._call_closers()

    def on_tick(self, callback: Callable[[float], None]) -> None:
        """Call back with time.monotonic() about every second while the socket is open. Must not block."""
        self._tick_callbacks += (callback,)

    # --- what the door does -------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """End the connection properly: the closing frames exchanged, or time up. For the receiving thread."""
        self.close()
        while not self._over:
            self._read()
        self._out.join(CLOSE_WITHIN_S)
        self._call_closers()

    def tick(self, now: float) -> None:
        """Once a second: ping who is silent, give up who vanished, is late or too slow."""
        if self._due is not None and now >= self._due:
            self._late()
        elif self._out.waiting_for_s(now) > SLOW_FOR_S and self._closing is None:
            self._count("too_slow")
            self._out.forget_waiting()
            self.close(CloseCode.TOO_SLOW, "You read more slowly than this channel speaks.")
        elif self._reading:
            self._listen_for_life()
        for callback in self._tick_callbacks:
            callback(now)

    def _listen_for_life(self) -> None:
        """A silent peer is pinged after the interval and given up after another."""
        self._silent_ticks += 1
        if self._silent_ticks == self._ping_ticks:
            self._out.send(Frame.ping(), must=True)
        elif self._silent_ticks >= 2 * self._ping_ticks:
            self._count("vanished")
            self._out.die()

    def _late(self) -> None:
        """What was due did not come: an answer to the closing frame, or the message `receive` waits for."""
        if self._closing is not None:
            self._out.die()
        else:
            self.close(CloseCode.RIGHT_ENDED, "No message came in time.")

    def _read(self) -> None:
        """Wait for bytes and take the messages in them."""
        self._reading = True
        try:
            data = self._sock.recv(RECEIVE_BYTES)
        except OSError:
            data = b""
        self._reading = False
        self._silent_ticks = 0
        if data:
            self._take(data)
        else:
            self._end(CloseCode.CONNECTION_LOST)

    def _take(self, data: bytes) -> None:
        try:
            self._connection.receive_data(data)
            for event in self._connection.events():
                self._on_event(event)
        except LocalProtocolError:
            self._end(CloseCode.CONNECTION_LOST)  # bytes after the closing frames

    def _on_event(self, event: Any) -> None:
        if isinstance(event, Ping):
            self._out.send(Frame.pong(bytes(event.payload)), must=True)
        elif isinstance(event, CloseConnection):
            self._answer_close(event)
        elif isinstance(event, TextMessage | BytesMessage) and self._closing is None:
            self._add_part(event)

    def _add_part(self, event: TextMessage | BytesMessage) -> None:
        """Put fragments together, as far as they may go."""
        self._size += len(event.data)
        if self._size > self._max_message_size:
            self._parts = []
            self.close(CloseCode.TOO_BIG, f"A message may have {self._max_message_size} bytes.")
            return
        self._parts.append(event.data if isinstance(event, TextMessage) else bytes(event.data))
        if event.message_finished:
            empty: str | bytes = "" if isinstance(event, TextMessage) else b""
            self._messages.append(empty.join(self._parts))  # type: ignore[arg-type]
            self._parts, self._size = [], 0

    def _answer_close(self, event: CloseConnection) -> None:
        """The peer said goodbye, answers ours, or broke the protocol (wsproto tells of that as a close)."""
        if self._closing is None:
            code = (
                CloseCode.NORMAL
                if event.code == CloseCode.NORMAL or event.code == CloseCode.NONE_GIVEN
                else int(event.code)
            )
            self._out.send(Frame.close(code), must=True)
        self._end(int(event.code), event.reason or "")

    def _end(self, code: int, reason: str = "") -> None:
        if self._closing is None:
            self._closing = Closed(code, reason)
        self._over = True
        self._due = time.monotonic() + CLOSE_WITHIN_S if self._due is None else self._due

    def _died(self) -> None:
        """The sending side gave up and shut the socket; the receiving thread wakes and finds the end."""
        if self._closing is None:
            self._closing = Closed(CloseCode.CONNECTION_LOST)

    def _drained(self) -> None:
        for callback in self._drain_callbacks:
            callback()

    def _call_closers(self) -> None:
        callbacks, self._close_callbacks = self._close_callbacks, ()
        self._tick_callbacks = self._drain_callbacks = ()
        for callback in callbacks:
            callback()

    def _count(self, what: str) -> None:
        self._counts[what] = self._counts.get(what, 0) + 1
