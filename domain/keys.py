"""What a key looks like: 16 characters of 0-9 and A-Z, the last two a checksum, so a typo is answered at once."""

from __future__ import annotations

from collections.abc import Callable

from domain.timespan import DAY, HOUR, OfferedLength

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LENGTH = 16
RANDOM = 14
_MODULUS = 1_291  # the largest prime below 36², so every single typo and every swap of neighbours is noticed
_WEIGHT = 37


class Grace(OfferedLength):
    """How long a key still works once another has taken its place."""

    NONE = ("now", 0, "Now")
    HOUR_1 = ("1h", HOUR, "In 1 hour")
    DAY_1 = ("1d", DAY, "In 1 day")
    DAY_7 = ("7d", 7 * DAY, "In 1 week")

    @classmethod
    def from_word(cls, word: str | None) -> Grace:
        """The grace of that word; a day where the word is missing or unknown."""
        return next((grace for grace in cls if grace.word == word), cls.DAY_1)


def new_key(choose: Callable[[str], str]) -> str:
    """A new key; `choose` picks one of the characters given, from a source nobody can guess (`secrets.choice`)."""
    body = "".join(choose(ALPHABET) for _ in range(RANDOM))
    return body + _checksum(body)


def is_well_formed(key: str) -> bool:
    """Whether this can be a key of ours at all: length, characters and checksum."""
    return len(key) == LENGTH and all(char in ALPHABET for char in key) and _checksum(key[:RANDOM]) == key[RANDOM:]


def _checksum(body: str) -> str:
    total = 0
    for char in body:
        total = (total * _WEIGHT + ALPHABET.index(char) + 1) % _MODULUS
    return ALPHABET[total // 36] + ALPHABET[total % 36]
