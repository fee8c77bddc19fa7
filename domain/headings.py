"""The columns of a file, and what is written above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.downloads import Aggregate, Binned, Download, Shape
from domain.readings import Feed, Kind

TIME_UTC, TIME_LOCAL = "time_utc", "time_local"
TIDY = (TIME_UTC, "channel", "feed", "value", "text", "unit")
"""The columns of a file with a row a reading."""


@dataclass(frozen=True, slots=True)
class Column:
    """A feed, or one figure of its bins."""

    feed: Feed
    aggregate: Aggregate | None = None

    @property
    def name(self) -> str:
        """`temperature`, `temperature mean`."""
        return f"{self.feed.name} {self.aggregate}" if self.aggregate else self.feed.name

    @property
    def unit(self) -> str:
        """Empty where it has none: a count is of readings."""
        return "" if self.aggregate is Aggregate.COUNT else self.feed.unit or ""

    @property
    def heading(self) -> str:
        """`temperature mean [°C]`."""
        return f"{self.name} [{self.unit}]" if self.unit else self.name


def columns(feeds: Sequence[Feed], binned: Binned | None) -> tuple[Column, ...]:
    """The columns that hold something: words can be counted, and no more."""
    if binned is None:
        return tuple(map(Column, feeds))
    return tuple(
        Column(feed, aggregate)
        for feed in feeds
        for aggregate in binned.aggregates
        if aggregate is Aggregate.COUNT or feed.kind is not Kind.TEXT
    )


def headings(download: Download, feeds: Sequence[Feed]) -> tuple[str, ...]:
    """What stands above the columns of a table."""
    if download.shape is Shape.WIDE:
        return (TIME_UTC, TIME_LOCAL, *(column.heading for column in columns(feeds, download.binned)))
    if download.binned is None:
        return TIDY
    return (TIME_UTC, "channel", "feed", *download.binned.aggregates, "unit")
