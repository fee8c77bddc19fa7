"""How much a channel or a course holds: readings, and roughly the bytes they take on the server's disk."""

from __future__ import annotations

from dataclasses import dataclass

from domain.readings import Feed

UNITS = ("bytes", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True)
class Stored:
    """`readings` that are there, `removed` ones that can be put back, and about how many bytes all of it takes."""

    readings: int = 0
    removed: int = 0
    size_bytes: int = 0

    def __add__(self, other: Stored) -> Stored:
        together = (self.readings + other.readings, self.removed + other.removed, self.size_bytes + other.size_bytes)
        return Stored(*together)


@dataclass(frozen=True, slots=True)
class FeedStored:
    """What one feed holds; the instants are None where it holds nothing."""

    feed: Feed
    stored: Stored
    first_at: int | None
    last_at: int | None


def size_in_words(size_bytes: int) -> str:
    """`0 bytes`, `940 kB`, `12.4 MB`: to three digits at most."""
    size, place = float(size_bytes), 0
    while size >= 999.5 and place < len(UNITS) - 1:
        size, place = size / 1000, place + 1
    digits = f"{size:.0f}" if place == 0 or size >= 99.95 else f"{size:.1f}".removesuffix(".0")
    return f"{digits} {UNITS[place]}"


def count_in_words(count: int) -> str:
    """`1 204 300`: digits in threes, with narrow blanks that do not break."""
    return f"{count:,}".replace(",", "\u202f")


def short_count(count: int) -> str:
    """`940`, `12.4k`, `1.2M`: for narrow columns."""
    for power, letter in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if count >= power * 0.9995:
            return f"{count / power:.3g}{letter}"
    return str(count)
