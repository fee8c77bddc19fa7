"""Whoever takes a file away: only so many at once for each of them, and nobody who takes nothing stays for ever."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Collection, Iterable, Iterator

from live.event_stream import shut
from live.seats import Holder, Seat, Seats

NOTHING_FOR_S = 60.0
"""Whoever takes not one byte for so long is given up; with Range they can go on."""

BYTES_ACKED = 120
"""Where tcpi_bytes_acked stands in Linux's struct tcp_info (include/uapi/linux/tcp.h)."""


class Takers:
    """Those who are taking a file from one process. `clock` is in seconds."""

    def __init__(self, seats: Seats, clock: Callable[[], float]) -> None:
        self._seats = seats
        self._clock = clock
        self._taking: dict[Taking, None] = {}
        self._mutex = threading.Lock()

    def begin(self, holders: Collection[Holder], sock: socket.socket | None) -> Taking:
        """Let somebody take a file, to whom it goes by this socket. Raises TooManyOpen where they take enough."""
        taking = Taking(self._seats.take(holders), sock, self._clock(), self._forget)
        with self._mutex:
            self._taking[taking] = None
        return taking

    def look(self) -> None:
        """Give up those who have taken nothing for too long. For every few seconds."""
        with self._mutex:
            taking = list(self._taking)
        now = self._clock()
        for each in taking:
            each.look(now)

    def _forget(self, taking: Taking) -> None:
        with self._mutex:
            self._taking.pop(taking, None)


class Taking:
    """One file on its way to one taker, until it is left."""

    def __init__(
        self, seat: Seat, sock: socket.socket | None, begun_at: float, forget: Callable[[Taking], None]
    ) -> None:
        self._seat = seat
        self._sock = sock
        self._forget = forget
        self._handed = 0
        self._is_waiting = False
        self._seen: tuple[int, int] | None = None
        self._moved_at = begun_at

    def through(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The chunks; while one is being taken it is known that the taker, and not the server, lets wait."""
        try:
            for chunk in chunks:
                self._handed, self._is_waiting = self._handed + 1, True
                yield chunk
                self._is_waiting = False
        finally:
            self.leave()

    def look(self, now: float) -> None:
        """Give the taker up if nothing has moved since long before `now`."""
        seen = (self._handed, _bytes_taken(self._sock)) if self._is_waiting else None
        if seen is None or seen != self._seen:
            self._seen, self._moved_at = seen, now
        elif now - self._moved_at >= NOTHING_FOR_S and self._sock is not None:
            shut(self._sock)

    def leave(self) -> None:
        """It has been taken, or is wanted no more. Twice does no harm."""
        self._forget(self)
        self._seat.leave()


def _bytes_taken(sock: socket.socket | None) -> int:
    """How many bytes the other side has acknowledged since it connected; 0 where the system does not tell."""
    if sock is None:
        return 0
    try:
        told = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, BYTES_ACKED + 8)
        return int(struct.unpack_from("Q", told, BYTES_ACKED)[0])
    except (OSError, struct.error):  # closed already, no TCP, or a kernel before 4.1
        return 0
