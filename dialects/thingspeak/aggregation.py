"""ThingSpeak's arithmetic on rows of texts: put together in buckets of time, then sifted, then rounded.

Buckets are counted from 1970 in UTC, whatever the zone. What is no number by ThingSpeak's measure counts as none here,
also where our own feeds would take it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from math import fsum
from statistics import median

from domain.readings import Position
from domain.spelling import number_from
from domain.timespan import MINUTE

SIZES = frozenset({10, 15, 20, 30, 60, 240, 720, 1440})
"""Widths of buckets that may be asked for, in minutes."""

DAILY = 1440

LONGEST_NUMBER = 255
"""Characters; ThingSpeak keeps no longer texts."""

MOST_BUCKETS = 50_000
"""Of more, the newest are told: two entries a century apart would make millions of empty ones."""

_number = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?").fullmatch


@dataclass(frozen=True, slots=True)
class Row:
    """An entry with the texts of its fields, in the order of the columns; a bucket has no number."""

    at: int
    values: tuple[str | None, ...]
    entry_id: int | None = None
    status: str | None = None
    position: Position | None = None


class How(StrEnum):
    """How the rows of a bucket become one; the first that is asked for counts."""

    TIMESCALE = "timescale"
    SUM = "sum"
    AVERAGE = "average"
    MEDIAN = "median"


def minutes_from(written: str | None) -> int | None:
    """The width of buckets that is asked for; None for one that is not offered."""
    if written == "daily":
        return DAILY
    found = int(written) if written and written.isascii() and written.isdecimal() and len(written) < 6 else 0
    return found if found in SIZES else None


def aggregated(rows: Sequence[Row], how: How, minutes: int, *, by_rows: bool = False) -> list[Row]:
    """The rows, ascending in time, as a row for each bucket from the first to the last of them.

    Its instant is the bucket's start. A bucket without rows has no values; of very many the newest are given. An
    average is that of the numbers; `by_rows` it is their sum by the number of rows, as ThingSpeak has it: too small
    where boards send different fields.
    """
    if not rows:
        return []
    width = minutes * MINUTE
    together = _Together(how, by_rows)
    full = {
        start: together.row(start, list(within))
        for start, within in groupby(rows, key=lambda row: row.at - row.at % width)
    }
    last = max(full)
    first = max(min(full), last - (MOST_BUCKETS - 1) * width)
    nothing = (None,) * len(rows[0].values)
    return [full.get(start) or Row(start, nothing) for start in range(first, last + 1, width)]


def sifted(rows: Iterable[Row], least: float | None, most: float | None) -> list[Row]:
    """Without the rows in which any number is below `least` or above `most`; those without numbers stay."""

    def is_within(text: str | None) -> bool:
        number = None if text is None else number_from(text)
        return number is None or ((least is None or number >= least) and (most is None or number <= most))

    return [row for row in rows if all(map(is_within, row.values))]


def rounded(rows: Iterable[Row], decimals: int) -> list[Row]:
    """With every number written with so many decimals; one with a comma keeps it."""
    return [replace(row, values=tuple(_rounded(text, decimals) for text in row.values)) for row in rows]


def number_in(text: str | None) -> float | None:
    """The number that a text is: digits with or without a sign and decimals, after a point or a comma; else None."""
    if text is None or len(text) > LONGEST_NUMBER or not _number(text):
        return None
    return float(text.replace(",", "."))


@dataclass(slots=True)
class _Together:
    """The buckets are made one after the other: once a comma was met, it stays."""

    how: How
    by_rows: bool
    with_comma: bool = False

    def row(self, start: int, rows: list[Row]) -> Row:
        if self.how is How.TIMESCALE:
            return replace(rows[0], at=start, entry_id=None)
        columns = list(zip(*(row.values for row in rows), strict=True))
        numbers = [list(filter(None, map(_counted, column))) for column in columns]
        self.with_comma = self.with_comma or any("," in text for column in numbers for text, _ in column)
        found = (self._one([number for _, number in column], len(rows)) for column in numbers)
        return Row(start, tuple(map(self._spelled, found)))

    def _one(self, numbers: list[float], rows: int) -> float | None:
        if not numbers:
            return None
        if self.how is How.AVERAGE:
            return fsum(numbers) / (rows if self.by_rows else len(numbers))
        whole: Callable[[list[float]], float] = fsum if self.how is How.SUM else median
        return whole(numbers)

    def _spelled(self, number: float | None) -> str | None:
        if number is None:
            return None
        return repr(number).replace(".", ",") if self.with_comma else repr(number)


def _counted(text: str | None) -> tuple[str, float] | None:
    number = number_in(text)
    return None if number is None or text is None else (text, number)


def _rounded(text: str | None, decimals: int) -> str | None:
    number = number_in(text)
    if number is None or text is None:
        return text
    written = f"{number:.{decimals}f}"
    return written.replace(".", ",") if "," in text else written
