"""Two feeds against each other: which numbers belong together, and the straight line through them."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from domain.readings import Feed


@dataclass(frozen=True, slots=True)
class Pairs:
    """Numbers of two feeds, pair by pair, ascending in time; the columns are equally long.

    `bucket_us` 0: both are of the instant `at`. Else each pair is the two means of the stretch of that length which
    begins at `at`.
    """

    x: Feed
    y: Feed
    at: list[int] = field(default_factory=list)
    across: list[float] = field(default_factory=list)
    up: list[float] = field(default_factory=list)
    bucket_us: int = 0

    def __len__(self) -> int:
        return len(self.at)

    def thinned(self, most: int) -> Pairs:
        """At most so many of the pairs (five at least): evenly taken, with the outermost of both directions."""
        outermost = {
            choose(range(len(self)), key=column.__getitem__)
            for column in (self.across, self.up)
            for choose in (min, max)
            if column
        }
        kept = evenly(len(self), most, outermost)
        across, up = ([column[place] for place in kept] for column in (self.across, self.up))
        return Pairs(self.x, self.y, [self.at[place] for place in kept], across, up, self.bucket_us)


@dataclass(frozen=True, slots=True)
class Fit:
    """The line `y = intercept + slope · x` from which the squares of the distances upwards are least.

    `r` is Pearson's coefficient of correlation; None where all `y` are the same.
    """

    slope: float
    intercept: float
    r: float | None


def least_squares(across: Sequence[float], up: Sequence[float]) -> Fit | None:
    """The line through the pairs; None for fewer than two, where all `x` are the same, or where no float holds it.

    Both columns are brought to the size of 1 by a power of two, which loses nothing, and centred twice, so that large
    and far away numbers are as exact as others (Chan, Golub and LeVeque, The American Statistician 37, 1983).
    """
    if not across or min(across) == max(across):
        return None
    x_unit, y_unit = _unit(across), _unit(up)
    x_middle, from_x = _centred([number / x_unit for number in across])
    y_middle, from_y = _centred([number / y_unit for number in up])
    squares_x, squares_y = (math.fsum(each * each for each in column) for column in (from_x, from_y))
    products = math.fsum(map(float.__mul__, from_x, from_y))
    varies = min(up) != max(up) and squares_y > 0
    if not squares_x:
        return None
    slope = products / squares_x if varies else 0.0
    r = products / (math.sqrt(squares_x) * math.sqrt(squares_y)) if varies else None
    line = Fit(
        slope * (y_unit / x_unit) if varies else 0.0,
        y_unit * (y_middle - slope * x_middle),
        None if r is None else max(-1.0, min(1.0, r)),
    )
    return line if math.isfinite(line.slope) and math.isfinite(line.intercept) else None


def evenly(count: int, most: int, always: Collection[int] = ()) -> list[int]:
    """Places among `count`, ascending: all where they are at most `most`, else every k-th and those in `always`."""
    if count <= most:
        return list(range(count))
    step = -(-count // max(1, most - len(always)))
    return sorted({*range(0, count, step), *always})


def _unit(numbers: Sequence[float]) -> float:
    """The power of two next to the largest of them."""
    largest = max(map(abs, numbers))
    return math.ldexp(1.0, min(1022, math.frexp(largest)[1])) if largest else 1.0


def _centred(numbers: Sequence[float]) -> tuple[float, list[float]]:
    """Their mean, and how far each is from it."""
    about = math.fsum(numbers) / len(numbers)
    offsets = [number - about for number in numbers]
    rest = math.fsum(offsets) / len(offsets)
    return about + rest, [offset - rest for offset in offsets]
