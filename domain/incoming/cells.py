"""The cells of one column → readings: numbers and words, whole columns at once where nothing stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any, TypeAlias

from domain.cells import LEAD, unguarded
from domain.incoming.texts import EMPTY_WORD
from domain.readings import Kind, NewReading
from domain.spelling import fault_in_text, number_from, spelled

Read: TypeAlias = NewReading | str | None
"""A reading; None where the cell is empty; or what is wrong with it."""

NO_NUMBER = frozenset(
    {"", EMPTY_WORD, "nan", "na", "n/a", "#n/a", "null", "none", "inf", "-inf", "infinity", "-infinity"}
)
"""What stands in a column of numbers where there is none: nothing is stored for it."""

_NUMERALS = b"0123456789.+-eE"
# A NamedTuple's own constructor costs twice as much, and this is paid for every reading.
_tuple = tuple.__new__


def column(feed: str, kind: Kind, cells: Sequence[str], *, decimal_comma: bool = False) -> list[Read]:
    """For each cell of a column what it comes to, in a feed of that kind."""
    if decimal_comma and kind is not Kind.TEXT:
        cells = pointed(cells)
    numbers = numbers_in(cells) if kind is not Kind.TEXT else None
    if numbers is not None:
        return [None if each is None else _tuple(NewReading, (feed, each, None)) for each in numbers]
    read = _OF_KIND[kind]
    return [read(feed, cell) if cell else None for cell in cells]


def number(feed: str, cell: str) -> Read:
    """A number; a cell that says there is none is empty."""
    found = number_from(cell)
    if found is None:
        return None if cell.strip().lower() in NO_NUMBER else f"{shown(cell)} is not a number"
    return _tuple(NewReading, (feed, found, None)) if isfinite(found) else "the number is too great to be stored"


def word(feed: str, cell: str) -> Read:
    """A word, without what guards it from spreadsheets."""
    text = unguarded(cell) if cell.startswith(LEAD) else "" if cell == EMPTY_WORD else cell
    fault = fault_in_text(text)
    if fault is None:
        return _tuple(NewReading, (feed, None, text))
    return "the text is not in the encoding of the file" if "surrogate" in fault else f"the text {fault}"


def number_or_word(feed: str, cell: str) -> Read:
    """A number where it spells one, else a word."""
    if number_from(cell) is not None:
        return number(feed, cell)
    return None if cell.strip().lower() in ("nan", "inf", "-inf") else word(feed, cell)


def both(feed: str, kind: Kind, value: str, text: str) -> Read:
    """A reading of a tidy row: a number, a word, or a number with its spelling where that is not the usual one."""
    if kind is Kind.TEXT or (kind is Kind.MIXED and not value):
        return word(feed, text or value or EMPTY_WORD)
    if not value:
        return number(feed, text)
    found = number_or_word(feed, value) if kind is Kind.MIXED else number(feed, value)
    if not text or not isinstance(found, NewReading) or found.value is None:
        return found
    spelling = unguarded(text)
    if number_from(spelling) != found.value:
        return f"{shown(spelling)} is not how {shown(value)} is written"
    return found._replace(text=None if spelling == spelled(found.value) else spelling)


def shown(text: str) -> str:
    """A cell in a sentence: in quotes, shortened, without invisible characters."""
    short = text if len(text) <= 40 else f"{text[:39]}…"
    return f'"{short}"' if short.isprintable() else ascii(short)


def pointed(cells: Sequence[str]) -> Sequence[str]:
    """Numbers with a decimal comma written with a point; what else there is as it is."""
    return [cell.replace(",", ".") if is_comma_number(cell) else cell for cell in cells]


def numbers_in(cells: Sequence[str]) -> Sequence[float | None] | None:
    """The numbers of a column in which nothing else stands; None where something does."""
    joined = "".join(cells)
    if not joined.isascii() or joined.encode().translate(None, _NUMERALS):
        return None
    try:
        if all(cells):
            found = list(map(float, cells))
            return found if isfinite(sum(found)) else None  # those of a sum too great are looked at one by one
        some = [float(cell) if cell else None for cell in cells]
    except ValueError:
        return None
    return some if all(each is None or isfinite(each) for each in some) else None


def is_comma_number(cell: str) -> bool:
    """Whether a cell spells a number with a decimal comma."""
    return cell.count(",") == 1 and "." not in cell and number_from(cell.replace(",", ".")) is not None


_OF_KIND: dict[Kind, Callable[[str, str], Any]] = {Kind.NUMBER: number, Kind.TEXT: word, Kind.MIXED: number_or_word}
