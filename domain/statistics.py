"""What a feed's readings in a span come to: counts, mean, deviation, extremes, rate, gaps, and how long each word held.

What could not be worked out is None, with the reason beside it; it is never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from domain.readings import Feed, Point
from domain.timespan import MINUTE

QUIET_INTERVALS = 3
"""What a feed said holds no longer than this many of its intervals; then nothing is known until it speaks again."""

LATEST_GAPS = 20
UNKNOWN_HOLD = 3 * MINUTE


@dataclass(frozen=True, slots=True)
class NumberStatistics:
    """Of `n` numbers, at least one.

    `deviation` is the standard deviation of a sample (divided by n - 1). `rate` is what the last number is above the
    first, per minute. Both need two numbers. A `mean` of None: the numbers are so large that they cannot be added up.
    """

    n: int
    mean: float | None
    deviation: float | None
    low: float
    high: float
    rate: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """How often a word came, and for how many µs it is known to have held."""

    word: str
    n: int
    held: int


@dataclass(frozen=True, slots=True)
class WordStatistics:
    """Of `n` words, `distinct` different ones: the longest held first, of very many only some.

    `known` is for how many µs of the span any word held: shares of time are shares of it.
    """

    n: int
    distinct: int
    shares: tuple[Share, ...]
    known: int

    def share(self, share: Share) -> float:
        """0 to 1; 0 where nothing is known."""
        return share.held / self.known if self.known else 0.0


@dataclass(frozen=True, slots=True)
class FeedStatistics:
    """One feed over a span; `n` counts all its readings. Without a reading `last` and all else is None.

    `longest_gap` is the longest time in µs between two neighbouring readings in the span. `left_out` says in a sentence
    what was not worked out and why; empty where nothing was left out.
    """

    feed: Feed
    n: int
    last: Point | None = None
    longest_gap: int | None = None
    numbers: NumberStatistics | None = None
    words: WordStatistics | None = None
    left_out: str = ""


def hold_us(latest: Sequence[int], interval_s: float | None) -> int:
    """How long what a feed said holds: three times its interval.

    Its interval is the median gap between its latest readings, but never under the channel's expected one: a feed that
    speaks with every third message is not silent in between, and neither is one that sent a burst.
    """
    gaps = [later - earlier for earlier, later in pairwise(sorted(latest)[-LATEST_GAPS - 1 :])]
    usual = max(median(gaps) if gaps else 0, (interval_s or 0) * 1e6)
    return int(usual * QUIET_INTERVALS) or UNKNOWN_HOLD
