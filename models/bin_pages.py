"""Bins of a channel listed for programs: a page of them in either order, with those in which nothing came or not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import Connection

from domain.bin_lines import Bin, Figures
from domain.channels import Channel
from domain.downloads import Aggregate, Download
from domain.readings import Feed, Kind
from domain.roles import Viewer
from domain.timespan import TimeSpan
from models import bins, channels, windows
from models.bins import Ruler
from models.listing import named


class Fill(StrEnum):
    """What stands for a bin without a reading."""

    NONE = "none"
    NULL = "null"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Row:
    """One feed in the bin that begins at `at`; no figures where nothing came, or those before with a count of 0."""

    at: int
    feed: Feed
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class Page:
    """Whole bins in the order asked for. `rest`: the beginning of the last; None where no more follow."""

    channel: Channel
    rows: tuple[Row, ...]
    rest: int | None


def page(
    connection: Connection,
    viewer: Viewer,
    download: Download,
    span: TimeSpan,
    limit: int,
    *,
    now: int,
    fill: Fill = Fill.NONE,
    after: int | None = None,
) -> Page:
    """As many bins as give at most `limit` rows, and one at least; after the one that began at `after`.

    Filled are those between the first reading of the span and its end, or now. Raises NotFound for the channel, or a
    feed it does not have.
    """
    assert download.binned is not None
    channel = channels.find(connection, viewer, download.channel_id)
    feeds = _with_figures(named(channel, download.feeds), download.binned.aggregates)
    look = _Look(connection, download, feeds, span)
    found = look.found(limit, after) if fill is Fill.NONE else look.filled(limit, after, fill, now)
    return Page(channel, tuple(found[0]), found[1])


def _with_figures(feeds: Sequence[Feed], aggregates: Collection[Aggregate]) -> Sequence[Feed]:
    """Of words there is a count and nothing else."""
    return [feed for feed in feeds if feed.kind is not Kind.TEXT or Aggregate.COUNT in aggregates]


@dataclass(frozen=True, slots=True)
class _Look:
    connection: Connection
    download: Download
    feeds: Sequence[Feed]
    span: TimeSpan

    def found(self, limit: int, after: int | None) -> tuple[list[Row], int | None]:
        """The bins that hold a reading."""
        rows: list[Row] = []
        for each in self._bins(self.span, after):
            of_bin = [Row(each.start, feed, each.figures[feed.id]) for feed in self.feeds if feed.id in each.figures]
            if rows and len(rows) + len(of_bin) > limit:
                return rows, rows[-1].at
            rows += of_bin[::-1] if self.download.newest_first else of_bin
        return rows, None

    def filled(self, limit: int, after: int | None, fill: Fill, now: int) -> tuple[list[Row], int | None]:
        """All bins from the first that holds a reading on."""
        known = self._known(now)
        if known is None:
            return [], None
        starts, rest = self._starts(known, max(1, limit // len(self.feeds)), after)
        if not starts:
            return [], None
        held = {each.start: each for each in self._bins(self._within(starts[0], self._ruler.end_of(starts[-1])), None)}
        rows = list(self._rows(starts, held, fill))
        return rows[::-1] if self.download.newest_first else rows, rest

    def _rows(self, starts: Sequence[int], held: Mapping[int, Bin], fill: Fill) -> Iterator[Row]:
        is_carried = fill is Fill.PREVIOUS
        before = {feed.id: self._before(feed, starts[0]) if is_carried else None for feed in self.feeds}
        for start in starts:
            for feed in self.feeds:
                figures = held[start].figures.get(feed.id) if start in held else None
                yield Row(start, feed, figures or before[feed.id])
                if is_carried and figures:
                    before[feed.id] = replace(figures, count=0)

    def _starts(self, known: TimeSpan, most: int, after: int | None) -> tuple[list[int], int | None]:
        """The beginnings of a page of bins, ascending, and where the next page goes on."""
        ruler, found = self._ruler, list[int]()
        if self.download.newest_first:
            at = ruler.start_of((known.end if after is None else min(after, known.end)) - 1)
            while len(found) < most and at >= ruler.start_of(known.start):
                found.append(at)
                at = ruler.start_of(at - 1)
            return found[::-1], found[-1] if found and found[-1] > known.start else None
        at = ruler.start_of(known.start) if after is None else ruler.end_of(ruler.start_of(max(after, known.start)))
        while len(found) < most and at < known.end:
            found.append(at)
            at = ruler.end_of(at)
        return found, found[-1] if found and at < known.end else None

    def _known(self, now: int) -> TimeSpan | None:
        """From the first reading to the end of the span or, where that is still to come, to now or the last reading."""
        first, last = (
            windows.first_at(self.connection, self.feeds, self.span, None, is_falling=is_falling)
            for is_falling in (False, True)
        )
        if first is None or last is None:
            return None
        return TimeSpan(first, max(min(self.span.end, now + 1), last + 1))

    def _before(self, feed: Feed, at: int) -> Figures | None:
        """What the feed's last bin before an instant held."""
        if at <= self.span.start:
            return None
        download = self.download.but(newest_first=True)
        batch = bins.batch(self.connection, download, [feed], TimeSpan(self.span.start, at), None)
        return replace(batch.bins[0].figures[feed.id], count=0) if batch.bins else None

    def _bins(self, span: TimeSpan, after: int | None) -> Iterator[Bin]:
        while True:
            batch = bins.batch(self.connection, self.download, self.feeds, span, after)
            yield from batch.bins
            if batch.upto is None:
                return
            after = batch.upto

    def _within(self, start: int, end: int) -> TimeSpan:
        return TimeSpan(max(start, self.span.start), min(end, self.span.end))

    @property
    def _ruler(self) -> Ruler:
        assert self.download.binned is not None
        return Ruler(self.download.binned.width, self.download.of_zone)
