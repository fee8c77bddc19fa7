"""Boards that never give up: each sends a message until it is acknowledged, then the next, and writes both down.

A resend is the same message to the byte: the same instants, or the same Idempotency-Key where the server is to stamp
the arrival. So it must be stored once however often it is sent.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Protocol

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from tests.faults.ledger import NUMBER, Ledger, Stamped
from tests.servers import LabfeedServer

NUMBERS_A_BOARD = 1_000_000
ANSWERS_WITHIN_S = 10.0
BEFORE_RESENDING_S = 0.02
INSISTS_FOR_S = 120.0
USUAL_PAUSE_S = 0.01
BATCH = 5
WORD = "word"
NOT_NOW = frozenset({429, 500, 502, 503, 504, 507})


class Unanswered(Exception):
    """Whether the message was stored is unknown: the connection broke, or the server could not say."""


class Refused(Exception):
    """The server says the message is wrong. It never is."""


class Line(Protocol):
    """A way to the server."""

    def send(self, readings: Sequence[Stamped]) -> int | None:
        """Send them as one message; the entry id of the receipt. Raises Unanswered or Refused."""

    def hang_up(self) -> None: ...


@dataclass(slots=True)
class HttpLine:
    """POST over one connection that is kept as long as it holds."""

    server: LabfeedServer
    key: str
    connection: http.client.HTTPConnection | None = None

    def send(self, readings: Sequence[Stamped]) -> int | None:
        body = json.dumps([_told(each) for each in readings] if len(readings) > 1 else _told(readings[0]))
        headers = {"X-API-Key": self.key, "Content-Type": "application/json"}
        if readings[0].at is None:
            headers["Idempotency-Key"] = str(readings[0].number)
        try:
            status, said = self._exchange(body, headers)
        except (OSError, http.client.HTTPException) as error:
            self.hang_up()
            raise Unanswered(repr(error)) from error
        return _entry_id(status, said)

    def hang_up(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def _exchange(self, body: str, headers: dict[str, str]) -> tuple[int, bytes]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=ANSWERS_WITHIN_S)
        self.connection.request("POST", "/api/v1/readings", body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()


@dataclass(slots=True)
class SocketLine:
    """Frames over /ws/sensor, each answered with the `id` it was given."""

    server: LabfeedServer
    key: str
    connection: ClientConnection | None = None
    held: ExitStack = field(default_factory=ExitStack)

    def send(self, readings: Sequence[Stamped]) -> int | None:
        frame = {"id": readings[0].number, "readings": [_told(each) for each in readings]}
        try:
            said = self._exchange(json.dumps(frame))
        except (OSError, WebSocketException) as error:
            self.hang_up()
            raise Unanswered(repr(error)) from error
        if json.loads(said).get("id") != readings[0].number:
            raise Refused(f"frame {readings[0].number} was answered with {said!r}")
        return _entry_id(json.loads(said).get("status", 201), said)

    def hang_up(self) -> None:
        self.held.close()
        self.connection = None

    def _exchange(self, frame: str) -> bytes:
        if self.connection is None:
            self.connection = self._greeted()
        self.connection.send(frame)
        return self.connection.recv(ANSWERS_WITHIN_S, decode=False)

    def _greeted(self) -> ClientConnection:
        url = f"{self.server.websocket_url}/ws/sensor"
        connection = connect(url, open_timeout=ANSWERS_WITHIN_S, close_timeout=1, proxy=None)
        self.held.enter_context(connection)
        connection.send(json.dumps({"api_key": self.key}))
        connection.recv(ANSWERS_WITHIN_S)
        return connection


@dataclass(slots=True)
class Board:
    """One sender. `most_readings` bounds what it sends, `pause_s()` is how long it thinks between two messages."""

    line: Line
    ledger: Ledger
    readings: Iterator[Stamped]
    batch: int = 1
    most_readings: int | None = None
    pause_s: Callable[[], float] = lambda: 0.0
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Send until told to stop; what has been begun is sent until it is acknowledged."""
        done = 0
        while not self.stopped.wait(self.pause_s()) and (self.most_readings is None or done < self.most_readings):
            message = [next(self.readings) for _ in range(self.batch)]
            self.ledger.note_sent(message)
            self._insist(message)
            done += len(message)
        self.line.hang_up()

    def _insist(self, message: Sequence[Stamped]) -> None:
        deadline = time.monotonic() + INSISTS_FOR_S
        while time.monotonic() < deadline:
            try:
                self.ledger.note_acknowledged(message, self.line.send(message))
            except Unanswered:
                self.ledger.note_resent()
                time.sleep(BEFORE_RESENDING_S)  # a board's own patience; without it a dead server is hammered
            except Refused as refused:
                self.ledger.note_complaint(str(refused))
                return
            else:
                return
        self.ledger.note_complaint(f"reading {message[0].number} was not acknowledged within {INSISTS_FOR_S:g} s")


