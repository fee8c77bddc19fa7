"""From the controls of an import's page to how its file is read, and back."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import Invalid
from domain.imports import NOWHERE, DateOrder, FileForm, Hints, Mapping, OnConflict, Source
from domain.incoming.guessing import SEPARATED_BY
from domain.incoming.naming import feed_name, parted
from domain.incoming.texts import ENCODINGS
from domain.names import fault_in
from domain.readings import Feed, Kind
from domain.zones import zone_named

FOUND = "found"
"""As it is seen from the file."""

LEFT_OUT = "out"
TO = "to:"
"""Before the name of the feed that a column goes to."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the file is read, as the controls say it: FOUND, or what is meant."""

    time: str = FOUND
    dates: str = FOUND
    separator: str = FOUND
    encoding: str = FOUND
    decimal: str = FOUND

    def hints(self, columns: Dictionary[str, str] | None = None) -> Hints:
        """What to look for in the file; `columns`: the key of each, and where it goes. Raises Invalid."""
        return Hints(
            separator=_one_of(self.separator, SEPARATED_BY),
            encoding=_one_of(self.encoding, ENCODINGS),
            time=None if self.time == FOUND else self.time,
            dates=None if self.dates == FOUND else DateOrder(_one_of(self.dates, list(DateOrder)) or DateOrder.ISO),
            decimal_comma=None if self.decimal == FOUND else self.decimal == "comma",
            columns={key: target.removeprefix(TO) if target != LEFT_OUT else "" for key, target in columns.items()}
            if columns
            else {},
        )


def settled(told: Mapping, *, is_whole: bool, conflicts: str) -> Mapping:
    """The mapping with what becomes of bad rows and of conflicts. Raises Invalid."""
    on_conflict = OnConflict(_one_of(conflicts, list(OnConflict)) or OnConflict.REFUSE)
    return told.but(is_whole=is_whole, on_conflict=on_conflict)


def key_of(source: Source, sources: Sequence[Source]) -> str:
    """By what a column is told: its heading where no other has it, else its number from 1 on."""
    is_alone = sum(each.name == source.name for each in sources) == 1
    return source.name if source.place == NOWHERE or (is_alone and source.name.strip()) else str(source.place + 1)


def column_key(place: int, headings: Sequence[str]) -> str:
    """The same of any column of the file."""
    name = headings[place]
    return name if name.strip() and headings.count(name) == 1 else str(place + 1)


def target_of(source: Source) -> str:
    """Where a column goes, as its control says it."""
    return f"{TO}{source.feed}" if source.feed else LEFT_OUT


def targets(source: Source, feeds: Sequence[Feed]) -> list[tuple[str, str]]:
    """Where a column may go, and how that is said: to a feed, to a new one called like it, or nowhere."""
    known = {feed.name.casefold() for feed in feeds}
    found = [(f"{TO}{feed.name}", f"{feed.label} [{feed.unit}]" if feed.unit else feed.label) for feed in feeds]
    possible = dict.fromkeys((source.feed, feed_name(parted(source.name)[0])))
    new = [name for name in possible if name and name.casefold() not in known and fault_in(name) is None]
    return [(LEFT_OUT, "Leave out"), *found, *((f"{TO}{name}", f"New feed “{name}”") for name in new)]


def samples(told: Mapping, source: Source, rows: Sequence[Sequence[str]], most: int = 3) -> list[str]:
    """The first cells of a column, as they stand in the file."""
    if told.form is FileForm.NDJSON:
        return []
    if source.place != NOWHERE:
        cells = [row[source.place] for row in rows if len(row) > source.place]
    else:
        cells = [_cell(told, row) for row in rows if 0 <= told.feed < len(row) and row[told.feed] == source.name]
    return [cell for cell in cells if cell.strip("\0")][:most]


def _cell(told: Mapping, row: Sequence[str]) -> str:
    """The value of a row of a tidy file, or its word."""
    value, text = (row[place] if 0 <= place < len(row) else "" for place in (told.value, told.text))
    return value or text


def kinds_made(told: Mapping) -> dict[str, Kind]:
    """The feeds that would be made."""
    return {source.feed: source.kind for source in told.wanted if source.kind is not None}


def zone_in(written: str | None, usual: str) -> str:
    """The zone of times that name none. Raises Invalid."""
    return zone_named(written or usual).key


def _one_of(said: str, known: Sequence[str]) -> str | None:
    if said == FOUND:
        return None
    if said not in known:
        raise Invalid(f'"{said[:20]}" is nothing to choose.')
    return said
