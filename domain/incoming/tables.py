"""Rows of a CSV file → entries, a chunk at a time, so many readings in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from domain import zones
from domain.cells import unguarded
from domain.imports import NOWHERE, Chunk, Fault, Plain, Source
from domain.imports import Mapping as Told
from domain.incoming import cells
from domain.incoming.instants import Clock
from domain.incoming.records import Records
from domain.incoming.texts import EMPTY_WORD
from domain.readings import Kind, NewEntry, NewReading, Position
from domain.spelling import fault_in_text, number_from

_tuple = tuple.__new__


class Table:
    """A CSV file being read. `kinds`: of the feeds that its columns go to, by name."""

    def __init__(self, told: Told, kinds: Mapping[str, Kind], pieces: Iterable[bytes], now: int, most: int) -> None:
        self._told = told
        self._kinds = kinds
        self._clock = Clock(told.dates, zones.zone_named(told.zone), now)
        self._records = Records(pieces, told.encoding, told.separator)
        self._most = max(1, most // max(1, len(told.wanted))) if told.feed == NOWHERE else most
        self._width = 0
        self._is_tidy = told.feed != NOWHERE
        self._sources = {source.name: source for source in told.sources}

    def next(self) -> Chunk | None:
        """The next rows; None at the end. Raises Invalid where the file cannot be read on."""
        if not self._width:
            self._begin()
        rows, lines, faults = self._records.next(self._most)
        if not rows and not faults:
            return None
        chunk = Chunk(rows=len(rows) + len(faults), bad=len(faults), faults=faults)
        rows, lines = self._of_one_width(rows, lines, chunk)
        if rows:
            (self._tidy if self._is_tidy else self._wide)(rows, lines, chunk)
        return chunk

    def _begin(self) -> None:
        """Pass over the heading; without one, the first row tells how many cells a row has."""
        rows, _, _ = self._records.next(1)
        self._width = len(rows[0]) if rows else 1
        if rows and not self._told.has_heading:
            self._records.put_back(rows[0])

    def _of_one_width(
        self, rows: list[list[str]], lines: Sequence[int], chunk: Chunk
    ) -> tuple[list[list[str]], Sequence[int]]:
        """The rows that have as many cells as the heading; empty lines are no rows."""
        width = self._width
        if set(map(len, rows)) == {width}:
            return rows, lines
        kept, kept_lines = [], []
        for row, line in zip(rows, lines, strict=True):
            if len(row) == width:
                kept.append(row)
                kept_lines.append(line)
            elif not any(row):
                chunk.rows -= 1
            elif len(row) > width and not any(row[width:]):
                kept.append(row[:width])
                kept_lines.append(line)
            else:
                _complain(chunk, Fault(line, f"the row has {len(row)} cells, the heading has {width}"))
        return kept, kept_lines

    def _instants(self, columns: Sequence[Sequence[str]]) -> list[int | str]:
        written: Sequence[str] = columns[self._told.time]
        if self._told.clock != NOWHERE:
            written = [f"{day} {time}" for day, time in zip(written, columns[self._told.clock], strict=True)]
        return self._clock.column(written)

    def _wide(self, rows: list[list[str]], lines: Sequence[int], chunk: Chunk) -> None:
        """A row is an entry: a reading of each feed whose cell is not empty."""
        columns = list(zip(*rows, strict=True))
        told = self._told
        names = [source.feed for source in told.wanted]
        instants, besides = self._instants(columns), self._besides(columns)
        plain = self._plain(columns) if besides is None and _all(int, instants) else None
        if plain is not None:
            chunk.plain, chunk.lines = Plain(cast(Sequence[int], instants), names, plain), lines
            return
        series = [
            cells.column(each.feed, self._kinds[each.feed], columns[each.place], decimal_comma=told.decimal_comma)
            for each in told.wanted
        ]
        groups: list[list[Any]] = list(map(list, zip(*series, strict=True))) or [[] for _ in rows]
        headings = [source.name for source in told.wanted]
        self._one_by_one(instants, groups, headings, besides or [(None, None)] * len(rows), lines, chunk)

    def _plain(self, columns: Sequence[Sequence[str]]) -> list[Sequence[float]] | None:
        """The numbers of all feeds; None where one is of words, or has a cell with something else, or with nothing."""
        found: list[Sequence[float]] = []
        for source in self._told.wanted:
            column = columns[source.place]
            if self._kinds[source.feed] is Kind.TEXT or not all(column):
                return None
            numbers = cells.numbers_in(cells.pointed(column) if self._told.decimal_comma else column)
            if numbers is None:
                return None
            found.append(cast(Sequence[float], numbers))
        return found or None

    def _one_by_one(
        self,
        instants: Sequence[int | str],
        groups: Sequence[list[Any]],
        names: Sequence[str],
        besides: Sequence[tuple[Any, Any]],
        lines: Sequence[int],
        chunk: Chunk,
    ) -> None:
        kept: list[int] = []
        for at, group, (status, position), line in zip(instants, groups, besides, lines, strict=True):
            fault = _first_fault(line, at, group, names, status, position)
            if fault is not None:
                _complain(chunk, fault)
                continue
            readings = [reading for reading in group if reading is not None]
            if readings or status or position:
                chunk.found.append(_tuple(NewEntry, (at, readings, status, position)))
                kept.append(line)
        chunk.lines = kept

    def _besides(self, columns: Sequence[Sequence[str]]) -> list[tuple[Any, Any]] | None:
        """(status, position) of each row, or what is wrong in their places; None where no row has either."""
        told = self._told
        status = columns[told.status] if told.status != NOWHERE else ()
        places = [columns[place] if place != NOWHERE else () for place in told.position]
        if not any(status) and not any(map(any, places[:2])):
            return None
        rows = len(columns[0])
        positions = zip(*(place or [""] * rows for place in places), strict=True)
        return [(_status(one), _position(*where)) for one, where in zip(status or [""] * rows, positions, strict=True)]

    def _tidy(self, rows: list[list[str]], lines: Sequence[int], chunk: Chunk) -> None:
        """A row is a reading; neighbours of one instant are one entry."""
        told = self._told
        columns = list(zip(*rows, strict=True))
        instants = self._instants(columns)
        texts = columns[told.text] if told.text != NOWHERE else [""] * len(rows)
        readings = self._tidy_readings(columns[told.feed], columns[told.value], texts)
        entries, kept = chunk.found, []
        last: Any = None
        group: list[NewReading] = []
        for at, reading, line in zip(instants, readings, lines, strict=True):
            if type(reading) is NewReading and type(at) is int:
                if at == last and all(other[0] != reading[0] for other in group):
                    group.append(reading)
                    continue
                last, group = at, [reading]
                entries.append(_tuple(NewEntry, (at, group, None, None)))
                kept.append(line)
            elif isinstance(at, str):
                _complain(chunk, Fault(line, at))
            elif isinstance(reading, str):
                _complain(chunk, Fault(line, reading))
        chunk.lines = kept

    def _tidy_readings(self, names: Sequence[str], values: Sequence[str], texts: Sequence[str]) -> list[cells.Read]:
        named = set(names)
        sources = {name: self._sources.get(name) for name in named}
        if not any(texts) and all(map(self._is_of_numbers, sources.values())):
            found = cells.column("", Kind.NUMBER, values, decimal_comma=self._told.decimal_comma)
            if _all(NewReading, found):
                feeds = {name: source.feed for name, source in sources.items() if source}
                return [_tuple(NewReading, (feeds[name], each[1], None)) for name, each in zip(names, found)]  # type: ignore[index]  # noqa: B905
        return [self._reading(sources[name], *each) for name, *each in zip(names, values, texts, strict=True)]

    def _is_of_numbers(self, source: Source | None) -> bool:
        return source is not None and bool(source.feed) and self._kinds[source.feed] is Kind.NUMBER

    def _reading(self, source: Source | None, value: str, text: str) -> cells.Read:
        if source is None:
            return "the feed is not one of those that are imported"
        if not source.feed:
            return None
        if self._told.decimal_comma:
            value = value.replace(",", ".")
        return cells.both(source.feed, self._kinds[source.feed], value, text)


def _all(kind: type, found: Iterable[object]) -> bool:
    return set(map(type, found)) == {kind}


def _first_fault(
    line: int, at: int | str, group: Sequence[Any], names: Sequence[str], status: Any, position: Any
) -> Fault | None:
    if isinstance(at, str):
        return Fault(line, at)
    for reading, name in zip(group, names, strict=True):
        if isinstance(reading, str):
            return Fault(line, reading, name)
    return next((each for each in (status, position) if isinstance(each, Fault)), None) and Fault(
        line, "the status or the position cannot be stored"
    )


def _status(cell: str) -> str | Fault | None:
    text = unguarded(cell.strip(EMPTY_WORD))
    return text if text and fault_in_text(text) is None else Fault(0, "") if text else None


def _position(latitude: str, longitude: str, elevation: str) -> Position | Fault | None:
    if not (latitude.strip() and longitude.strip()):
        return None
    north, east, up = number_from(latitude), number_from(longitude), number_from(elevation)
    is_sound = north is not None and east is not None and abs(north) <= 90 and abs(east) <= 180
    if not is_sound or (up is None and elevation.strip()) or abs(up or 0.0) > 1e7:
        return Fault(0, "")
    assert north is not None
    assert east is not None
    return Position(north, east, up)


def _complain(chunk: Chunk, fault: Fault) -> None:
    chunk.bad += 1
    if len(chunk.faults) < MOST_OF_CHUNK:
        chunk.faults.append(fault)


MOST_OF_CHUNK = 100
"""Faults of one chunk that are told."""
