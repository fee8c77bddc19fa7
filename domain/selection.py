"""What a page or a download of a channel shows: the range, its zone, the feeds, and how they are smoothed.

A selection is the query string of its page and nothing besides, so that a link shows the same to everybody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, quote
from zoneinfo import ZoneInfo

from domain import moments, zones
from domain.errors import Invalid
from domain.histograms import MOST_BINS
from domain.moments import FIRST, NOW
from domain.timespan import DAY, SECOND, TimeSpan

MOST_FIELDS = 50
MOST_OVERLAYS = 3
LONGEST_WINDOW = 31 * DAY
SHORTEST_SPAN = SECOND // 1000
"""Nobody looks closer than a millisecond: that is how exactly the charts place a reading."""

LENSES = ("statistics", "table", "xy", "histogram", "events", "map")
"""Ways to look at what is in view, below the chart."""


class Smooth(StrEnum):
    """How a line is smoothed: over the window that ends with each reading."""

    MEAN = "mean"
    MEDIAN = "median"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Smoothing:
    """A way to smooth, and its window in µs."""

    how: Smooth
    window: int

    @property
    def words(self) -> str:
        """`Mean over 10 minutes`."""
        name = {Smooth.MEAN: "Mean", Smooth.MEDIAN: "Median", Smooth.RATE: "Rate of change"}[self.how]
        return f"{name} over {moments.length_in_words(self.window)}"


@dataclass(frozen=True, slots=True)
class Range:
    """From when to when, as written. It is live where it ends now."""

    start: str = "now-15m"
    end: str = NOW

    @property
    def is_live(self) -> bool:
        return self.end == NOW

    @property
    def is_rolling(self) -> bool:
        """Whether both ends move with the clock."""
        return self.is_live and self.start.startswith("now-")

    def span(self, now: int, zone: ZoneInfo, first_at: int | None = None) -> TimeSpan:
        """The instants. `first_at`: the channel's first reading, for a range that begins there. Raises Invalid."""
        end = now + 1 if self.is_live else moments.instant_from(self.end, now, zone, is_end=True)
        if self.start == FIRST:
            start = end - 60 * SECOND if first_at is None else min(first_at, end - SECOND)
        else:
            start = moments.instant_from(self.start, now, zone) + (1 if self.is_rolling else 0)
        if end - start < SHORTEST_SPAN:
            raise Invalid("This range ends before it begins.", hint="Give a later end, or an earlier beginning.")
        return TimeSpan(start, end)

    @classmethod
    def of(cls, span: TimeSpan) -> Range:
        """A range that stands still, to the millisecond."""
        start, end = (round(at / 1000) * 1000 for at in (span.start, span.end))
        return cls(moments.canonical(start), moments.canonical(max(end, start + SHORTEST_SPAN)))

    @classmethod
    def last(cls, length: int) -> Range:
        """A length that ends now, to the second."""
        return cls(f"now-{moments.length_written(length)}")


@dataclass(frozen=True, slots=True)
class Overlay:
    """A feed of another channel, drawn into this one's chart."""

    channel_id: int
    feed: str

    @classmethod
    def parse(cls, written: str) -> Overlay:
        found = re.fullmatch(r"([1-9]\d{0,8})\.(.{1,64})", written, re.ASCII)
        if found is None:
            raise Invalid(f'"{written[:60]}" names no feed of a channel.', hint="Write overlay=12.temperature.")
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.channel_id}.{self.feed}"


