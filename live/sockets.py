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
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, NoReturn, Protocol, TypeAlias
from urllib.parse import urlsplit

from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_sock import Sock
from simple_websocket import Server

from domain.errors import Busy, ForeignPage, Malformed, TooManyOpen
from live.frames import CloseCode
from live.outgoing import Limits
from live.peer import MAX_MESSAGE_SIZE, TICK_S, Closed, Peer
from live.seats import Holder, Seat, Seats

logger = logging.getLogger(__name__)

SEND_BUFFER_BYTES = 128 * 1024
"""What the kernel keeps for a slow peer. Left to itself it takes megabytes, all of them old news when they arrive."""

MOST_SOCKETS = 3500
RESTARTING = "The server is restarting."

Conversation: TypeAlias = Callable[..., None]


class Origin(Enum):
    """Whether a handshake must say which page it comes from. Browsers always do, programs do not."""

    REQUIRED = "browsers only"
    OPTIONAL = "browsers and programs"


class Guest(Protocol):
    """Somebody who stays on the line: a socket's peer, or the reader of an answer that goes on."""

    def close(self, code: int = ..., reason: str = ...) -> None: ...
    def tick(self, now: float) -> None: ...


@dataclass(frozen=True, slots=True)
class SocketCounts:
    """For /metrics. `open_now` is now, the others since the start."""

    open_now: int
    opened: int
    refused: int
    vanished: int
    too_slow: int


class Doors:
    """All sockets of one app in one process.

    `origins` are further sites whose pages may connect, besides the app's own (by PUBLIC_URL and by the request's
    Host). Exact: "https://lab.example.edu". `seats`: how many connections somebody may hold (None: any number);
    `holders` tells of the current request for whom its connection counts.
    """

    def __init__(
        self,
        *,
        origins: Collection[str] = (),
        public_url: str | None = None,
        limits: Limits | None = None,
        ping_interval_s: float = 20.0,
        most_sockets: int = MOST_SOCKETS,
        seats: Seats | None = None,
        holders: Callable[[], Collection[Holder]] = tuple,
    ) -> None:
        own = () if public_url is None else (origin_of(public_url),)
        self._origins = frozenset(origin.lower() for origin in (*origins, *own))
        self._limits = limits or Limits()
        self._ping_interval_s = ping_interval_s
        self._most_sockets = most_sockets
        self._seats = seats or Seats({})
        self._holders = holders
        self._mutex = threading.Lock()
        self._peers: dict[Guest, None] = {}
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
                with self.seat():
                    return upgraded(**captured) if before is None else upgraded(before(**captured))

            return view

        app.config.setdefault("SOCK_SERVER_OPTIONS", {"thread_class": _NoThread})
        Sock(app).route(rule, bp=_Routes(app, endpoint, guarded))(talk)

    def close_all(self, code: int = CloseCode.GOING_AWAY, reason: str = RESTARTING) -> None:
        """Say goodbye to everyone and let nobody in any more: the process is about to end."""
        self._is_closing = True
        for peer in self._all():
            peer.close(code, reason)

    def refuse_crowd(self) -> None:
        """Raises Busy where nobody else can stay on the line."""
        if self._is_closing or len(self._peers) >= self._most_sockets:
            raise Busy("No more live connections just now.", hint="Connect again later.", retry_after_s=5)

    def seat(self) -> Seat:
        """One of those on the line for whoever the current request is of. Raises TooManyOpen where they have all."""
        try:
            return self._seats.take(self._holders())
        except TooManyOpen:
            self._count("refused")
            raise

    def has_room(self) -> bool:
        """Whether whoever the current request is of should stay on the line, or rather ask now and then."""
        return not self._seats.are_nearly_taken(self._holders())

    @contextmanager
    def looking_after(self, guest: Guest) -> Iterator[None]:
        """Count somebody among those on the line, look after them each second, and say goodbye at the end."""
        self._add(guest)
        try:
            if self._is_closing:
                guest.close(CloseCode.GOING_AWAY, RESTARTING)
            yield
        finally:
            with self._mutex:
                del self._peers[guest]

    def is_own(self, origin: str | None) -> bool:
        """Whether an Origin header (None: none was sent) names this server's own pages, exactly."""
        if origin is None:
            return False
        own = f"{request.scheme}://{request.host}"
        return origin.lower() == own.lower() or origin.lower() in self._origins

    def counts(self) -> SocketCounts:
        told = {name: self._counts.get(name, 0) for name in ("opened", "refused", "vanished", "too_slow")}
        return SocketCounts(open_now=len(self._peers), **told)

    def _check_handshake(self, wanted: Origin) -> None:
        """Raises ForeignPage, Malformed or Busy; then nothing was upgraded and the answer is an HTTP one."""
        try:
            self._check_origin(request.headers.get("Origin"), wanted)
            self.refuse_crowd()
            _check_version()
        except (ForeignPage, Malformed, Busy):
            self._count("refused")
            raise

    def _check_origin(self, origin: str | None, wanted: Origin) -> None:
        if origin is None:
            if wanted is Origin.REQUIRED:
                _refuse_origin("Only this site's own pages may open this connection; no Origin was sent.")
            return
        if not self.is_own(origin):
            _refuse_origin(f"A page of {origin[:100]} may not open this connection.")

    def _talk(
        self, peer: Peer, conversation: Conversation, arguments: tuple[Any, ...], captured: dict[str, Any]
    ) -> None:
        """Hold the conversation and end the connection. Nothing is answered over HTTP any more."""
        try:
            conversation(peer, *arguments, **captured)
        except Closed:
            logger.debug("A socket was closed")
        except Exception:  # past the upgrade an HTTP answer would land inside the socket's frames
            logger.exception("The conversation at %s failed", request.path)
            peer.close(CloseCode.SERVER_ERROR, "Something went wrong on the server.")
        except BaseException:  # the worker ends this greenlet: say goodbye, then let it end
            peer.close(CloseCode.GOING_AWAY, RESTARTING)
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
        self._add(peer)
        return peer

    def _add(self, guest: Guest) -> None:
        with self._mutex:
            self._peers[guest] = None
            self._count("opened")
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._keep, name="socket-keeper", daemon=True)
                self._keeper.start()

    def _keep(self) -> None:
        """Look after all sockets once a second, for as long as the process lives."""
        while True:
            time.sleep(TICK_S)  # the keeper's rhythm
            now = time.monotonic()
            for peer in self._all():
                try:
                    peer.tick(now)
                except Exception:  # one socket must not take the keeper from the others
                    logger.exception("A socket could not be looked after")

    def _all(self) -> Iterable[Guest]:
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
