"""How often a channel takes a message, where each must keep its distance from the one before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from domain.errors import TooFast

REMEMBERED = 20_000
"""Channels in memory; the one that took a message longest ago goes first."""


class Pace:
    """When each channel last took a message of each sort, in this process. What is refused does not count.

    Instants are seconds of a monotonic clock.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._taken: OrderedDict[Hashable, float] = OrderedDict()
        self._mutex = Lock()

    def take(self, whose: Hashable, least_s: float) -> float | None:
        """Take a message in now; returns when the one before of the same channel and sort was. Raises TooFast."""
        with self._mutex:
            now, before = self._monotonic(), self._taken.get(whose)
            if before is not None and now - before < least_s:
                raise TooFast(
                    f"The last update came {now - before:.2f} s before; this channel takes one in {least_s:g} s.",
                    hint="Send more rarely, let the channel take more on its settings page, or send several at once.",
                    retry_after_s=least_s - (now - before),
                )
            self._taken[whose] = now
            self._taken.move_to_end(whose)
            while len(self._taken) > REMEMBERED:
                self._taken.popitem(last=False)
            return before

    def give_back(self, whose: Hashable, before: float | None) -> None:
        """The message was refused after all."""
        with self._mutex:
            if before is None:
                self._taken.pop(whose, None)
            else:
                self._taken[whose] = before
