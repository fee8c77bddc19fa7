"""Where a feed is heading: the change over the last minutes before its newest number."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from domain.timespan import MINUTE, SECOND

OVER = 5 * MINUTE
"""A trend looks back so far, or less where less is known."""


@dataclass(frozen=True, slots=True)
class Trend:
    """From the number `before` to the one `now`, in so many µs."""

    before: float
    now: float
    over: int

    @property
    def change(self) -> float:
        return self.now - self.before

    @property
    def per_minute(self) -> float:
        return self.change * MINUTE / self.over

    def is_steady(self, decimals: int | None = None) -> bool:
        """Whether the change rounds to nothing in numbers with so many decimals; None: with four digits."""
        if decimals is None:
            largest = max(abs(self.before), abs(self.now))
            decimals = max(0, 3 - math.floor(math.log10(largest))) if largest else 0
        return float(f"{self.change:.{decimals}f}") == 0


class Lately:
    """The newest numbers of a feed, as far back as its trend looks; it grows as more come.

    Of means of so many µs it looks back to the one before at least.
    """

    def __init__(self, points: Iterable[tuple[int, float | None]] = (), bucket_us: int = 0) -> None:
        self._over = max(OVER, bucket_us)
        self._numbers: deque[tuple[int, float]] = deque()
        self.add(points)

    def add(self, points: Iterable[tuple[int, float | None]]) -> None:
        """Instants with their numbers, ascending; words and what came late are passed over."""
        for at, value in points:
            if value is not None and (not self._numbers or at > self._numbers[-1][0]):
                self._numbers.append((at, value))
        while self._numbers and self._numbers[0][0] < self._numbers[-1][0] - self._over:
            self._numbers.popleft()

    def trend(self, since: int) -> Trend | None:
        """The trend now; None of fewer than two numbers, and where the newest is from before `since`."""
        if len(self._numbers) < 2 or self._numbers[-1][0] < since:
            return None
        (began, before), (ended, now) = self._numbers[0], self._numbers[-1]
        return Trend(before, now, ended - began) if math.isfinite(now - before) else None


def length_about(over: int) -> str:
    """`5 minutes`, `40 seconds`: to the minute from a minute and a half on."""
    unit, length = ("second", SECOND) if over < 3 * MINUTE // 2 else ("minute", MINUTE)
    count = max(1, round(over / length))
    return f"{count} {unit}{'' if count == 1 else 's'}"
