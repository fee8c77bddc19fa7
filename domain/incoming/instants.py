"""The instants of a file: whole columns at once where all are written alike, else one after the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.imports import DateOrder
from domain.moments import since_1970
from domain.timespan import DAY, EPOCH, MINUTE, SECOND, from_datetime, to_rfc3339

EARLIEST = 0
"""1970: earlier instants are not stored. Boards are trusted from 2015 on; a file may be an archive."""
MOST_AHEAD = DAY

NAIVE_EPOCH = EPOCH.replace(tzinfo=None)
_SURE = 10 * MINUTE
"""Within one such stretch of local time clocks are looked at once, unless they are put forward or back in it."""

_MOST_ENDS, _MOST_MINUTES = 5_000, 50_000
_IN_2000 = datetime(2000, 1, 1, tzinfo=UTC)

_parse = datetime.fromisoformat
_usual = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII).fullmatch
_digits = re.compile(r"\d{9,20}(\.\d{1,9})?", re.ASCII).fullmatch
_local = re.compile(
    r"(\d{1,4})[./-](\d{1,2})[./-](\d{2,4})"
    r"(?:[T, ]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?([AaPp])\.?[Mm]\.?)?)?",
    re.ASCII,
).fullmatch


class Clock:
    """Reads the instants of one file, in its order. `now`: what lies more than a day after it is refused."""

    def __init__(self, dates: DateOrder, zone: ZoneInfo, now: int) -> None:
        self._dates = dates
        self._zone = zone
        self._now = now
        self._offsets: dict[int, int | None] = {}
        self._last = EARLIEST
        self._parts = _Parts()

    def column(self, cells: Sequence[str]) -> list[int | str]:
        """For each cell its instant, or what is wrong with it, worded to follow the line."""
        found: list[Any] | None = None
        last = self._last
        with suppress(ValueError, TypeError, OverflowError):
            found = self._alike(cells)
        if not found or min(found) < EARLIEST or max(found) > self._now + MOST_AHEAD:
            self._last = last
            found = [self._instant_or_fault(cell) for cell in cells]
        return found

    def instant(self, cell: str) -> int:
        """The instant of one cell. Raises ValueError with what is wrong."""
        at = self._read(cell.strip())
        if at < EARLIEST:
            raise ValueError(f"{to_rfc3339(at)} is before 1970")
        if at > self._now + MOST_AHEAD:
            raise ValueError(f"{to_rfc3339(at)} is more than a day ahead of the server's clock")
        return at

    def _instant_or_fault(self, cell: str) -> int | str:
        try:
            self._last = self.instant(cell)
        except (ValueError, OverflowError) as error:
            return str(error)
        return self._last

    def _alike(self, cells: Sequence[str]) -> list[int] | None:
        """The instants of cells that are all written as the first is; None where that is not a quick form."""
        if self._dates is not DateOrder.ISO or not cells:
            return None
        if _digits(cells[0]):
            return [since_1970(cell) for cell in cells]
        if cells[0].endswith(" UTC"):
            cells = [cell.replace(" UTC", "Z") for cell in cells]
        if _usual(cells[0]) and (found := self._parts.read(cells)) is not None:
            return found
        moments = list(map(_parse, cells))
        if moments[0].tzinfo is None:
            since = [moment - NAIVE_EPOCH for moment in moments]
            return [self._in_zone(_us(length)) for length in since]
        since = [moment - EPOCH for moment in moments]
        return [(length.days * 86_400 + length.seconds) * SECOND + length.microseconds for length in since]

    def _read(self, cell: str) -> int:
        if not cell:
            raise ValueError("there is no time")
        if _digits(cell):
            return since_1970(cell)
        if self._dates is DateOrder.ISO:
            return self._from_iso(cell)
        found = _local(cell)
        if found is None:
            raise _no_time(cell)
        return self._in_zone(_us(_moment(cell, self._dates, *found.groups()) - NAIVE_EPOCH))

    def _from_iso(self, cell: str) -> int:
        try:
            moment = _parse(cell.removesuffix(" UTC") + "Z" if cell.endswith(" UTC") else cell)
        except ValueError:
            raise _no_time(cell) from None
        return self._in_zone(_us(moment - NAIVE_EPOCH)) if moment.tzinfo is None else from_datetime(moment)

    def _in_zone(self, local: int) -> int:
        """The instant at which the clocks of the zone say this."""
        stretch = local // _SURE
        if stretch not in self._offsets:
            self._offsets[stretch] = self._offset(stretch * _SURE)
        offset = self._offsets[stretch]
        at = local - offset if offset is not None else self._uncertain(local)
        self._last = at
        return at

    def _offset(self, local: int) -> int | None:
        """How far the clocks are ahead of UTC in a stretch; None where they are put forward or back in or near it."""
        found = {
            each - self._at(each, fold) for each in (local, local + _SURE // 2, local + _SURE - 1) for fold in (0, 1)
        }
        return found.pop() if len(found) == 1 else None

    def _uncertain(self, local: int) -> int:
        """Of a time that comes twice the first, or the second where the rows before were later than the first.

        A time that clocks leap over is as far after the leap as it would have been.
        """
        first, second = self._at(local, 0), self._at(local, 1)
        return second if first < self._last <= second else first

    def _at(self, local: int, fold: int) -> int:
        naive = NAIVE_EPOCH + timedelta(microseconds=local)
        return from_datetime(naive.replace(tzinfo=self._zone, fold=fold).astimezone(UTC))


class _Parts:
    """Instants written `2026-03-01T10:00:00Z`, put together from their minute and what follows it, each read once."""

    def __init__(self) -> None:
        self._minutes = _Remembered(lambda minute: _us(_parse(f"{minute}:00Z") - EPOCH))
        self._ends = _Remembered(lambda end: _us(_parse(f"2000-01-01T00:00{end}") - _IN_2000))

    def read(self, cells: Sequence[str]) -> list[int] | None:
        """The instants; None where too many are written each in its own way for this to pay. Raises as the parser."""
        if len(self._ends) > _MOST_ENDS:
            return None
        if len(self._minutes) > _MOST_MINUTES:
            self._minutes.clear()
        minutes, ends = self._minutes, self._ends
        return [minutes[cell[:16]] + ends[cell[16:]] for cell in cells]


class _Remembered(dict[str, int]):
    """What a text stands for, found out once."""

    def __init__(self, find: Callable[[str], int]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, text: str) -> int:
        found = self[text] = self._find(text)
        return found


def _us(length: timedelta) -> int:
    return (length.days * 86_400 + length.seconds) * SECOND + length.microseconds


def _moment(cell: str, dates: DateOrder, one: str, two: str, three: str, *clock: str | None) -> datetime:
    """A date with its numbers in the order told; one that begins with the year is as in ISO 8601."""
    if len(one) == 4:
        year, month, day = one, two, three
    else:
        year = three if len(three) == 4 else f"20{three}"
        day, month = (one, two) if dates is DateOrder.DAY_FIRST else (two, one)
    hour, minute, second, fraction, half = clock
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half in "Pp" else 0)
    try:
        micros = int(f"{fraction or ''}000000"[:6])
        return datetime(int(year), int(month), int(day), hours, int(minute or 0), int(second or 0), micros)  # noqa: DTZ001
    except ValueError:
        raise _no_time(cell) from None


def _no_time(cell: str) -> ValueError:
    shown = cell if len(cell) <= 40 else f"{cell[:39]}…"
    return ValueError(f'"{shown}" is not a time' if shown.isprintable() else "this is not a time")
