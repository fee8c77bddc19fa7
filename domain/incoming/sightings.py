"""What a file has for each of the feeds that it names, or for each of its columns: numbers, words, or both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeAlias

from domain.errors import Invalid
from domain.imports import NOWHERE, Mapping, Source
from domain.incoming import cells
from domain.incoming.texts import EMPTY_WORD
from domain.names import normal
from domain.readings import Kind
from domain.spelling import number_from

MOST_NAMES = 1_000
"""Columns of a table, or feeds that a file names: far more than a channel has."""
LONGEST_NAME = 200
"""A longer name is no feed's, whatever was added to it; its rows are bad ones."""
SHOWN, LONGEST_SHOWN = 3, 60


@dataclass(slots=True)
class Sighting:
    """What was seen of one feed or column. `line`: where it is named for the first time. `first`: its first cells, cut.

    `has_spelled`: words that spell numbers, where words are told from numbers.
    """

    line: int = 0
    unit: str = ""
    has_numbers: bool = False
    has_words: bool = False
    has_spelled: bool = False
    first: list[str] = field(default_factory=list)

    @property
    def kind(self) -> Kind | None:
        """Of a feed that holds all of it; None where there is nothing to hold."""
        if self.has_words:
            return Kind.MIXED if self.has_numbers else Kind.TEXT
        return Kind.NUMBER if self.has_numbers or self.has_spelled else None

    def take(self, column: Sequence[str]) -> None:
        """Take cells into account that hold numbers or words."""
        self.show(column)
        if self.has_numbers and self.has_words:
            return
        if cells.numbers_in(column) is not None:
            self.has_numbers = self.has_numbers or any(column)
            return
        for cell in set(column):
            if number_from(cell.replace(",", ".")) is not None:
                self.has_numbers = True
            elif cell == EMPTY_WORD or cell.strip().lower() not in cells.NO_NUMBER:
                self.has_words = True

    def take_words(self, column: Sequence[str]) -> None:
        """Take cells into account that hold words, though they may spell numbers."""
        self.show(column)
        self.has_words = True

    def take_value(self, value: Any) -> None:
        """Take a value of an object into account."""
        if value is None:
            return
        self.show([str(value)])
        if isinstance(value, int | float) and not isinstance(value, bool):
            self.has_numbers = True
        elif isinstance(value, str) and number_from(value) is not None:
            self.has_spelled = True
        else:
            self.has_words = True

    def show(self, column: Iterable[str]) -> None:
        """Keep the first cells that are not empty."""
        if len(self.first) < SHOWN:
            some = islice((cell for cell in column if cell.strip(f"{EMPTY_WORD} ")), SHOWN - len(self.first))
            self.first += [cell[:LONGEST_SHOWN] for cell in some]


Sightings: TypeAlias = dict[str, Sighting]
"""By key: see `key_of`."""


def key_of(source: Source) -> str:
    """The name, or the number of the column from 0."""
    return source.name if source.place == NOWHERE else str(source.place)


def note_columns(found: Sightings, places: Sequence[int], rows: Sequence[Sequence[str]], lines: Sequence[int]) -> None:
    """Take rows of a wide table into account, of these columns."""
    last = max(places, default=0)
    columns = list(zip(*(row for row in rows if len(row) > last), strict=False))
    for place in places:
        sighting = found.setdefault(str(place), Sighting(lines[0] if lines else 0))
        sighting.take(columns[place] if columns else ())


def note_rows(found: Sightings, told: Mapping, rows: Sequence[Sequence[str]], lines: Sequence[int]) -> None:
    """Take rows of a tidy table into account. Raises Invalid for too many names."""
    feed, value, text = told.feed, told.value, told.text
    last, has_text = max(feed, value, text), text != NOWHERE
    values: defaultdict[str, list[str]] = defaultdict(list)
    words: defaultdict[str, list[str]] = defaultdict(list)
    for row, line in zip(rows, lines, strict=True):
        if len(row) <= last:
            continue
        name = row[feed]
        if name not in found:
            _meet(found, name, line, row[told.unit] if NOWHERE < told.unit < len(row) else "")
        if has_text and row[text] and not row[value]:
            words[name].append(row[text])
        else:
            values[name].append(row[value])
    for name in found.keys() & words.keys():
        found[name].take_words(words[name])
    for name in found.keys() & values.keys():
        found[name].take(values[name])


def note_object(found: Sightings, values: dict[str, Any], line: int) -> None:
    """Take the values of an object into account. Raises Invalid for too many names."""
    for written, value in values.items():
        name = normal(written)
        if name not in found:
            _meet(found, name, line)
        if name in found:
            found[name].take_value(value)


def _meet(found: Sightings, name: str, line: int, unit: str = "") -> None:
    """A name that was not seen before."""
    if len(name) > LONGEST_NAME:
        return
    if len(found) >= MOST_NAMES:
        raise Invalid(
            f'The file names more than {MOST_NAMES} feeds: the next, "{name[:40]}", stands in line {line}.',
            hint="Is this a file of readings?",
        )
    found[name] = Sighting(line, unit)
