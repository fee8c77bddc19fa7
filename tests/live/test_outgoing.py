"""What goes out arrives whole and in order, and what a peer does not read stays bounded."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from live.frames import Frame
from live.outgoing import Limits, Outgoing

LARGE = Frame(b"L" * 2_000_000)
"""More than the kernel takes at once from one socket of a pair."""


class Wire:
    """An Outgoing on one end of a socket pair; what happened to it."""

    def __init__(self, limits: Limits) -> None:
        self.near, self.far = socket.socketpair()
        self.drained = threading.Event()
        self.died = threading.Event()
        self.out = Outgoing(self.near, limits, on_drained=self.drained.set, on_dead=self.died.set)

    def read(self, size: int) -> bytes:
        self.far.settimeout(10)
        parts, left = [], size
        while left and (part := self.far.recv(left)):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        self.out.die()
        self.out.join(5)
        self.near.close()
        self.far.close()


@pytest.fixture
def wire() -> Iterator[Wire]:
    wire = Wire(Limits(frames=4, size_bytes=3_000_000, most_bytes=5_000_000))
    yield wire
    wire.close()


class TestSend:
    def test_while_the_peer_reads_nothing_waits_and_no_thread_is_made(self, wire):
        before = set(threading.enumerate())
        assert wire.out.send(Frame.text(b"a"))
        assert wire.read(3) == Frame.text(b"a")
        assert wire.out.waiting_for_s(time.monotonic()) == 0
        assert set(threading.enumerate()) <= before

    def test_a_frame_larger_than_the_kernel_takes_arrives_whole_and_in_order(self, wire):
        assert wire.out.send(LARGE)
        assert wire.out.send(Frame.text(b"after"))
        assert wire.read(len(LARGE) + 7) == LARGE + Frame.text(b"after")

    def test_an_answer_never_lands_inside_a_half_sent_frame(self, wire):
        wire.out.send(LARGE)
        wire.out.send(Frame.pong(b"p"), must=True)
        assert wire.read(len(LARGE)) == LARGE
        assert wire.read(3) == Frame.pong(b"p")

    def test_many_threads_send_whole_frames(self, wire):
        senders = [
            threading.Thread(target=lambda n=n: [wire.out.send(Frame.text(bytes([n]) * 50_000), must=True)] * 1)
            for n in range(1, 21)
        ]
        for sender in senders:
            sender.start()
        size = len(Frame.text(b"x" * 50_000))
        seen = [wire.read(size) for _ in senders]
        assert sorted(seen) == sorted(Frame.text(bytes([n]) * 50_000) for n in range(1, 21))

    def test_past_the_limit_it_refuses_and_tells_of_room_later(self, wire, eventually):
        wire.out.send(LARGE)
        taken = 0
        while wire.out.send(Frame.text(b"more")):
            taken += 1
        assert taken == 3
        assert not wire.drained.is_set()
        wire.read(len(LARGE) + 3 * 6)
        eventually(wire.drained.is_set)
        assert wire.out.send(Frame.text(b"again"))

    def test_a_frame_too_many_bytes_is_refused_too(self, wire):
        wire.out.send(LARGE)
        assert not wire.out.send(LARGE)

    def test_answers_have_more_room_and_past_it_the_peer_is_given_up(self, wire):
        wire.out.send(LARGE)
        assert wire.out.send(LARGE, must=True)
        assert not wire.out.send(Frame(LARGE + LARGE), must=True)
        assert wire.died.is_set()
        assert not wire.out.send(Frame.text(b"x"))

    def test_a_peer_that_takes_nothing_is_given_up(self, eventually):
        wire = Wire(Limits(stuck_s=0.05))
        wire.out.send(LARGE)
        eventually(wire.died.is_set)
        wire.close()

    def test_a_broken_connection_is_noticed(self, wire):
        wire.far.close()
        assert not wire.out.send(Frame.text(b"a"))
        assert wire.died.is_set()


class TestForgetWaiting:
    def test_a_begun_frame_is_finished_and_the_rest_dropped(self, wire):
        wire.out.send(LARGE)
        wire.out.send(Frame.text(b"dropped"))
        wire.out.forget_waiting()
        wire.out.send(Frame.text(b"kept"), must=True)
        assert wire.read(len(LARGE)) == LARGE
        assert wire.read(6) == Frame.text(b"kept")
