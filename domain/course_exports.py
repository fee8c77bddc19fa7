"""What is taken away of a course in one file: which channels, over which range, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from domain import zones
from domain.downloads import EVERYTHING, Binned, Download, Form, Shape, slug
from domain.selection import Range
from domain.timespan import DAY, TimeSpan

FOLDER = "channels/"
"""Where the channels' files lie in the archive."""


@dataclass(frozen=True, slots=True)
class CourseExport:
    """All channels of a course, or of one section; the rest as for a download of each."""

    course_id: int
    section: str = ""
    range: Range = EVERYTHING
    zone: str | None = None
    shape: Shape = Shape.WIDE
    binned: Binned | None = None
    decimal_comma: bool = False
    for_excel: bool = False

    def but(self, **changes: Any) -> CourseExport:
        """The same with something else."""
        return replace(self, **changes)

    def of(self, channel_id: int) -> Download:
        """What is taken away of one channel."""
        return Download(
            channel_id,
            Form.CSV,
            self.shape,
            self.range,
            self.zone,
            binned=self.binned,
            decimal_comma=self.decimal_comma,
            for_excel=self.for_excel,
        )

    @property
    def of_zone(self) -> ZoneInfo:
        """The zone in which days begin and local times are written."""
        return zones.zone_named(self.zone or zones.WORLD)

    @property
    def separator(self) -> str:
        """What parts the cells of every table in it."""
        return self.of(0).separator

    @property
    def query(self) -> str:
        """The query string of its address, with its question mark; empty where all is as usual."""
        section = f"section={quote(self.section, safe='')}" if self.section else ""
        written = "&".join(filter(None, (section, self.of(0).query.removeprefix("?"))))
        return f"?{written}" if written else ""

    @property
    def address(self) -> str:
        """Where it is had, on this server."""
        return f"/api/v1/courses/{self.course_id}/export.zip{self.query}"


class Preset(StrEnum):
    """Ranges that staff take away again and again."""

    WEEK = "week"
    DAYS = "days"
    TERM = "term"
    EVERYTHING = "everything"

    @property
    def words(self) -> str:
        return _WORDS[self]

    def range(self, now: int, zone: ZoneInfo, began_at: int) -> Range:
        """The range; a course whose instant of beginning this is, and days, as they are in the zone."""
        today = zones.local(now, zone).date()
        if self is Preset.WEEK:
            return Range((today - timedelta(days=today.weekday())).isoformat())
        if self is Preset.DAYS:
            return Range.last(7 * DAY)
        return Range(zones.local(began_at, zone).date().isoformat()) if self is Preset.TERM else EVERYTHING


_WORDS: Mapping[Preset, str] = MappingProxyType(
    {
        Preset.WEEK: "This week",
        Preset.DAYS: "Last 7 days",
        Preset.TERM: "This term",
        Preset.EVERYTHING: "Everything",
    }
)


def archive_name(course: str, section: str, span: TimeSpan, zone: ZoneInfo) -> str:
    """`engr114-2026-autumn_section-a_2026-03-01_2026-03-07.zip`: first and last day in the zone."""
    first, last = (zones.local(at, zone).date().isoformat() for at in (span.start, max(span.start, span.end - 1)))
    place = slug(f"section {section}") if section else ""
    return "_".join(filter(None, (slug(course) or "course", place, first, last))) + ".zip"


def apart(names: Mapping[int, str]) -> dict[int, str]:
    """Files' names by the numbers of their channels; of the same ones each gets its number, so that no two are left.

    A name ends in a day, hence one with a number behind it is no other's.
    """
    seen = list(names.values())
    return {
        channel_id: name if seen.count(name) == 1 else f"{name.removesuffix('.csv')}_{channel_id}.csv"
        for channel_id, name in names.items()
    }
