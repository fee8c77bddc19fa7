"""Chance that can be asked again: the same seed, stream and moment always give the same number.

A generator with a state could not be asked for "yesterday at noon"; a hash of the moment can.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from zlib import crc32

SECONDS_A_DAY = 86_400
BITS_64 = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Scene:
    """Where the play is set: the seed of all chance, and how far the classroom's clock is from UTC."""

    seed: int
    utc_offset_s: int = 0


def chance(scene: Scene, stream: str, index: int) -> float:
    """A number from 0 (included) to 1 (excluded), evenly spread, fixed by scene, stream and index."""
    return _scramble(_stream_start(scene.seed, stream) + index * 0x9E3779B97F4A7C15) / (BITS_64 + 1)


def between(scene: Scene, stream: str, index: int, low: float, high: float) -> float:
    """Like `chance`, from `low` to `high`."""
    return low + (high - low) * chance(scene, stream, index)


def pick(scene: Scene, stream: str, index: int, words: tuple[str, ...]) -> str:
    """One of the words, each as likely as any other."""
    return words[int(chance(scene, stream, index) * len(words))]


def hiss(scene: Scene, stream: str, at_s: float) -> float:
    """A sensor's noise at that millisecond: mean 0, standard deviation 1, never beyond 3.5."""
    index = 4 * round(at_s * 1000)
    evenly = sum(chance(scene, stream, index + step) for step in range(4))
    return (evenly - 2.0) * math.sqrt(3.0)


def wander(scene: Scene, stream: str, at_s: float, period_s: float) -> float:
    """A smooth aimless curve between -1 and 1 that turns about once a period, with a finer ripple on it."""
    return 0.75 * _smooth(scene, stream, at_s / period_s) + 0.25 * _smooth(scene, stream, 3.7 * at_s / period_s + 0.5)


def slot(at_s: float, length_s: float) -> tuple[int, float]:
    """Which slot of that length the moment is in, and how many seconds into it."""
    index = math.floor(at_s / length_s)
    return index, at_s - index * length_s


def hour_of_day(scene: Scene, at_s: float) -> float:
    """The classroom's hour, 0 to 24."""
    return (at_s + scene.utc_offset_s) % SECONDS_A_DAY / 3600


def _smooth(scene: Scene, stream: str, position: float) -> float:
    left = math.floor(position)
    along = position - left
    eased = along * along * (3 - 2 * along)
    low, high = chance(scene, stream, left), chance(scene, stream, left + 1)
    return 2 * (low + (high - low) * eased) - 1


@cache
def _stream_start(seed: int, stream: str) -> int:
    return _scramble(seed + (crc32(stream.encode()) << 32))


def _scramble(number: int) -> int:
    """The finalizer of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input moves half of the output's."""
    number &= BITS_64
    number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9 & BITS_64
    number = (number ^ (number >> 27)) * 0x94D049BB133111EB & BITS_64
    return number ^ (number >> 31)
