"""What a personal token looks like, what it reaches, and how long it may last.

`lfp_`, 40 random characters of 0-9, A-Z and a-z (238 bits), then 6 of checksum (CRC-32): it is recognised at a glance,
found by secret scanners without false alarms, and a typo is answered without the database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from zlib import crc32

from domain.roles import Act
from domain.timespan import DAY, OfferedLength

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PREFIX = "lfp_"
RANDOM = 40
CHECKSUM = 6
LENGTH = len(PREFIX) + RANDOM + CHECKSUM

_form = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM + CHECKSUM}}}").fullmatch


class Scope(StrEnum):
    """What a token is made for."""

    READ = "read"
    WRITE = "write"
    MANAGE = "manage"


REACHES: Mapping[Scope, frozenset[Act]] = MappingProxyType(
    {
        Scope.READ: frozenset({Act.SEE, Act.SEE_PEOPLE}),
        Scope.WRITE: frozenset({Act.CONTRIBUTE}),
        Scope.MANAGE: frozenset({Act.SEE, Act.SEE_PEOPLE, Act.CONTRIBUTE, Act.CONTROL}),
    }
)
"""How far each scope reaches; a token never does more than its owner may, and never what an admin may."""


class Life(OfferedLength):
    """How long a token may last."""

    DAY_1 = ("1d", DAY, "1 day")
    DAY_7 = ("7d", 7 * DAY, "1 week")
    DAY_30 = ("30d", 30 * DAY, "30 days")
    DAY_90 = ("90d", 90 * DAY, "90 days")
    DAY_365 = ("365d", 365 * DAY, "1 year")

    @classmethod
    def from_word(cls, word: str | None) -> Life:
        """The life of that word; 30 days where the word is missing or unknown."""
        return next((life for life in cls if life.word == word), cls.DAY_30)


def new_token(choose: Callable[[str], str]) -> str:
    """A new token; `choose` picks one of the characters given, from a source nobody can guess (`secrets.choice`)."""
    body = "".join(choose(ALPHABET) for _ in range(RANDOM))
    return PREFIX + body + _checksum(body)


def is_token(written: str) -> bool:
    """Whether this is meant to be a personal token, rightly written or not. No key of a channel looks like one."""
    return written.startswith(PREFIX)


def is_well_formed(written: str) -> bool:
    """Whether this can be a token of ours at all: length, characters and checksum."""
    return _form(written) is not None and _checksum(written[len(PREFIX) : -CHECKSUM]) == written[-CHECKSUM:]


def reach_of(scopes: Collection[Scope]) -> frozenset[Act]:
    """What these scopes reach together."""
    return frozenset().union(*(REACHES[scope] for scope in scopes))


def _checksum(body: str) -> str:
    number, signs = crc32(body.encode()), ""
    for _ in range(CHECKSUM):
        number, place = divmod(number, len(ALPHABET))
        signs = ALPHABET[place] + signs
    return signs