def numbered(board: int, now: int) -> Iterator[Stamped]:
    """Readings of one board, a millisecond apart, with numbers and instants no other board uses."""
    first = board * NUMBERS_A_BOARD
    return (Stamped(first + each, now - 3_600_000_000 + each * 1000 + board) for each in count(1))


def unstamped(board: int) -> Iterator[Stamped]:
    """Readings of one board that has no clock."""
    return (Stamped(board * NUMBERS_A_BOARD + each, None) for each in count(1))


@contextmanager
def sending(boards: Sequence[Board]) -> Iterator[None]:
    """Let the boards send while the body runs; at its end each finishes its message, or all it was to send."""
    threads = [threading.Thread(target=board.run, daemon=True) for board in boards]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for board in boards:
            if board.most_readings is None:
                board.stopped.set()
        for thread in threads:
            thread.join()


def classroom(server: LabfeedServer, key: str, ledger: Ledger, seed: int, now: int) -> list[Board]:
    """Six boards of every kind, together some hundreds of messages a second; all write to the same feed."""

    def board(number: int, line: Line, readings: Iterator[Stamped], batch: int = 1) -> Board:
        chance = Random(f"{seed} {number}")
        return Board(line, ledger, readings, batch, pause_s=lambda: chance.expovariate(1 / USUAL_PAUSE_S))

    return [
        board(1, HttpLine(server, key), numbered(1, now)),
        board(2, HttpLine(server, key), numbered(2, now)),
        board(3, HttpLine(server, key), numbered(3, now), BATCH),
        board(4, HttpLine(server, key), unstamped(4)),
        board(5, SocketLine(server, key), numbered(5, now)),
        board(6, SocketLine(server, key), numbered(6, now), BATCH),
    ]


def burst(server: LabfeedServer, key: str, ledger: Ledger, now: int, readings_a_board: int) -> list[Board]:
    """Five boards that send so many readings each, as fast as they are answered."""

    def board(number: int, line: Line, batch: int = 1) -> Board:
        return Board(line, ledger, numbered(number, now), batch, most_readings=readings_a_board)

    return [
        board(1, HttpLine(server, key)),
        board(2, HttpLine(server, key)),
        board(3, HttpLine(server, key)),
        board(4, HttpLine(server, key), BATCH),
        board(5, SocketLine(server, key)),
    ]


def word_of(number: int) -> str:
    """The word sent along with a number: it can be found in a page of the database as it stands."""
    return f"reading-{number:09d}."


def _told(reading: Stamped) -> dict[str, object]:
    said: dict[str, object] = {NUMBER: reading.number, WORD: word_of(reading.number)}
    return said if reading.at is None else said | {"at": reading.at}


def _entry_id(status: int, said: bytes) -> int | None:
    if status in NOT_NOW:
        raise Unanswered(f"{status} {said!r}")
    if status != http.client.CREATED:
        raise Refused(f"{status} {said!r}")
    entry_id = json.loads(said)["entry_id"]
    return entry_id if isinstance(entry_id, int) else None
