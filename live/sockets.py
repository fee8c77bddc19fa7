"""WebSockets on Flask, behind one door.

flask-sock hijacks the socket of a WSGI request, shakes hands, and hands it over here. What was found wanting in it is
mended here: the Origin is checked and a refusal answered properly before the upgrade, messages are limited in size, a
closed or vanished peer is noticed although nothing is sent, what waits for a slow one is bounded, and each frame is
written whole and in order. One greenlet (or thread) per socket, which mostly waits in `recv`: flask-sock's own reading
thread is not started.

A conversation is a plain function: conversation(peer, **what the route captured). It reads with `peer.receive()` until
that raises Closed.
"""

from __future__ import annotations

import base64
import binascii
import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, NoReturn, Protocol, TypeAlias
from urllib.parse import urlsplit

from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_sock import Sock
from simple_websocket import Server
from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage
from wsproto.utilities import LocalProtocolError

from domain.errors import Busy, ForeignPage, Malformed
from live.frames import CloseCode, Frame
from live.outgoing import Limits, Outgoing

logger = logging.getLogger(__name__)

MAX_MESSAGE_SIZE = 64 * 1024
RECEIVE_BYTES = 16 * 1024
SEND_BUFFER_BYTES = 128 * 1024
"""What the kernel keeps for a slow peer. Left to itself it takes megabytes, all of them old news when they arrive."""

TICK_S = 1.0
CLOSE_WITHIN_S = 2.0
"""How long a peer has to answer a closing frame."""
SLOW_FOR_S = 30.0
"""How long a peer may lag behind what is sent to it."""
MOST_SOCKETS = 3500


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


Conversation: TypeAlias = Callable[..., None]


class Origin(Enum):
    """Whether a handshake must say which page it comes from. Browsers always do, programs do not."""

    REQUIRED = "browsers only"
    OPTIONAL = "browsers and programs"


@dataclass(frozen=True, slots=True)
class SocketCounts:
    """For /metrics. `open_now` is now, the others since the start."""

    open_now: int
    opened: int
    refused: int
    vanished: int
    too_slow: int


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


