"""Several watches' batches in one frame, no faster than the page draws them.

A browser looks through all that is on a page for each frame, whatever it changes, so a page that watches much is told
of several changes at once. With each frame it is asked for a sign that it has drawn it: a slow machine is shown each
change later and fewer of them, but what it shows is never old.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from itertools import islice
from typing import TypeAlias

Later: TypeAlias = Callable[[float, Callable[[], None]], None]
"""Has a short job run so many seconds from now, on some thread."""

AT_ONCE = 7
"""Wholes in one frame: what a slow machine draws without a pause that somebody would feel."""

MOST_HELD = 500
"""With so many waiting there is no room for more."""

PATIENCE_S = 10.0
"""After so long without its sign a page is shown the next frame all the same."""


class Newest(bytes):
    """A piece that makes an earlier one of the same `whole` and `part` needless. The parts of a whole go together."""

    whole: str
    part: str

    @classmethod
    def of(cls, whole: str, part: str, piece: bytes) -> Newest:
        newest = cls(piece)
        newest.whole, newest.part = whole, part
        return newest


class Gatherer:
    """Holds what it takes for `within_s`, then hands it to `send`, in the order it came. What is replaced by something
    newer keeps its place, so that nobody's turn is put off.

    `send` says whether there was room. While there is none nothing is taken any more, and what is held waits for
    `resume`: so nothing that was taken is lost while the page lives. `ask` asks the page to say when it has drawn what
    it was sent; until then (`is_drawn`), and for as long again, it rests. Without `ask` it only rests `within_s`.
    """

    def __init__(
        self,
        send: Callable[[Sequence[bytes]], bool],
        later: Later,
        within_s: float,
        *,
        ask: Callable[[], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._send = send
        self._later = later
        self._within_s = within_s
        self._ask = ask
        self._clock = clock
        self._mutex = threading.Lock()
        self._held: dict[object, dict[str, bytes]] = {}
        """The wholes that wait, each by its parts."""
        self._is_due = False
        self._is_stuck = False
        self._asked_at: float | None = None

    def take(self, pieces: Sequence[bytes]) -> bool:
        """A sink for a watch. False: no room, nothing was taken."""
        with self._mutex:
            if self._is_stuck or len(self._held) >= MOST_HELD:
                self._is_stuck = True
                return False
            for piece in pieces:
                whole, part = (piece.whole, piece.part) if isinstance(piece, Newest) else (object(), "")
                self._held.setdefault(whole, {})[part] = piece
            wait_s = self._wait_s()
        self._hand_on_in(wait_s)
        return True

    def is_drawn(self) -> bool:
        """The page has drawn what it was sent. True where somebody found no room meanwhile, and now may."""
        with self._mutex:
            took_s = 0.0 if self._asked_at is None else self._clock() - self._asked_at
            self._asked_at = None
            was_stuck, self._is_stuck = self._is_stuck, False
            wait_s = self._wait_s(took_s)
        self._hand_on_in(wait_s)
        return was_stuck

    def resume(self) -> None:
        """The socket has room again."""
        with self._mutex:
            self._is_stuck = False
            wait_s = self._wait_s()
        self._hand_on_in(wait_s)

    def _wait_s(self, took_s: float = 0.0) -> float | None:
        """In how long the next frame is due, after one that took so long; None while that is settled, or not known."""
        is_asking = self._asked_at is not None and self._clock() - self._asked_at < PATIENCE_S
        if not self._held or self._is_due or self._is_stuck or is_asking:
            return None
        self._is_due = True
        return max(self._within_s - took_s, took_s)

    def _hand_on_in(self, wait_s: float | None) -> None:
        if wait_s is not None:
            self._later(wait_s, self._hand_on)

    def _hand_on(self) -> None:
        with self._mutex:
            self._is_due = False
            frame = dict(islice(self._held.items(), AT_ONCE))
            if not self._send([piece for parts in frame.values() for piece in parts.values()]):
                self._is_stuck = True
                return
            for whole in frame:
                del self._held[whole]
            if self._ask is not None:
                self._asked_at = self._clock()
            wait_s = self._wait_s()
        if self._ask is not None:
            self._ask()
        self._hand_on_in(wait_s)
