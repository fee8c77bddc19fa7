"""What is taken away as a file: which readings of a channel, in which shape and form, and what the file is called.

A download is the query string of its address and nothing besides: whoever follows it gets the same.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from domain import moments, zones
from domain.errors import Invalid
from domain.moments import FIRST
from domain.selection import Range
from domain.timespan import DAY, SECOND, TimeSpan

SHORTEST_BIN, LONGEST_BIN = SECOND, 366 * DAY
MOST_FEEDS = 64
EVERYTHING = Range(FIRST)
"""From the first reading on, until now."""


class Form(StrEnum):
    """The kind of file."""

    CSV = "csv"
    NDJSON = "ndjson"
    JSON = "json"
    XLSX = "xlsx"
    PARQUET = "parquet"

    @property
    def content_type(self) -> str:
        return _CONTENT_TYPES[self]


_CONTENT_TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.NDJSON: "application/x-ndjson",
    Form.JSON: "application/json",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.PARQUET: "application/vnd.apache.parquet",
}


class Shape(StrEnum):
    """How readings become rows."""

    WIDE = "wide"
    """A row an instant, a column a feed: for spreadsheets."""
    TIDY = "tidy"
    """A row a reading: for pandas and R."""


class Aggregate(StrEnum):
    """What is said of the readings of a bin."""

    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Binned:
    """Readings summed up in bins of `width` µs; from a day on they begin at midnight of the zone."""

    width: int
    aggregates: tuple[Aggregate, ...] = (Aggregate.MEAN,)


@dataclass(frozen=True, slots=True)
class Download:
    """What is taken away. `feeds`: their names, none for all that are not hidden. `zone` None: UTC.

    `decimal_comma` writes 21,4 and parts the columns by semicolons; `for_excel` begins the file with a byte-order mark.
    """

    channel_id: int
    form: Form = Form.CSV
    shape: Shape = Shape.WIDE
    range: Range = EVERYTHING
    zone: str | None = None
    feeds: tuple[str, ...] = ()
    binned: Binned | None = None
    decimal_comma: bool = False
    for_excel: bool = False
    newest_first: bool = False

    def but(self, **changes: Any) -> Download:
        """The same with something else."""
        return replace(self, **changes)

    @property
    def of_zone(self) -> ZoneInfo:
        """The zone in which days begin and local times are written."""
        return zones.zone_named(self.zone or zones.WORLD)

    @property
    def separator(self) -> str:
        """What parts the cells of a table: a decimal comma leaves no other use for the comma."""
        return ";" if self.decimal_comma else ","

    def between(self, span: TimeSpan) -> Download:
        """The same over exactly these instants, however late it is asked for."""
        return self.but(range=Range(moments.canonical(span.start), moments.canonical(span.end)))

    @property
    def query(self) -> str:
        """The query string of its address, with its question mark; empty where all is as usual."""
        usual = Download(self.channel_id)
        pairs = [
            ("from", self.range.start if self.range.start != usual.range.start else ""),
            ("to", self.range.end if not self.range.is_live else ""),
            ("feeds", ",".join(self.feeds)),
            ("shape", str(self.shape) if self.shape is not usual.shape else ""),
            ("zone", self.zone or ""),
            ("bin", moments.length_written(self.binned.width) if self.binned else ""),
            ("agg", ",".join(self.binned.aggregates) if self.binned else ""),
            ("order", "desc" if self.newest_first else ""),
            ("decimal", "comma" if self.decimal_comma else ""),
            ("excel", "1" if self.for_excel else ""),
        ]
        written = "&".join(f"{name}={quote(value, safe=':,/.-')}" for name, value in pairs if value)
        return f"?{written}" if written else ""

    @property
    def address(self) -> str:
        """Where it is had, on this server."""
        return f"/api/v1/channels/{self.channel_id}/download.{self.form}{self.query}"


def binned_from(width: str, aggregates: str) -> Binned | None:
    """The bins of an address, `1m` and `mean,max`; None where none are asked for. Raises Invalid."""
    if not width:
        if aggregates:
            raise Invalid("The parameter agg needs bin.", hint="Write bin=1m&agg=mean,max.")
        return None
    length = moments.length_from(width)
    if not SHORTEST_BIN <= length <= LONGEST_BIN:
        raise Invalid("A bin is at least a second and at most a year wide.", hint="Write bin=1m.")
    words = [word for word in (aggregates or "mean").split(",") if word]
    unknown = next((word for word in words if word not in set(Aggregate)), None)
    if unknown is not None or not words:
        raise Invalid(f'"{(unknown or "")[:20]}" is no aggregate.', hint="Take mean, min, max, count.")
    return Binned(length, tuple(dict.fromkeys(map(Aggregate, words))))


def file_name(course: str, channel: str, span: TimeSpan, zone: ZoneInfo, form: Form) -> str:
    """`engr114_otter-kiln_2026-03-01_2026-03-07.csv`: first and last day in the zone."""
    first, last = (zones.local(at, zone).date().isoformat() for at in (span.start, max(span.start, span.end - 1)))
    return "_".join(part for part in (slug(course), slug(channel) or "channel", first, last) if part) + f".{form}"


def slug(name: str) -> str:
    """A name as part of a file's name: small letters and digits of ASCII, parted by hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]
