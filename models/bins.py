"""Readings summed up in bins of any width: how many, their mean, the smallest and the largest.

As far as the stored summaries lie whole in a bin they are taken; at its edges, and where none fits, the readings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum, isfinite
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Connection, Select, and_, case, cast, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from domain import zones
from domain.bin_lines import Batch, Bin, Figures
from domain.downloads import Download
from domain.readings import Feed, Kind
from domain.timespan import DAY, ROLLUP_WIDTHS, TimeSpan
from models import windows
from models.schema import reading, rollup
from models.totals import pieces

BINS = 4_000
"""Of all feeds together in one look."""

FEWEST = 50


def batch(
    connection: Connection, download: Download, feeds: Sequence[Feed], span: TimeSpan, after: int | None
) -> Batch:
    """The next bins of a span in the order of the download, after the one that began at `after`; None for the first.

    Bins without a reading are left out. For feeds that the viewer was already shown.
    """
    assert download.binned is not None
    ruler = Ruler(download.binned.width, download.of_zone)
    is_falling = download.newest_first
    beyond = after if after is None or is_falling else ruler.end_of(after) - 1
    at = windows.first_at(connection, feeds, span, beyond, is_falling=is_falling)
    if at is None:
        return Batch((), 0, None)
    most = max(FEWEST, BINS // max(1, len(feeds)))
    starts = ruler.evenly_before(at, span.start, most) if is_falling else ruler.evenly_from(at, span.end, most)
    within = TimeSpan(max(starts[0], span.start), min(starts[-1], span.end))
    found = _Look(connection, feeds, starts, within).bins()
    is_last = starts[0] <= span.start if is_falling else starts[-1] >= span.end
    upto = None if is_last else starts[0] if is_falling else starts[-2]
    return Batch(tuple(found[::-1] if is_falling else found), sum(each.readings for each in found), upto)


@dataclass(frozen=True, slots=True)
class Ruler:
    """Where bins begin: at multiples of their width; those of whole days at midnight of the zone, weeks on Mondays."""

    width: int
    zone: ZoneInfo

    def start_of(self, at: int) -> int:
        """Of the bin in which an instant lies."""
        if not self._days:
            return at - at % self.width
        passed = zones.local(at, self.zone).date().toordinal() - 1  # since a Monday
        return self._midnight(passed - passed % self._days)

    def end_of(self, start: int) -> int:
        if not self._days:
            return start + self.width
        return self._midnight(zones.local(start, self.zone).date().toordinal() - 1 + self._days)

    def evenly_from(self, at: int, end: int, most: int) -> list[int]:
        """Beginnings of bins of one length from that of an instant on, and the end of the last."""
        found = [start := self.start_of(at), self.end_of(start)]
        length = found[1] - found[0]
        while found[-1] < end and len(found) <= most and (after := self.end_of(found[-1])) - found[-1] == length:
            found.append(after)
        return found

    def evenly_before(self, at: int, begin: int, most: int) -> list[int]:
        """The same backwards: the instant lies in the last."""
        found = [start := self.start_of(at), self.end_of(start)]
        length = found[1] - found[0]
        while found[0] > begin and len(found) <= most and found[0] - (before := self.start_of(found[0] - 1)) == length:
            found.insert(0, before)
        return found

    @property
    def _days(self) -> int:
        """How many days wide; 0 where it is not some whole days."""
        return 0 if self.width % DAY else self.width // DAY

    def _midnight(self, passed: int) -> int:
        return zones.start_of_day(date.fromordinal(passed + 1), self.zone)


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at feeds over bins of one length that begin at `starts`, as far as they are within a span."""

    connection: Connection
    feeds: Sequence[Feed]
    starts: Sequence[int]
    within: TimeSpan

    def bins(self) -> list[Bin]:
        """Those that hold a reading, in the order of time."""
        parts: dict[int, dict[int, list[Any]]] = {}
        for feed_id, place, *sums in self._rows():
            parts.setdefault(place, {}).setdefault(feed_id, []).append(sums)
        return [
            Bin(self.starts[place], {of: _together(sums) for of, sums in parts[place].items()})
            for place in sorted(parts)
        ]

    def _rows(self) -> Iterator[Any]:
        """(feed, place of the bin, n, sum, smallest, largest), several of a bin where it is put together."""
        edges, whole = pieces(self.within, self._fitting())
        for edge in edges:
            yield from self.connection.execute(self._counted(edge))
        if whole:
            yield from self.connection.execute(self._summed_up(whole))

    def _fitting(self) -> tuple[int, ...]:
        """The widths of summaries that lie whole in one bin each."""
        length = self.starts[1] - self.starts[0]
        return tuple(width for width in ROLLUP_WIDTHS if length % width == 0 and self.starts[0] % width == 0)

    def _place(self, at: ColumnElement[int]) -> ColumnElement[int]:
        """In which of the bins an instant is that lies in one."""
        return ((at - self.starts[0]) // (self.starts[1] - self.starts[0])).label("place")

    def _counted(self, span: TimeSpan) -> Select[Any]:
        at, value, of = reading.c.at, reading.c.value, reading.c.feed_id
        texts = [feed.id for feed in self.feeds if feed.kind is Kind.TEXT]
        counts = or_(value.is_not(None), of.in_(texts)) if texts else value.is_not(None)
        n = func.sum(case((counts, 1), else_=0))
        place = self._place(at)
        return (
            select(of, place, n, func.sum(value), func.min(value), func.max(value))
            .where(of.in_(self._ids), at >= span.start, at < span.end, counts)
            .group_by(of, place)
        )

    def _summed_up(self, whole: Sequence[tuple[int, TimeSpan]]) -> Select[Any]:
        bucket, of = rollup.c.bucket, rollup.c.feed_id
        within = [and_(rollup.c.width == width, bucket >= each.start, bucket < each.end) for width, each in whole]
        place = self._place(bucket)
        n = cast(func.sum(rollup.c.n), BigInteger)
        sums = (n, func.sum(rollup.c.sum), func.min(rollup.c.min), func.max(rollup.c.max))
        return select(of, place, *sums).where(of.in_(self._ids), or_(*within)).group_by(of, place)

    @property
    def _ids(self) -> list[int]:
        return [feed.id for feed in self.feeds]


def _together(sums: Sequence[Sequence[Any]]) -> Figures:
    """Parts of a bin as one."""
    count = int(sum(each[0] for each in sums))
    numbers = [each for each in sums if each[1] is not None]
    if not numbers:
        return Figures(count, None, None, None)
    return Figures(
        count,
        _mean([each[1] for each in numbers], count),
        min(each[2] for each in numbers),
        max(each[3] for each in numbers),
    )


def _mean(sums: Sequence[float], count: int) -> float | None:
    """None where the numbers are so large that their sum is beyond a float."""
    try:
        total = fsum(sums)
    except (OverflowError, ValueError):  # ValueError: infinite ones of both signs
        return None
    return total / count if isfinite(total) else None
