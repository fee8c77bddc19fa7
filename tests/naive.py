"""Every figure the slow way: over all readings of a feed, by its definition and with exact fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from statistics import median, stdev

import pytest

from domain.selection import Smooth
from domain.timespan import MINUTE, TimeSpan

Rows = Sequence[tuple[int, float]]
"""(at, number), in the order of time."""


def mean(numbers: Sequence[float]) -> float:
    """The true mean, rounded once."""
    return float(sum(map(Fraction, numbers)) / len(numbers))


def rate(rows: Rows) -> float | None:
    """What the last is above the first, per minute."""
    (first_at, first), (last_at, last) = rows[0], rows[-1]
    return (last - first) / ((last_at - first_at) / MINUTE) if last_at > first_at else None


def within(rows: Rows, span: TimeSpan) -> list[tuple[int, float]]:
    return [row for row in rows if span.start <= row[0] < span.end]


def smoothed_at(rows: Rows, instant: int, how: Smooth, window: int) -> float | None:
    """Over the readings in (instant - window, instant]; None where there is none."""
    inside = within(rows, TimeSpan(instant - window + 1, instant + 1))
    if not inside:
        return None
    if how is Smooth.RATE:
        return rate(inside)
    numbers = [number for _, number in inside]
    return mean(numbers) if how is Smooth.MEAN else median(numbers)


def deviation(rows: Rows) -> float | None:
    """The standard deviation of a sample."""
    return float(stdev(Fraction(number) for _, number in rows)) if len(rows) > 1 else None


def longest_gap(instants: Sequence[int]) -> int | None:
    return max((later - earlier for earlier, later in pairwise(sorted(instants))), default=None)


def close(expected: Sequence[float | None]) -> list:
    """For comparing figures that were rounded more than once; None equals None alone."""
    return [None if each is None else pytest.approx(each, rel=1e-9, abs=1e-6) for each in expected]


def held(rows: Sequence[tuple[int, str | None]], span: TimeSpan, hold: int, until: int) -> dict[str, int]:
    """For how many µs of the span each word held: a word (None is a number) until the next reading, at most `hold`."""
    found: dict[str, int] = {}
    for place, (at, word) in enumerate(rows):
        after = rows[place + 1][0] if place + 1 < len(rows) else until
        length = min(after, at + hold, until, span.end) - max(at, span.start)
        if word is not None and length > 0:
            found[word] = found.get(word, 0) + length
    return found
