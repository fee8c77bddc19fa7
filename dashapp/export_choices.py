"""From what somebody chooses on the export panel to the download it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from dashapp.showing import Showing
from domain import moments, zones
from domain.channels import Channel
from domain.downloads import EVERYTHING, SHORTEST_BIN, Aggregate, Binned, Download, Form, Shape, binned_from
from domain.readings import Feed, Kind, Series
from domain.selection import Range
from domain.timespan import DAY, HOUR, MINUTE, SECOND

WIDTHS = (SECOND, 10 * SECOND, MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY)
"""Bins to choose from."""

EACH = "each"
"""In place of a width: no bins, every reading."""


class What(StrEnum):
    """Which readings."""

    SHOWN = "shown"
    """The feeds that are drawn, as closely as they are drawn."""
    RANGE = "range"
    """Every reading of the range."""
    CHANNEL = "channel"
    """Every reading there is."""


class Manner(StrEnum):
    """How a file is written, where that is not the usual way."""

    COMMA = "comma"
    EXCEL = "excel"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a chart shows: its feeds, by name, and the width of its bins in µs, None where it draws every reading."""

    feeds: tuple[str, ...] = ()
    width: int | None = None
    is_smoothed: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen. `feeds`: their names; `width`: of bins, as an address writes it, or EACH."""

    what: What = What.RANGE
    form: Form = Form.CSV
    shape: Shape = Shape.WIDE
    feeds: tuple[str, ...] = ()
    width: str = EACH
    aggregates: tuple[Aggregate, ...] = ()
    zone: str = zones.WORLD
    manners: frozenset[Manner] = frozenset()


def drawn_of(series: Sequence[Series], *, is_smoothed: bool) -> Drawn:
    """What a chart of these series shows."""
    widths = [one.bucket_us for one in series if one.feed.kind is not Kind.TEXT and one.at and one.bucket_us]
    width = max(widths, default=None)
    shown = tuple(one.feed.name for one in series)
    return Drawn(shown, None if width is None else max(width, SHORTEST_BIN), is_smoothed)


def offered(channel: Channel) -> tuple[Feed, ...]:
    """The feeds that can be taken."""
    return tuple(feed for feed in channel.feeds if not feed.is_hidden)


def download_of(choice: Choice, showing: Showing, every: Sequence[str], now: int) -> Download:
    """The download. `every`: the names of all feeds that can be taken: where all are wanted, none is named.

    Raises Invalid.
    """
    is_table = choice.form is Form.CSV
    return Download(
        showing.channel_id,
        choice.form,
        choice.shape,
        range=EVERYTHING if choice.what is What.CHANNEL else _range(showing, choice.zone, now),
        zone=None if choice.zone == zones.WORLD else choice.zone,
        feeds=() if set(choice.feeds) >= set(every) else tuple(name for name in every if name in choice.feeds),
        binned=_binned(choice),
        decimal_comma=is_table and Manner.COMMA in choice.manners,
        for_excel=is_table and Manner.EXCEL in choice.manners,
        newest_first=Manner.NEWEST in choice.manners,
    )


def with_progress(address: str, word: str) -> str:
    """The address at which it is remembered under this word how far the download is."""
    return f"{address}{'&' if '?' in address else '?'}{PROGRESS}={word}"


def word_in(address: str) -> str:
    """The word that `with_progress` put there; empty where none is."""
    return address.rpartition(f"{PROGRESS}=")[2] if f"{PROGRESS}=" in address else ""


PROGRESS = "progress"


def _binned(choice: Choice) -> Binned | None:
    return None if choice.width == EACH else binned_from(choice.width, ",".join(choice.aggregates))


def _range(showing: Showing, zone: str, now: int) -> Range:
    """The range that is shown. One of dates means the days of the page's zone, whatever the zone of the file is."""
    asked = showing.selection.range
    if zone == showing.zone or not (moments.is_date(asked.start) or moments.is_date(asked.end)):
        return asked
    span = asked.span(now, zones.zone_named(showing.zone), first_at=showing.first_at)
    return Range(
        moments.canonical(span.start) if moments.is_date(asked.start) else asked.start,
        moments.canonical(span.end) if moments.is_date(asked.end) else asked.end,
    )
