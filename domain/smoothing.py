"""Smoothed lines: the mean, the median or the rate of change over a window that ends with each reading.

The window of a reading at `t` is (t - window, t]: the reading itself is always in it, one just a window ago is not.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from domain.selection import Smooth
from domain.timespan import MINUTE


@dataclass(frozen=True, slots=True)
class Line:
    """A smoothed line, ascending in time; the columns are equally long. A value of None draws nothing."""

    at: list[int] = field(default_factory=list)
    value: list[float | None] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.at)

    def add(self, at: int, value: float | None) -> None:
        self.at.append(at)
        self.value.append(value)


def smoothed(
    at: Sequence[int], value: Sequence[float | None], how: Smooth, window: int, since: int
) -> list[float | None]:
    """One value for each of the readings at `since` or later; earlier ones only fill the windows.

    `at` is strictly ascending. A reading without a number (a word) is in no window and has None. A mean is the true
    mean, rounded once; a median of an even number lies midway between the middle two; a rate is what the last number of
    the window is above the first, per minute, and None where the window holds but one.
    """
    numbers = [(instant, number) for instant, number in zip(at, value, strict=True) if number is not None]
    instants, values = [row[0] for row in numbers], [row[1] for row in numbers]
    found = dict(zip(instants, WAYS[how](values, instants, window), strict=True))
    return [found.get(instant) for instant in at if instant >= since]


def rate_per_minute(first: float, last: float, elapsed: int) -> float | None:
    """By how much a quantity grew per minute; None where no time passed, or no number says it."""
    if not elapsed:
        return None
    rate = (last - first) / (elapsed / MINUTE)
    return rate if math.isfinite(rate) else None


def thinned(line: Line, width: int) -> Line:
    """The line's lowest and highest point in each stretch of `width` µs, and its newest point."""
    kept: set[int] = {len(line) - 1} if line.at else set()
    for places in _stretches(line.at, width):
        known = [(line.value[place], place) for place in places if line.value[place] is not None]
        kept |= {min(known)[1], max(known)[1]} if known else {places[0]}
    order = sorted(kept)
    return Line([line.at[place] for place in order], [line.value[place] for place in order])


def exact_sums(values: Sequence[float]) -> tuple[list[int], int]:
    """(sums, scale): the first k numbers together are exactly sums[k] / scale.

    Every number is a whole multiple of one power of two, and Python's integers are long. Raises OverflowError for an
    infinite one.
    """
    scale = max((number.as_integer_ratio()[1] for number in values), default=1)
    return [0, *accumulate(_multiple(number, scale) for number in values)], scale


def _means(values: Sequence[float], at: Sequence[int], window: int) -> Iterator[float | None]:
    sums, scale = exact_sums(values)
    for first, last in _windows(at, window):
        yield (sums[last + 1] - sums[first]) / ((last + 1 - first) * scale)


def _multiple(number: float, scale: int) -> int:
    above, below = number.as_integer_ratio()
    return above * (scale // below)


def _medians(values: Sequence[float], at: Sequence[int], window: int) -> Iterator[float | None]:
    ordered: list[float] = []
    begin = 0
    for first, last in _windows(at, window):
        insort(ordered, values[last])
        for gone in range(begin, first):
            del ordered[bisect_left(ordered, values[gone])]
        begin, middle = first, len(ordered) // 2
        yield ordered[middle] if len(ordered) % 2 else _midway(ordered[middle - 1], ordered[middle])


def _midway(low: float, high: float) -> float:
    both = low + high
    return both / 2 if math.isfinite(both) else low / 2 + high / 2


def _rates(values: Sequence[float], at: Sequence[int], window: int) -> Iterator[float | None]:
    for first, last in _windows(at, window):
        yield rate_per_minute(values[first], values[last], at[last] - at[first])


WAYS: dict[Smooth, Callable[[Sequence[float], Sequence[int], int], Iterator[float | None]]] = {
    Smooth.MEAN: _means,
    Smooth.MEDIAN: _medians,
    Smooth.RATE: _rates,
}


def _windows(at: Sequence[int], window: int) -> Iterator[tuple[int, int]]:
    """For each reading the places of the first and the last one in its window."""
    first = 0
    for last, instant in enumerate(at):
        while at[first] <= instant - window:
            first += 1
        yield first, last


def _stretches(at: Sequence[int], width: int) -> Iterator[range]:
    """The places that lie in the same stretch of `width` µs."""
    begin = 0
    for place in range(1, len(at) + 1):
        if place == len(at) or at[place] // width != at[begin] // width:
            yield range(begin, place)
            begin = place
