"""The words around a picture: which time it shows, how finely, and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from dashapp.pictures.wanted import shorten
from domain import zones
from domain.moments import length_in_words
from domain.readings import Series
from domain.selection import Smoothing
from domain.timespan import HOUR, SECOND, TimeSpan

WITH_SECONDS = 2 * HOUR
"""Spans up to this long are told to the second."""


def span_words(span: TimeSpan, zone: ZoneInfo) -> str:
    """`20 Nov 2026, 13:00 – 21 Nov 2026, 13:00 UTC`; the day once where it is the same, the zone twice where not."""
    start, end = zones.local(span.start, zone), zones.local(span.end, zone)
    clock = "%H:%M:%S" if span.length <= WITH_SECONDS else "%H:%M"
    before, after = zones.abbreviation(zone, span.start), zones.abbreviation(zone, span.end)
    first = f"{start.day} {start:%b %Y}, {start:{clock}}" + (f" {before}" if before != after else "")
    day = "" if start.date() == end.date() else f"{end.day} {end:%b %Y}, "
    return f"{first} – {day}{end:{clock}} {after}"


def detail_words(series: Sequence[Series], smoothing: Smoothing | None) -> str:
    """What a line's points are: readings, or summaries of so many seconds."""
    width = max((one.bucket_us for one in series if one.value and one.low), default=0)
    fine = [f"means of {length_in_words(_round(width))}, shaded from smallest to largest"] if width else []
    return " · ".join([*([smoothing.words] if smoothing else []), *fine])


def _round(width: int) -> int:
    """A width as people say it: to the second where it is that long."""
    return round(width / SECOND) * SECOND if width >= 10 * SECOND else width


def source_words(address: str, now: int, zone: ZoneInfo, most_letters: int) -> str:
    """The page it was drawn from, and when."""
    drawn = zones.local(now, zone)
    said = f"  ·  drawn {drawn.day} {drawn:%b %Y, %H:%M:%S} {zones.abbreviation(zone, now)}"
    room = most_letters - len(said)
    return shorten(address, room) + said