@dataclass(frozen=True, slots=True)
class Selection:
    """What is shown. `zone` is None where the reader's own is meant; `hidden` are names of feeds left out.

    `x` and `y` name the feeds of a lens, `bins` is how many a histogram has: empty and None for the usual ones.
    """

    range: Range = Range()
    zone: str | None = None
    hidden: frozenset[str] = frozenset()
    smoothing: Smoothing | None = None
    overlays: tuple[Overlay, ...] = ()
    lens: str = LENSES[0]
    x: str = ""
    y: str = ""
    bins: int | None = None

    def but(self, **changes: Any) -> Selection:
        """The same with something else."""
        return replace(self, **changes)

    def over(self, range_: Range, zone: str) -> Selection:
        """The same over another range, understood in a zone: where it is one of dates, the zone goes with it."""
        has_date = moments.is_date(range_.start) or moments.is_date(range_.end)
        return self.but(range=range_, zone=zone if has_date else self.zone)

    def toggled(self, feed: str) -> Selection:
        """The same without the feed, or with it again."""
        return self.but(hidden=self.hidden ^ {feed})

    @property
    def query(self) -> str:
        """The query string with its question mark; empty where nothing but the usual is shown."""
        usual = Selection()
        pairs = [
            ("from", self.range.start if self.range != usual.range else ""),
            ("to", self.range.end if not self.range.is_live else ""),
            ("zone", self.zone or ""),
            ("hide", ",".join(sorted(self.hidden))),
            ("smooth", str(self.smoothing.how) if self.smoothing else ""),
            ("over", moments.length_written(self.smoothing.window) if self.smoothing else ""),
            ("overlay", ",".join(map(str, self.overlays))),
            ("lens", self.lens if self.lens != usual.lens else ""),
            ("x", self.x),
            ("y", self.y),
            ("bins", str(self.bins or "")),
        ]
        written = "&".join(f"{name}={quote(value, safe=':,/.-')}" for name, value in pairs if value)
        return f"?{written}" if written else ""

    @classmethod
    def parse(cls, query: str | None) -> Selection:
        """The selection of a query string. What it does not know it passes over. Raises Invalid."""
        given = dict(_fields(query or ""))
        usual = cls()
        range_ = Range(given.get("from", usual.range.start).strip(), given.get("to", NOW).strip())
        zone = zones.zone_named(given["zone"]).key if given.get("zone") else None
        _check(range_, zone)
        return cls(
            range=range_,
            zone=zone,
            hidden=frozenset(filter(None, given.get("hide", "").split(","))),
            smoothing=_smoothing(given.get("smooth", ""), given.get("over", "")),
            overlays=tuple(dict.fromkeys(map(Overlay.parse, _listed(given.get("overlay", "")))))[:MOST_OVERLAYS],
            lens=given["lens"] if given.get("lens") in LENSES else usual.lens,
            x=given.get("x", ""),
            y=given.get("y", ""),
            bins=_bins(given.get("bins", "")),
        )


def _fields(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query.removeprefix("?"), max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Invalid(f"An address has at most {MOST_FIELDS} fields.") from None


def _check(written: Range, zone: str | None) -> None:
    """Raises Invalid where the range is none; a later `now` cannot make a good one bad."""
    far = 4_102_444_800 * SECOND  # any instant will do: what counts is whether the words are understood
    known = zones.zone_named(zone or zones.WORLD)
    if written.start != FIRST:
        moments.instant_from(written.start, far, known)
    if not written.is_live:
        moments.instant_from(written.end, far, known, is_end=True)
    if not written.is_live and not written.start.startswith(NOW):
        written.span(far, known, first_at=0)


def _smoothing(how: str, over: str) -> Smoothing | None:
    if not how:
        return None
    if how not in set(Smooth):
        raise Invalid(f'"{how[:20]}" is no way to smooth.', hint="Take mean, median or rate.")
    window = moments.length_from(over or "1m")
    if window > LONGEST_WINDOW:
        raise Invalid("This window is too long.", hint="Smooth over at most 31 days.")
    return Smoothing(Smooth(how), window)


def _bins(written: str) -> int | None:
    """How many bins a histogram has; None for whatever is no such number: then they are made to fit."""
    count = int(written) if re.fullmatch(r"[0-9]{1,3}", written) else 0
    return count if 0 < count <= MOST_BINS else None


def _listed(written: str) -> list[str]:
    return [word for word in written.split(",") if word]