class Doors:
    """All sockets of one app in one process.

    `origins` are further sites whose pages may connect, besides the app's own (by PUBLIC_URL and by the request's
    Host). Exact: "https://lab.example.edu".
    """

    def __init__(
        self,
        *,
        origins: Collection[str] = (),
        public_url: str | None = None,
        limits: Limits | None = None,
        ping_interval_s: float = 20.0,
        most_sockets: int = MOST_SOCKETS,
    ) -> None:
        own = () if public_url is None else (origin_of(public_url),)
        self._origins = frozenset(origin.lower() for origin in (*origins, *own))
        self._limits = limits or Limits()
        self._ping_interval_s = ping_interval_s
        self._most_sockets = most_sockets
        self._mutex = threading.Lock()
        self._peers: dict[Peer, None] = {}
        self._keeper: threading.Thread | None = None
        self._is_closing = False
        self._counts: dict[str, int] = {}

    def route(
        self,
        app: Flask,
        rule: str,
        conversation: Conversation,
        *,
        endpoint: str,
        origin: Origin = Origin.OPTIONAL,
        max_message_size: int = MAX_MESSAGE_SIZE,
        before: Callable[..., Any] | None = None,
    ) -> None:
        """Serve a conversation at `rule`, for WebSocket handshakes only.

        A handshake from a foreign page is refused; `origin` says whether programs, which send none, may connect.
        `before(**captured)` runs before the upgrade: what it raises is answered over HTTP, what it
        returns is handed on: conversation(peer, returned). Without it: conversation(peer, **captured).
        """

        def talk(socket_server: Server, *arguments: Any, **captured: Any) -> None:
            self._talk(self._peer(socket_server, max_message_size), conversation, arguments, captured)

        def guarded(upgraded: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
            def view(**captured: Any) -> ResponseReturnValue:
                self._check_handshake(origin)
                return upgraded(**captured) if before is None else upgraded(before(**captured))

            return view

        app.config.setdefault("SOCK_SERVER_OPTIONS", {"thread_class": _NoThread})
        Sock(app).route(rule, bp=_Routes(app, endpoint, guarded))(talk)

    def close_all(self, code: int = CloseCode.GOING_AWAY, reason: str = "The server is restarting.") -> None:
        """Say goodbye to everyone and let nobody in any more: the process is about to end."""
        self._is_closing = True
        for peer in self._all():
            peer.close(code, reason)

    def counts(self) -> SocketCounts:
        told = {name: self._counts.get(name, 0) for name in ("opened", "refused", "vanished", "too_slow")}
        return SocketCounts(open_now=len(self._peers), **told)

    def _check_handshake(self, wanted: Origin) -> None:
        """Raises ForeignPage, Malformed or Busy; then nothing was upgraded and the answer is an HTTP one."""
        try:
            self._check_origin(request.headers.get("Origin"), wanted)
            if self._is_closing or len(self._peers) >= self._most_sockets:
                raise Busy("No more live connections just now.", hint="Connect again later.", retry_after_s=5)
            _check_version()
        except (ForeignPage, Malformed, Busy):
            self._count("refused")
            raise

    def _check_origin(self, origin: str | None, wanted: Origin) -> None:
        if origin is None:
            if wanted is Origin.REQUIRED:
                _refuse_origin("Only this site's own pages may open this connection; no Origin was sent.")
            return
        own = f"{request.scheme}://{request.host}"
        if origin.lower() != own.lower() and origin.lower() not in self._origins:
            _refuse_origin(f"A page of {origin[:100]} may not open this connection.")

    def _talk(
        self, peer: Peer, conversation: Conversation, arguments: tuple[Any, ...], captured: dict[str, Any]
    ) -> None:
        """Hold the conversation and end the connection. Nothing is answered over HTTP any more."""
        try:
            conversation(peer, *arguments, **captured)
        except Closed:
            logger.debug("A socket was closed")
        except Exception:
            # Past the upgrade an HTTP answer would land inside the socket's frames.
            logger.exception("The conversation at %s failed", request.path)
            peer.close(CloseCode.SERVER_ERROR, "Something went wrong on the server.")
        except BaseException:
            peer.close(CloseCode.GOING_AWAY, "The server is restarting.")
            raise
        finally:
            peer.finish()
            with self._mutex:
                del self._peers[peer]

    def _peer(self, socket_server: Server, max_message_size: int) -> Peer:
        """The other side of a socket just opened."""
        sock: socket.socket = socket_server.sock
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        peer = Peer(
            socket_server,
            max_message_size=max_message_size,
            limits=self._limits,
            ping_interval_s=self._ping_interval_s,
            counts=self._counts,
        )
        socket_server.connected = False  # closing frames are the peer's: flask-sock is to send none of its own
        with self._mutex:
            self._peers[peer] = None
            self._count("opened")
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._keep, name="socket-keeper", daemon=True)
                self._keeper.start()
        return peer

    def _keep(self) -> None:
        """Look after all sockets once a second, for as long as the process lives."""
        while True:
            time.sleep(TICK_S)
            now = time.monotonic()
            for peer in self._all():
                try:
                    peer.tick(now)
                except Exception:
                    logger.exception("A socket could not be looked after")

    def _all(self) -> Iterable[Peer]:
        with self._mutex:
            return list(self._peers)

    def _count(self, what: str) -> None:
        self._counts[what] = self._counts.get(what, 0) + 1


class _NoThread:
    """Stands where flask-sock would start a thread that reads: here the conversation's own thread reads."""

    name = "unused"

    def __init__(self, **_options: Any) -> None:
        pass

    def start(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class _Routes:
    """Where flask-sock registers its view: under our endpoint, and behind our checks."""

    app: Flask
    endpoint: str
    guarded: Callable[[Callable[..., ResponseReturnValue]], Callable[..., ResponseReturnValue]]

    def route(self, rule: str, **options: Any) -> Callable[[Callable[..., ResponseReturnValue]], None]:
        def register(upgraded: Callable[..., ResponseReturnValue]) -> None:
            self.app.add_url_rule(rule, self.endpoint, self.guarded(upgraded), **options)

        return register


def origin_of(url: str) -> str:
    """The origin (scheme://host[:port], RFC 6454) of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _refuse_origin(detail: str) -> NoReturn:
    raise ForeignPage(detail)


def _check_version() -> None:
    """Raises Malformed if this is no proper handshake (RFC 6455 §4.2.1)."""
    key = request.headers.get("Sec-WebSocket-Key", "")
    try:
        is_key = len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        is_key = False
    if not is_key or request.headers.get("Sec-WebSocket-Version") != "13":
        raise Malformed(
            "This is no WebSocket handshake of version 13.",
            hint="Use a WebSocket library to connect.",
            headers={"Sec-WebSocket-Version": "13"},
        )
    # Frames are written uncompressed, once for all viewers; and what is not compressed cannot be a bomb.
    request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
