"""Those who take a file away: how many at once, and how long who takes nothing."""

from __future__ import annotations

import socket
from contextlib import suppress

import pytest

from domain.errors import TooManyOpen
from live.seats import Seats
from live.takers import NOTHING_FOR_S, Takers

ADA = ("person", 1)
LARGE = b"x" * (1 << 20)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def takers(clock) -> Takers:
    return Takers(Seats({"person": 2}, "downloads"), clock)


@pytest.fixture
def line():
    """Both ends of a connection that takes little by itself: the server's, which never waits, and the taker's."""
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as taker:
        taker.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        taker.connect(listening.getsockname())
        with listening.accept()[0] as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            server.setblocking(False)
            yield server, taker


class TestSeats:
    def test_one_too_many_is_refused_until_another_is_over(self, takers):
        first, _ = takers.begin([ADA], None), takers.begin([ADA], None)
        with pytest.raises(TooManyOpen, match="2 downloads are open for this person"):
            takers.begin([ADA], None)
        first.leave()
        first.leave()
        takers.begin([ADA], None)
        with pytest.raises(TooManyOpen):
            takers.begin([ADA], None)


class TestPatience:
    """A chunk is handed to the line, which is full; then time passes."""

    @pytest.fixture
    def chunks(self, takers, line):
        server, _ = line
        chunks = takers.begin([ADA], server).through([LARGE, LARGE])
        server.send(next(chunks))
        takers.look()
        return chunks

    def wait(self, takers, clock, passed_s: float) -> None:
        clock.now += passed_s
        takers.look()

    def is_shut(self, server: socket.socket) -> bool:
        try:
            server.send(b"x")
        except BrokenPipeError:
            return True
        except BlockingIOError:
            return False
        return False

    def test_who_takes_nothing_is_given_up(self, takers, clock, line, chunks, eventually):
        eventually(lambda: self.wait(takers, clock, NOTHING_FOR_S) or self.is_shut(line[0]))

    def test_who_takes_little_is_not(self, takers, clock, line, chunks, eventually):
        server, taker = line
        taker.settimeout(10)
        for _ in range(3):
            self.wait(takers, clock, NOTHING_FOR_S - 1)
            assert taker.recv(65_536)
            eventually(lambda: takers.look() or any(each._moved_at == clock.now for each in takers._taking))
            with suppress(BlockingIOError):
                server.send(LARGE)
        assert not self.is_shut(server)

    def test_who_waits_for_the_server_is_not(self, takers, clock, line):
        server, _ = line

        def slow():
            yield b"a"
            self.wait(takers, clock, NOTHING_FOR_S + 1)
            self.wait(takers, clock, NOTHING_FOR_S + 1)
            yield b"b"

        assert [*takers.begin([ADA], server).through(slow())] == [b"a", b"b"]
        assert not self.is_shut(server)

    def test_one_that_is_over_is_left_alone(self, takers, clock, line):
        server, _ = line
        taking = takers.begin([ADA], server)
        chunks = taking.through([b"a"])
        next(chunks)
        takers.look()
        taking.leave()
        self.wait(takers, clock, NOTHING_FOR_S + 1)
        assert not self.is_shut(server)
