"""Lines of a file of JSON objects (NDJSON) → entries: the objects that boards send and that the read interface gives.

`{"at": …, "temperature": 21.4}`, `{"at": …, "values": {"temperature": 21.4}}`, `{"at": …, "feed": "temperature",
"value": 21.4}`. A value that is null is none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from math import isfinite
from typing import Any

from domain import zones
from domain.imports import Chunk, Fault, Source
from domain.imports import Mapping as Told
from domain.incoming import cells
from domain.incoming.instants import Clock
from domain.incoming.texts import Lines
from domain.names import normal
from domain.readings import Kind, NewEntry, NewReading, Position
from domain.spelling import fault_in_text, number_from, spelled

TIMES = ("at", "time_utc", "time", "timestamp", "created_at")
BESIDE = frozenset({*TIMES, "entry_id", "status", "latitude", "longitude", "elevation", "feed", "value", "channel"})
"""Members of an object that are no feeds."""


class Objects:
    """A file of objects being read. `kinds`: of the feeds that its members go to, by name."""

    def __init__(self, told: Told, kinds: Mapping[str, Kind], pieces: Iterable[bytes], now: int, most: int) -> None:
        self._kinds = kinds
        self._sources = {source.name: source for source in told.sources}
        self._clock = Clock(told.dates, zones.zone_named(told.zone), now)
        self._lines = Lines(pieces, told.encoding)
        self._most = max(1, most // max(1, len(told.wanted)))
        self._line = 0
        self._is_exact = told.is_exact

    def next(self) -> Chunk | None:
        """The next rows; None at the end. Raises Invalid where the file cannot be read on."""
        chunk, begun_at = Chunk(lines=[]), self._line
        self._lines.begin()
        for line in islice(self._lines, self._most):
            self._line += 1
            if line.strip():
                chunk.rows += 1
                self._take(line, chunk)
            if self._lines.is_enough:
                break
        return chunk if self._line > begun_at else None

    def _take(self, line: str, chunk: Chunk) -> None:
        try:
            entry = self._entry(object_from(line))
        except _BadRow as bad:
            chunk.bad += 1
            chunk.faults.append(Fault(self._line, *bad.args))
            return
        if entry.readings or entry.status or entry.position or self._is_exact:
            chunk.found.append(entry)
            assert isinstance(chunk.lines, list)
            chunk.lines.append(self._line)

    def _entry(self, found: dict[str, Any]) -> NewEntry:
        readings = [reading for name, value in values_of(found).items() if (reading := self._reading(name, value))]
        return NewEntry(self._at(found), readings, _status(found), _position(found))

    def _at(self, found: dict[str, Any]) -> int:
        written = next((found[name] for name in TIMES if name in found), None)
        if isinstance(written, bool) or not isinstance(written, str | int | float):
            raise _BadRow("there is no time")
        try:
            return self._clock.instant(written if isinstance(written, str) else spelled(float(written)))
        except (ValueError, OverflowError) as error:
            raise _BadRow(str(error)) from None

    def _reading(self, name: str, value: Any) -> NewReading | None:
        if value is None:
            return None
        source = self._sources.get(name) or self._sources.get(normal(name))
        if source is None:
            raise _BadRow("the feed is not one of those that are imported", name[:64])
        return self._of_source(source, value) if source.feed else None

    def _of_source(self, source: Source, value: Any) -> NewReading | None:
        kind = self._kinds[source.feed]
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise _BadRow("a reading is a number or a text", source.name)
        if isinstance(value, str):
            return _exactly(source, kind, value) if self._is_exact else _of_text(source, kind, value)
        try:
            number = float(value)
        except OverflowError:
            number = float("inf")
        if not isfinite(number):
            raise _BadRow("the number is too great to be stored", source.name)
        if kind is Kind.TEXT:
            return NewReading(source.feed, None, spelled(number))
        return NewReading(source.feed, number, None)


class _BadRow(Exception):
    """What is wrong with an object, and the name of the member that is to blame."""


def object_from(line: str) -> dict[str, Any]:
    """The object of a line. Raises a fault where there is none."""
    try:
        found = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise _BadRow("the line is not JSON") from None
    if not isinstance(found, dict):
        raise _BadRow("the line is not an object")
    return found


def object_or_none(line: str) -> dict[str, Any] | None:
    """The object of a line; None where there is none."""
    try:
        return object_from(line) if line.strip() else None
    except _BadRow:
        return None


def values_of(found: dict[str, Any]) -> dict[str, Any]:
    """The values of an object by feed, whichever way it names them."""
    if isinstance(found.get("values"), dict):
        values: dict[str, Any] = found["values"]
        return values
    if isinstance(found.get("feed"), str) and "value" in found:
        return {found["feed"]: found["value"]}
    return {name: value for name, value in found.items() if name not in BESIDE}


def _of_text(source: Source, kind: Kind, value: str) -> NewReading | None:
    if kind is not Kind.TEXT and number_from(value) is not None:
        found = cells.number(source.feed, value)
    elif kind is Kind.NUMBER:
        found = f"{cells.shown(value)} is not a number"
    else:
        fault = fault_in_text(value)
        found = NewReading(source.feed, None, value) if fault is None else f"the text {fault}"
    if isinstance(found, str):
        raise _BadRow(found, source.name)
    return found


def _exactly(source: Source, kind: Kind, value: str) -> NewReading | None:
    """A text with its spelling. Where numbers are, a text without characters is none; beside them words are words."""
    if kind is not Kind.TEXT and (not value or (kind is Kind.NUMBER and value.strip().lower() in cells.NO_NUMBER)):
        return None
    found = _of_text(source, kind, value)
    if found is None or found.value is None:
        return found
    spelling = value.strip()
    return found._replace(text=None if spelling == spelled(found.value) else spelling)


def _status(found: dict[str, Any]) -> str | None:
    status = found.get("status")
    if status is None or status == "":
        return None
    if not isinstance(status, str) or fault_in_text(status) is not None:
        raise _BadRow("the status cannot be stored")
    return status


def _position(found: dict[str, Any]) -> Position | None:
    where = [found.get(name) for name in ("latitude", "longitude", "elevation")]
    if where[0] is None or where[1] is None:
        return None
    north, east, up = (None if each is None else number_from(str(each)) for each in where)
    if north is None or east is None or abs(north) > 90 or abs(east) > 180 or abs(up or 0.0) > 1e7:
        raise _BadRow("the position cannot be stored")
    return Position(north, east, up)


def _refuse(constant: str) -> None:
    raise ValueError(constant)
