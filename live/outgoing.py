"""What goes out of one socket: straight to the kernel while it takes it, else in order through a bounded queue.

While a peer reads, nothing waits and no thread exists: a frame is one system call that never blocks. Only what the
kernel does not take is queued, and a short-lived thread sends it. Everything that leaves the socket passes here, so a
pong never lands inside a half-sent frame.
"""

from __future__ import annotations

import logging
import select
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from live.frames import Frame

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may wait for one peer, and for how long.

    Beyond `frames` or `size_bytes` new frames are refused; answers that must be delivered may go up to
    `most_bytes`. A peer that takes nothing at all for `stuck_s` is given up.
    """

    frames: int = 64
    size_bytes: int = 1 << 20
    most_bytes: int = 8 << 20
    stuck_s: float = 20.0


class Outgoing:
    """The sending side of one socket. `on_drained` is called, on another thread, when there is room after a refusal."""

    __slots__ = (
        "_full_since",
        "_is_dead",
        "_is_tls",
        "_limits",
        "_mutex",
        "_on_dead",
        "_on_drained",
        "_queue",
        "_queued_bytes",
        "_sock",
        "_was_refused",
        "_writer",
    )

    def __init__(
        self,
        sock: socket.socket,
        limits: Limits,
        *,
        on_drained: Callable[[], None],
        on_dead: Callable[[], None],
    ) -> None:
        self._sock = sock
        self._limits = limits
        self._on_drained = on_drained
        self._on_dead = on_dead
        self._mutex = threading.Lock()
        self._queue: deque[memoryview] = deque()
        self._queued_bytes = 0
        self._writer: threading.Thread | None = None
        self._full_since: float | None = None
        self._was_refused = False
        self._is_dead = False
        self._is_tls = isinstance(sock, ssl.SSLSocket)

    def send(self, frame: Frame, *, must: bool = False) -> bool:
        """Take a frame, without waiting. False: nothing of it was taken, for there is no room or the peer is gone.

        `must`: an answer the peer waits for; there is room for it, or the peer is given up.
        """
        with self._mutex:
            if self._is_dead:
                return False
            if not self._queue:
                taken = self._send_now(frame)
                if taken == len(frame):
                    return True
                if taken is not None:
                    self._enqueue(memoryview(frame)[taken:])
                    return True
            elif self._has_room(len(frame), must):
                self._enqueue(memoryview(frame))
                return True
            elif not must:
                self._was_refused = True
                return False
        self.die()
        return False

    def waiting_for_s(self, now: float) -> float:
        """For how long the peer has not taken everything, by time.monotonic."""
        since = self._full_since
        return 0.0 if since is None else now - since

    def forget_waiting(self) -> None:
        """Drop what waits, except a frame that may have been begun."""
        with self._mutex:
            kept = [part for part in list(self._queue)[:1] if self._is_tls or part.nbytes < memoryview(part.obj).nbytes]
            self._queue = deque(kept)
            self._queued_bytes = sum(part.nbytes for part in kept)

    def die(self) -> None:
        """Give the peer up: nothing is taken any more and both directions are shut, which wakes whoever reads."""
        with self._mutex:
            if self._is_dead:
                return
            self._is_dead = True
            self._queue.clear()
            self._queued_bytes = 0
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            logger.debug("The socket was closed already")
        self._on_dead()

    def join(self, timeout_s: float) -> None:
        """Wait until nothing is being sent any more."""
        writer = self._writer
        if writer is not None and writer is not threading.current_thread():
            writer.join(timeout_s)

    @property
    def is_dead(self) -> bool:
        return self._is_dead

    def _has_room(self, size_bytes: int, must: bool) -> bool:
        if must:
            return self._queued_bytes + size_bytes <= self._limits.most_bytes
        return len(self._queue) < self._limits.frames and self._queued_bytes + size_bytes <= self._limits.size_bytes

    def _enqueue(self, part: memoryview) -> None:
        self._queue.append(part)
        self._queued_bytes += part.nbytes
        if self._writer is None:
            self._full_since = time.monotonic()
            self._writer = threading.Thread(target=self._write_waiting, name="socket-writer", daemon=True)
            self._writer.start()

    def _send_now(self, part: Any) -> int | None:
        """How many bytes the kernel took just now; None when the connection is broken.

        sendmsg with MSG_DONTWAIT never waits, on plain sockets and on gevent's. TLS has no such call.
        """
        if self._is_tls:
            return 0
        try:
            return self._sock.sendmsg((part,), (), socket.MSG_DONTWAIT)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError:
            return None

    def _write_waiting(self) -> None:
        """Send what waits, until nothing does or the peer takes nothing for too long."""
        send = self._send_tls if self._is_tls else self._send_some
        while send():
            pass
        with self._mutex:
            was_refused, self._was_refused = self._was_refused, False
        if was_refused:
            self._on_drained()

    def _send_some(self) -> bool:
        """Wait for room in the kernel and use it; False when nothing waits any more or the peer was given up."""
        if not self._wait_for_room():
            self.die()
            return False
        with self._mutex:
            while self._queue:
                taken = self._send_now(self._queue[0])
                if not taken:
                    break
                self._took(taken)
            if not self._queue:
                self._rest()
                return False
        if taken is None:
            self.die()
            return False
        return True

    def _send_tls(self) -> bool:
        with self._mutex:
            if not self._queue:
                self._rest()
                return False
            part = self._queue[0]
        try:
            self._sock.sendall(part)
        except OSError:
            self.die()
            return False
        with self._mutex:
            if self._queue:
                self._took(part.nbytes)
        return True

    def _took(self, size_bytes: int) -> None:
        part = self._queue[0]
        self._queued_bytes -= size_bytes
        if size_bytes == part.nbytes:
            self._queue.popleft()
        else:
            self._queue[0] = part[size_bytes:]

    def _rest(self) -> None:
        self._writer = None
        self._full_since = None

    def _wait_for_room(self) -> bool:
        poller = select.poll()
        try:
            poller.register(self._sock.fileno(), select.POLLOUT)
            return bool(poller.poll(self._limits.stuck_s * 1000))
        except (OSError, ValueError):
            return False
