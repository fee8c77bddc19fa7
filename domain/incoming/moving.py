"""A file from ThingSpeak, looked through once from its first row to its last: what it holds, its entries as lines.

The lines are objects (NDJSON) that an import reads: see `moves.Move.mapping`. They wait in a file of their own, since
only at the end is it known whether the rows descend; such a file is turned round, so that entries are numbered in the
order of time. Entries of one second are kept apart by a microsecond: none is lost, and they read back as before.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import Any, BinaryIO, NamedTuple

from domain.describing import MOST_DESCRIPTION_CHARS, MOST_METADATA_CHARS, MOST_NAME_CHARS
from domain.errors import Invalid
from domain.imports import DateOrder, Fault
from domain.incoming import cells
from domain.incoming.feed_rows import NUMBERS, Csv, FeedRow, Read, opened
from domain.incoming.instants import Clock
from domain.leaks import is_leaking
from domain.moves import FieldSeen, Move, name_of
from domain.readings import Position
from domain.spelling import fault_in_text, number_from
from domain.timespan import SECOND, to_rfc3339
from domain.zones import WORLD, zone_named

HIGHEST_M = 1e7
BLOCK = 500
"""Lines between two places of the waiting file that are remembered."""

_offset_apart = re.compile(r"(.*\d) ?(UTC|GMT|Z|[+-]\d\d:?\d\d)", re.ASCII).fullmatch
_letters = re.compile(r".*\d ?([A-Z][A-Za-z]{1,4})", re.ASCII).fullmatch
_dumps = json.JSONEncoder(separators=(",", ":")).encode


class _Waiting(NamedTuple):
    """An entry as it waits: when it was, the line and the number it had in the file, and what it says, as JSON."""

    at: int
    line: int
    entry_id: str
    said: str


class Moving:
    """A file being looked through. `found`: what was seen so far. `waiting`: an empty file for what it says.

    Raises Invalid for a file that is no export and no feed, with the line where it cannot be read on.
    """

    def __init__(self, pieces: Iterable[bytes], waiting: BinaryIO, now: int) -> None:
        self.found = Move()
        self._file = opened(pieces)
        self._clock = Clock(DateOrder.ISO, zone_named(WORLD), now)
        self._waiting = waiting
        self._blocks = array("Q")
        self._count = 0
        self._order: set[bool] = set()
        """Whether rows were seen that come after the one before, and whether some that come before it."""
        self._last: tuple[int, int] | None = None

    def next(self) -> bool:
        """Look at some rows more; False at the end."""
        rows = self._file.next()
        if rows is None:
            self._finish()
            return False
        self.found.rows += len(rows)
        good = [row for row in rows if isinstance(row, FeedRow)]
        instants = iter(self._instants([row.created_at for row in good]))
        for row in rows:
            self._take(row, next(instants) if isinstance(row, FeedRow) else 0)
        return True

    def lines(self) -> Iterator[bytes]:
        """The entries, each a line, ascending in time where they descended in the file; to be asked for once.

        What is in the file twice is left out, and counted. Before an entry that stands further down in the file there
        are empty lines, so that a fault is told with its line.
        """
        keeps_lines = isinstance(self._file, Csv) and self._order != {False}
        last, at, line, seen = -1, -1, 0, dict[str, str]()
        for each in self._in_order():
            if each.at != last:
                seen.clear()
            if seen.get(each.entry_id) == each.said:
                self.found.repeated += 1
                self.found.taken -= 1
                continue
            seen[each.entry_id] = each.said
            is_near = last <= each.at <= at + SECOND
            last, at = each.at, max(each.at, at + 1) if is_near else each.at
            gap = max(0, each.line - 1 - line) if keeps_lines else 0
            line += gap + 1
            yield b"\n" * gap + f'{{"at":"{to_rfc3339(at)}",{each.said}\n'.encode()

    def _take(self, row: Read, at: int | str) -> None:
        if not isinstance(row, FeedRow):
            self.found.complain(row)
            return
        if isinstance(at, str):
            self.found.complain(row.fault(at, "created_at"))
            return
        fault = _fault_among(row)
        if fault is not None:
            self.found.complain(fault)
            return
        self._keep(row, at)

    def _keep(self, row: FeedRow, at: int) -> None:
        found = self.found
        for number, text in row.values.items():
            _see(found.fields.setdefault(number, FieldSeen()), text)
        said: dict[str, Any] = {"values": {name_of(number): text for number, text in row.values.items()}}
        if row.status:
            said["status"] = row.status
        if any(row.place):
            said |= self._place(row)
        found.taken += 1
        found.statuses += bool(row.status)
        found.first_at = at if found.first_at is None else min(found.first_at, at)
        found.last_at = at if found.last_at is None else max(found.last_at, at)
        place = (at, int(row.entry_id) if row.entry_id.isdecimal() and len(row.entry_id) < 19 else 0)
        if self._last is not None and place != self._last:
            self._order.add(place > self._last)
        self._last = place
        self._put(_Waiting(at, row.line, row.entry_id.strip() if place[1] else "", _dumps(said)[1:]))

    def _place(self, row: FeedRow) -> dict[str, float]:
        """The members of a place; what is none is counted."""
        north, east, up = map(number_from, row.place)
        is_named = north is not None and east is not None
        position = _position(north, east)
        has_height = up is not None and abs(up) <= HIGHEST_M
        self.found.places += bool(any(row.place[:2]) and position is None)
        self.found.elevations += bool(row.place[2].strip() and not (has_height and is_named))
        if position is None:
            return {}
        self.found.positions += 1
        height = {"elevation": up} if has_height and up is not None else {}
        return {"latitude": position.latitude, "longitude": position.longitude} | height

    def _instants(self, written: Sequence[str]) -> list[int | str]:
        """Of each time the instant, or what is wrong with it."""
        found = self._clock.column([_usual(cell) for cell in written]) if written else []
        for place, cell in enumerate(written):
            if isinstance(found[place], str) and (zone := _letters(cell.strip())):
                found[place] = f'which zone is meant by "{zone[1]}" is not known: take the file in UTC'
        self.found.zoneless += sum(
            isinstance(at, int) and _has_no_zone(cell) for at, cell in zip(found, written, strict=True)
        )
        return found

    def _put(self, entry: _Waiting) -> None:
        if self._count % BLOCK == 0:
            self._blocks.append(self._waiting.tell())
        self._count += 1
        self._waiting.write(f"{entry.at}\t{entry.line}\t{entry.entry_id}\t{entry.said}\n".encode())

    def _in_order(self) -> Iterator[_Waiting]:
        if self._order != {False}:
            self._waiting.seek(0)
            yield from map(_waiting_from, self._waiting)
            return
        ends = [*self._blocks[1:], self._waiting.seek(0, 2)]
        for start, end in zip(reversed(self._blocks), reversed(ends), strict=True):
            self._waiting.seek(start)
            yield from map(_waiting_from, reversed(self._waiting.read(end - start).splitlines()))

    def _finish(self) -> None:
        _describe(self.found, self._file.channel)
        self.found.fields = dict(sorted(self.found.fields.items()))
        if self._file.others:
            names = ", ".join(name[:40] or "(no name)" for name in self._file.others[:10])
            self.found.left_out.append(f"These columns are no part of a channel: {names}.")
        if not self.found.rows and not self._file.channel:
            raise Invalid("The file has no entries.", hint="An empty channel is made quicker by hand.")
        if not self.found.taken and self.found.bad:
            raise Invalid(f"None of the {self.found.bad} rows can be stored. {self.found.faults[0].sentence}")


def _see(seen: FieldSeen, text: str) -> None:
    if not text:
        seen.empty += 1
    elif number_from(text) is not None:
        seen.numbers += 1
    elif text.strip().lower() in cells.NO_NUMBER:
        seen.no_numbers += 1
    else:
        seen.words += 1
    seen.show(text)


def _fault_among(row: FeedRow) -> Fault | None:
    """What cannot be stored of a row."""
    for number, text in row.values.items():
        value = number_from(text) if text else None
        if value is not None and not isfinite(value):
            return row.fault("the number is too great to be stored", name_of(number))
        if value is None and (fault := fault_in_text(text)):
            return row.fault(f"the text {fault}", name_of(number))
    fault = fault_in_text(row.status)
    return row.fault(f"the text {fault}", "status") if fault else None


def _describe(found: Move, channel: dict[str, Any]) -> None:
    """Take in what a feed says of its channel."""
    found.name = "".join(mark for mark in _text(found, channel, "name") if mark.isprintable())[:MOST_NAME_CHARS]
    found.description = _text(found, channel, "description")[:MOST_DESCRIPTION_CHARS]
    found.metadata = _text(found, channel, "metadata")[:MOST_METADATA_CHARS]
    position = _position(*(number_from(_text(found, channel, name)) for name in ("latitude", "longitude")))
    found.position = position if position and any(position[:2]) else None  # 0, 0 is said of a channel that is nowhere
    height = number_from(_text(found, channel, "elevation"))
    found.elevation = height if height is not None and abs(height) <= HIGHEST_M else None
    for name, number in NUMBERS.items():
        label = _text(found, channel, name)[:MOST_NAME_CHARS]
        if label:
            found.fields.setdefault(number, FieldSeen()).label = label


def _text(found: Move, channel: dict[str, Any], name: str) -> str:
    """What is said under this name; nothing where that holds a key, which others could read."""
    value = channel.get(name)
    text = value.replace("\0", "").strip() if isinstance(value, str) else ""
    if is_leaking(text):
        found.left_out.append(f"The channel's {name} holds a key or a token, which others could read here.")
        return ""
    return "" if fault_in_text(text[:1]) else text


def _position(north: float | None, east: float | None) -> Position | None:
    if north is None or east is None or abs(north) > 90 or abs(east) > 180:
        return None
    return Position(north, east)


def _usual(cell: str) -> str:
    """A time with its offset as it is usually written."""
    cell = cell.strip()
    if cell[-1:] == "Z" or cell[-6:-5] in ("+", "-"):
        return cell
    found = _offset_apart(cell) if ":" in cell else None
    if found is None:
        return cell
    return found[1] + ("Z" if found[2] in ("UTC", "GMT", "Z") else found[2])


def _has_no_zone(cell: str) -> bool:
    cell = cell.strip()
    return ":" in cell and cell[-1:] != "Z" and not _offset_apart(cell)


def _waiting_from(line: bytes) -> _Waiting:
    at, number, entry_id, said = line.decode().rstrip("\n").split("\t", 3)
    return _Waiting(int(at), int(number), entry_id, said)
