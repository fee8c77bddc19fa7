"""Readings summed up in bins, and the lines of a file that say it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from domain import zones
from domain.cells import END_OF_ROW, worded
from domain.downloads import Aggregate, Download, Form, Shape
from domain.headings import Column
from domain.readings import Feed
from domain.spelling import spelled
from domain.timespan import to_rfc3339


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the readings of one feed in one bin; the numbers are None where it holds words."""

    count: int
    mean: float | None
    low: float | None
    high: float | None

    def of(self, aggregate: Aggregate | None) -> float | None:
        match aggregate:
            case Aggregate.COUNT:
                return float(self.count)
            case Aggregate.MIN:
                return self.low
            case Aggregate.MAX:
                return self.high
            case _:
                return self.mean


@dataclass(frozen=True, slots=True)
class Bin:
    """What one bin holds, by the feed's id."""

    start: int
    figures: Mapping[int, Figures]

    @property
    def readings(self) -> int:
        return sum(each.count for each in self.figures.values())


@dataclass(frozen=True, slots=True)
class Batch:
    """Bins in the order of a file, and how many readings they sum up. `upto`: the last; None where no more follow."""

    bins: tuple[Bin, ...]
    readings: int
    upto: int | None


def written(batch: Batch, download: Download, channel_name: str, columns: Sequence[Column]) -> str:
    """The lines of a file."""
    lines = _Lines(download, channel_name, columns)
    if download.form is Form.CSV:
        make = lines.tidy_rows if download.shape is Shape.TIDY else lines.wide_rows
        return "".join(line for each in batch.bins for line in make(each))
    objects = (each for of_bin in batch.bins for each in lines.objects(of_bin))
    if download.form is Form.JSON:
        return "".join(",\n" + each for each in objects)
    return "".join(each + "\n" for each in objects)


def clock(at: int, zone: ZoneInfo) -> str:
    """`2026-03-01 11:00:00.25`: what the clocks say there."""
    text = zones.local(at, zone).replace(tzinfo=None).isoformat(" ")
    return text.rstrip("0") if "." in text else text


@dataclass(frozen=True, slots=True)
class _Lines:
    download: Download
    channel_name: str
    columns: Sequence[Column]

    def wide_rows(self, of: Bin) -> Iterable[str]:
        figures = (self._number(_figure(of, column)) for column in self.columns)
        yield self._part.join([to_rfc3339(of.start), clock(of.start, self.download.of_zone), *figures]) + END_OF_ROW

    def tidy_rows(self, of: Bin) -> Iterable[str]:
        for feed, held in self._held(of):
            figures = (self._number(held.of(each)) for each in self._aggregates)
            cells = [self._word(self.channel_name), self._word(feed.name), *figures, self._word(feed.unit or "")]
            yield self._part.join([to_rfc3339(of.start), *cells]) + END_OF_ROW

    def objects(self, of: Bin) -> Iterable[str]:
        """An object a bin or, tidy, a feed of a bin."""
        at = f'{{"at":"{to_rfc3339(of.start)}"'
        told = [(_json(feed.name), self._members(held)) for feed, held in self._held(of)]
        if self.download.shape is Shape.TIDY:
            return [f'{at},"feed":{name},{members}}}' for name, members in told]
        return [f'{at},"values":{{{",".join(f"{name}:{{{members}}}" for name, members in told)}}}}}']

    def _held(self, of: Bin) -> list[tuple[Feed, Figures]]:
        """The feeds that have something in the bin, in their order."""
        feeds = {column.feed.id: column.feed for column in self.columns}
        return [(feed, of.figures[feed.id]) for feed in feeds.values() if feed.id in of.figures]

    def _members(self, held: Figures) -> str:
        figures = ((each, held.of(each)) for each in self._aggregates)
        return ",".join(f'"{each}":{"null" if figure is None else spelled(figure)}' for each, figure in figures)

    @property
    def _aggregates(self) -> tuple[Aggregate, ...]:
        return self.download.binned.aggregates if self.download.binned else ()

    @property
    def _part(self) -> str:
        return self.download.separator

    def _number(self, figure: float | None) -> str:
        text = "" if figure is None else spelled(figure)
        return text.replace(".", ",") if self.download.decimal_comma else text

    def _word(self, word: str) -> str:
        return worded(word, self._part)


def _figure(of: Bin, column: Column) -> float | None:
    held = of.figures.get(column.feed.id)
    return held.of(column.aggregate) if held else None


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
