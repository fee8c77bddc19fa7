"""How the readings of a feed are spread: which bins there are, and what share of the readings each word has."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import quantiles

from domain.readings import Feed

MOST_BINS = 80
CHOICES = (10, 20, 40, MOST_BINS)
"""Numbers of bins to choose from."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """The numbers of a feed: `counts[i]` of them are at least `edges[i]` and below `edges[i + 1]`.

    The last bin holds its upper edge as well. Without edges there is no number, or (`n` > 0) there are too many to be
    counted one by one.
    """

    feed: Feed
    n: int = 0
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()

    @property
    def is_counted(self) -> bool:
        return bool(self.counts)


@dataclass(frozen=True, slots=True)
class WordShares:
    """The words of a feed: how many readings, how many different words, and the most frequent ones with their counts.

    Without words there is none, or (`n` > 0) there are too many readings to be counted one by one: then `n` is a lower
    bound.
    """

    feed: Feed
    n: int = 0
    distinct: int = 0
    words: tuple[tuple[str, int], ...] = ()


Spread = Histogram | WordShares


def equal_edges(low: float, high: float, bins: int) -> tuple[float, ...]:
    """The edges of so many bins of one width from `low` to `high`; fewer where floats tell no more of them apart.

    Where both are the same it is one bin that begins and ends there.
    """
    if low == high:
        return (low, high)
    shares = (place / bins for place in range(1, bins))
    inner = {edge for share in shares if low < (edge := low * (1 - share) + high * share) < high}
    return (low, *sorted(inner), high)


def round_edges(low: float, high: float, n: int, sample: Sequence[float]) -> tuple[float, ...]:
    """The edges of bins with round bounds that hold all from `low` to `high`, the last of them above `high`.

    Their width is the one of Freedman and Diaconis (1981), twice the quartiles' distance over the cube root of `n`,
    rounded down to 1, 2 or 5 of some power of ten. `sample`: some of the numbers, for their quartiles. Bins
    are never narrower than the steps in which the numbers come, and at most MOST_BINS.
    """
    if low == high:
        return (low, high)
    width = max(_wanted_width(low, high, n, sample), high / MOST_BINS - low / MOST_BINS, _resolution(sample))
    for step in _round_steps(width):
        edges = _edges(low, high, step)
        if len(edges) <= MOST_BINS + 1:
            return edges if _ascends(edges) and edges[0] <= low and edges[-1] > high else equal_edges(low, high, 10)
    return equal_edges(low, high, 10)


def _wanted_width(low: float, high: float, n: int, sample: Sequence[float]) -> float:
    """Where the quartiles do not differ it is the width by Sturges' rule (1926)."""
    lower, _, upper = quantiles(sample, n=4, method="inclusive") if len(sample) > 1 else (0.0, 0.0, 0.0)
    width = 2 * (upper - lower) / n ** (1 / 3)
    usual = 1 + math.log2(max(2, n))
    return width if math.isfinite(width) and width > 0 else high / usual - low / usual


def _resolution(sample: Sequence[float]) -> float:
    """The power of ten of which all are whole multiples; 0 where it is less than a thousandth.

    Bins narrower than a sensor's steps would show its steps alone.
    """
    return next((10.0**-digits for digits in range(4) if all(round(each, digits) == each for each in sample)), 0.0)


def _round_steps(width: float) -> list[Callable[[int], float]]:
    """The k-th multiples of round widths, from the one just at or below `width` on: each the float next to the decimal.

    (0.3 is the third multiple of 0.1; three times 0.1 as floats is not.)
    """
    power = math.floor(math.log10(width)) if width > 0 else 0
    steps = [_multiples(digit, power + more) for more in range(-1, 3) for digit in (1, 2, 5)]
    below = [place for place, step in enumerate(steps) if step(1) <= width * (1 + 1e-9)]
    return steps[below[-1] if below else 0 :]


def _multiples(digit: int, exponent: int) -> Callable[[int], float]:
    def multiple(place: int) -> float:
        whole = place * digit
        try:
            return float(whole * 10**exponent) if exponent >= 0 else whole / 10**-exponent
        except OverflowError:
            return math.copysign(math.inf, whole)

    return multiple


def _edges(low: float, high: float, multiple: Callable[[int], float]) -> tuple[float, ...]:
    width = multiple(1)
    place = math.floor(low / width) if width else 0
    while multiple(place) > low:
        place -= 1
    found = [multiple(place)]
    while found[-1] <= high and len(found) <= MOST_BINS + 1:
        place += 1
        found.append(multiple(place))
    return tuple(found)


def _ascends(edges: Sequence[float]) -> bool:
    return all(map(float.__lt__, edges, edges[1:])) and all(map(math.isfinite, edges))
