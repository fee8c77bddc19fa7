"""A load of HTTP requests over a few kept connections, from one process that does as little as it can for each."""

from __future__ import annotations

import select
import socket
import time
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

ANSWER_WITHIN_S = 10.0


@dataclass
class Load:
    """What came back. Latencies in seconds, from the sending to the whole answer; refused ones are not among them."""

    elapsed_s: float = 0.0
    latencies_s: array[float] = field(default_factory=lambda: array("d"))
    refused: int = 0
    a_refusal: bytes = b""

    @property
    def answered(self) -> int:
        return len(self.latencies_s)

    @property
    def per_s(self) -> float:
        return self.answered / self.elapsed_s

    def latency_ms(self, percent: float) -> float:
        return percentile(self.latencies_s, percent) * 1000


class Connection:
    """One kept connection; `answer` collects until it is whole."""

    __slots__ = ("answer", "sent_at", "sock")

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answer = b""
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.answer = b""
        self.sent_at = time.perf_counter()
        self.sock.sendall(request)

    def receive(self) -> bool:
        """Take what is there; True when the answer is whole."""
        part = self.sock.recv(65536)
        if not part:
            raise ConnectionError(f"The server closed the connection after {self.answer[:500]!r}")
        self.answer += part
        return is_whole(self.answer)


def is_whole(answer: bytes) -> bool:
    head = answer.find(b"\r\n\r\n")
    if head < 0:
        return False
    named = answer.find(b"ontent-Length: ") + 15
    return len(answer) >= head + 4 + int(answer[named : answer.index(b"\r", named)])


def post(port: int, path: str, body: bytes, **headers: str) -> bytes:
    """The bytes of a POST of JSON."""
    lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Content-Type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def drive(port: int, streams: Sequence[Iterator[bytes]], *, seconds: float) -> Load:
    """Send each stream of requests over a connection of its own, one after the other, until the time or they are over.

    Returns when what was on its way is answered.
    """
    load = Load()
    with select.epoll() as poller:
        busy: dict[int, tuple[Connection, Iterator[bytes]]] = {}
        began = time.perf_counter()
        ends = began + seconds
        for stream in streams:
            connection = Connection(port)
            busy[connection.sock.fileno()] = connection, stream
            poller.register(connection.sock, select.EPOLLIN)
            connection.send(next(stream))
        while busy:
            for number in _ready(poller):
                connection, stream = busy[number]
                if not connection.receive():
                    continue
                now = time.perf_counter()
                _note(load, connection, now)
                request = next(stream, None) if now < ends else None
                if request is None:
                    busy.pop(number)[0].sock.close()
                else:
                    connection.send(request)
    load.elapsed_s = time.perf_counter() - began
    return load


def _ready(poller: select.epoll) -> list[int]:
    ready = [number for number, _ in poller.poll(ANSWER_WITHIN_S)]
    if not ready:
        raise TimeoutError(f"No answer within {ANSWER_WITHIN_S:g} s")
    return ready


def _note(load: Load, connection: Connection, now: float) -> None:
    if connection.answer[9:10] == b"2":
        load.latencies_s.append(now - connection.sent_at)
    else:
        load.refused += 1
        load.a_refusal = connection.answer


def percentile(values: array[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
