"""Many programs that watch one channel, and one board that sends to it: both ends of the live path on one clock."""

from __future__ import annotations

import base64
import json
import select
import socket
import time
from array import array
from dataclasses import dataclass, field

from bench.posting import Connection, post
from bench.served import Channel

BOARD_CONNECTIONS = 4
LAST_WITHIN_S = 3.0
PING, CLOSE = 0x9, 0x8
PONG = b"\x8a\x80\x00\x00\x00\x00"


@dataclass
class Deliveries:
    """What the viewers got: the delay of every delivery in seconds, from just before the POST to the frame."""

    expected: int = 0
    elapsed_s: float = 0.0
    delays_s: array[float] = field(default_factory=lambda: array("d"))
    repeated: int = 0

    @property
    def lost(self) -> int:
        return self.expected - (len(self.delays_s) - self.repeated)

    @property
    def per_s(self) -> float:
        return len(self.delays_s) / self.elapsed_s


class Viewer:
    """One open socket, and the numbers of the messages it got."""

    __slots__ = ("got", "rest", "sock")

    def __init__(self, port: int, channel_id: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.sendall(handshake(port, channel_id))
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.sock.recv(4096)
        head, _, self.rest = answer.partition(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0] + b" ":
            raise ConnectionError(f"The server did not open the stream: {answer[:300]!r}")
        self.got: set[int] = set()

    def texts(self, data: bytes) -> list[bytes]:
        """The payloads of the messages that are whole now; answers a ping."""
        frames, self.rest = split(self.rest + data)
        for opcode, _ in frames:
            if opcode == PING:
                self.sock.sendall(PONG)
            elif opcode == CLOSE:
                raise ConnectionError("The server closed a viewer")
        return [payload for opcode, payload in frames if opcode < CLOSE]


class Audience:
    """The viewers of one channel, and the board that speaks to them. Messages are numbered by their value."""

    def __init__(self, port: int, channel: Channel) -> None:
        self._port = port
        self._channel = channel
        self._board = [Connection(port) for _ in range(BOARD_CONNECTIONS)]
        self._viewers: dict[int, Viewer] = {}
        self._poller = select.epoll()
        self._sent_at: list[float] = []
        self._known: dict[bytes, list[int]] = {}
        for connection in self._board:
            self._poller.register(connection.sock, select.EPOLLIN)

    def grow(self, count: int) -> None:
        """Open viewers until there are so many."""
        while len(self._viewers) < count:
            viewer = Viewer(self._port, self._channel.channel_id)
            viewer.sock.setblocking(False)
            self._viewers[viewer.sock.fileno()] = viewer
            self._poller.register(viewer.sock, select.EPOLLIN)

    def listen(self, per_s: float, seconds: float) -> Deliveries:
        """Send evenly for so long, and note every delivery; the last ones get a few seconds more."""
        found = Deliveries(expected=round(per_s * seconds) * len(self._viewers))
        began = time.perf_counter()
        due = [began + number / per_s for number in range(round(per_s * seconds))]
        ends = due[-1] + LAST_WITHIN_S
        while len(found.delays_s) < found.expected and (now := time.perf_counter()) < ends:
            if due and now >= due[0]:
                self._send()
                del due[0]
            self._take((due[0] if due else ends) - now, found)
        found.elapsed_s = max(seconds, time.perf_counter() - began)
        return found

    def close(self) -> None:
        for viewer in self._viewers.values():
            viewer.sock.close()
        for connection in self._board:
            connection.sock.close()
        self._poller.close()

    def _send(self) -> None:
        number = len(self._sent_at)
        body = b'{"n": %d}' % number
        request = post(self._port, "/api/v1/readings", body, X_API_Key=self._channel.write_key)
        self._sent_at.append(time.perf_counter())
        self._board[number % len(self._board)].send(request)

    def _take(self, within_s: float, found: Deliveries) -> None:
        for number, _ in self._poller.poll(max(0.0, within_s)):
            viewer = self._viewers.get(number)
            if viewer is None:
                next(each for each in self._board if each.sock.fileno() == number).receive()
                continue
            data = viewer.sock.recv(65536)
            now = time.perf_counter()
            if not data:
                raise ConnectionError("The server dropped a viewer")
            for message in self._numbers(viewer, data):
                found.delays_s.append(now - self._sent_at[message])
                found.repeated += message in viewer.got
                viewer.got.add(message)

    def _numbers(self, viewer: Viewer, data: bytes) -> list[int]:
        """The numbers of the messages in what a viewer got. Nearly always another viewer got the very same bytes."""
        if not viewer.rest and data in self._known:
            return self._known[data]
        whole = not viewer.rest
        texts = map(json.loads, viewer.texts(data))
        numbers = [int(each["values"]["n"]) for said in texts for each in said.get("readings", ())]
        if whole and not viewer.rest and numbers:
            self._known[data] = numbers
        return numbers


def handshake(port: int, channel_id: int) -> bytes:
    key = base64.b64encode(b"sixteen bytes ok").decode()
    return (
        f"GET /ws/channels/{channel_id} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    ).encode()


def split(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The whole frames of a server (opcode, payload), and what is left of the next one."""
    frames, start = [], 0
    while len(data) - start >= 2:
        size, head = data[start + 1], 2
        if size >= 126:
            head = 4 if size == 126 else 10
            size = int.from_bytes(data[start + 2 : start + head], "big")
        if len(data) < start + head + size:
            break
        frames.append((data[start] & 0x0F, data[start + head : start + head + size]))
        start += head + size
    return frames, data[start:]
