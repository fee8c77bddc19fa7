"""What a page asks of storage for one drawing: each a question for `store.ask`, one consistent look.

The connection is handed through to `models`, which alone knows what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dashapp.figures import runs
from domain import zones
from domain.channels import Overview
from domain.errors import NotFound
from domain.moments import FIRST
from domain.readings import FreshReadings, Kind, Series, Snapshot
from domain.roles import Viewer
from domain.selection import Overlay, Range, Smoothing
from domain.timespan import TimeSpan, Window
from models import channels, readings, smoothing
from models.smoothing import Smoothed

MOST_CARDS = 60
MOST_OTHERS = 200
WALL_WINDOW = Window.MIN_15
CARD_POINTS = 100
CHART_POINTS = 300
MOST_AHEAD = 4
"""A board whose clock is ahead costs at most so many times the points."""

BEFORE = 64
"""How many entries back the live path looks for what a line was doing when its stream began."""


USUAL_RANGE = Range()
NOT_SMOOTHED = Smoothed({}, "")


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a channel its page draws: the range in a zone, without the hidden feeds, smoothed or not."""

    range: Range = USUAL_RANGE
    zone: str = zones.WORLD
    hidden: frozenset[str] = frozenset()
    smoothing: Smoothing | None = None

    def span(self, now: int, first_at: int | None = None) -> TimeSpan:
        """Raises Invalid where the range ends before it begins."""
        return self.range.span(now, zones.zone_named(self.zone), first_at)


USUAL = Asked()


@dataclass(frozen=True, slots=True)
class Look:
    """A channel as it was at `now`: how it is, its series over `span`, and the cursor of both.

    `first_at`: its first reading, where the range asked for it.
    """

    overview: Overview
    snapshot: Snapshot
    span: TimeSpan
    now: int
    smoothed: Smoothed = NOT_SMOOTHED
    first_at: int | None = None

    @property
    def channel_id(self) -> int:
        return self.overview.channel.id

    @property
    def series(self) -> tuple[Series, ...]:
        return self.snapshot.series


@dataclass(frozen=True, slots=True)
class Before:
    """A channel, and its newest entries up to some entry."""

    overview: Overview
    runs: list[FreshReadings]


def wall(connection: Any, viewer: Viewer, now: int, channel_ids: Sequence[int] | None = None) -> list[Look]:
    """Channels as cards, in the order given; without one all on the viewer's wall, in its order."""
    span = TimeSpan.last(WALL_WINDOW.length, now)
    found = channels.overviews(connection, viewer, now=now, limit=MOST_CARDS, channel_ids=channel_ids)
    places = {channel_id: place for place, channel_id in enumerate(channel_ids or ())}
    found.sort(key=lambda overview: places.get(overview.channel.id, 0))
    return [_look(connection, viewer, overview, span, CARD_POINTS, now, is_live=True) for overview in found]


def card(connection: Any, viewer: Viewer, channel_id: int, window: Window, now: int, points: int = CARD_POINTS) -> Look:
    """One channel over a window that ends now. Raises NotFound."""
    overview = channels.overview(connection, viewer, channel_id, now=now)
    return _look(connection, viewer, overview, TimeSpan.last(window.length, now), points, now, is_live=True)


def channel(
    connection: Any, viewer: Viewer, channel_id: int, asked: Asked, now: int, points: int = CHART_POINTS
) -> Look:
    """One channel as its page draws it. Raises NotFound; Invalid for a range that is none."""
    overview = channels.overview(connection, viewer, channel_id, now=now)
    first_at = readings.first_at(connection, overview.channel) if asked.range.start == FIRST else None
    span = asked.span(now, first_at)
    look = _look(connection, viewer, overview, span, points, now, asked.hidden, is_live=asked.range.is_live)
    if asked.smoothing:
        reach, enough = _reach(overview, span, points) if asked.range.is_live else (span, points)
        smoothed = smoothing.lines(connection, viewer, channel_id, reach, asked.smoothing, enough, asked.hidden)
        look = replace(look, smoothed=smoothed)
    return replace(look, first_at=first_at)


def other_feeds(connection: Any, viewer: Viewer, channel_id: int, now: int) -> list[tuple[Overlay, str]]:
    """Lines of other channels that may be laid over this one's chart, each with its name."""
    found = channels.overviews(connection, viewer, now=now, limit=MOST_OTHERS)
    return [
        (Overlay(other.channel.id, feed.name), f"{other.channel.name} · {feed.label}")
        for other in found
        for feed in other.channel.feeds
        if other.channel.id != channel_id and feed.kind is not Kind.TEXT and not feed.is_hidden
    ]


def overlays(
    connection: Any,
    viewer: Viewer,
    wanted: Sequence[Overlay],
    span: TimeSpan,
    now: int,
    points: int = CHART_POINTS,
    *,
    is_live: bool = False,
) -> list[Look]:
    """The channels of the feeds that are laid over a chart, each with that feed alone; what may not be seen is not."""
    found = []
    for overlay in wanted:
        try:
            overview = channels.overview(connection, viewer, overlay.channel_id, now=now)
        except NotFound:
            continue
        others = {feed.name for feed in overview.channel.feeds if feed.name != overlay.feed}
        look = _look(connection, viewer, overview, span, points, now, frozenset(others), is_live=is_live)
        if look.series and look.series[0].feed.kind is not Kind.TEXT:
            found.append(look)
    return found


def drawn(overview: Overview) -> Overview:
    """The channel as pages draw it: a hidden feed is stored and exported, but stands in no chart, tile or table."""
    feeds = tuple(feed for feed in overview.channel.feeds if not feed.is_hidden)
    return replace(overview, channel=replace(overview.channel, feeds=feeds))


def before(connection: Any, viewer: Viewer, channel_id: int, entry_id: int, now: int) -> Before:
    """What the newest entries up to `entry_id` brought. Raises NotFound."""
    overview = channels.overview(connection, viewer, channel_id, now=now)
    return Before(drawn(overview), readings.fresh_since(connection, channel_id, max(0, entry_id - BEFORE), entry_id))


def visible(connection: Any, viewer: Viewer, channel_ids: Sequence[int], now: int) -> list[Overview]:
    """Those of the channels that the viewer may see, as pages draw them."""
    found = channels.overviews(connection, viewer, now=now, limit=MOST_CARDS, channel_ids=channel_ids)
    return [drawn(overview) for overview in found]


def _look(
    connection: Any,
    viewer: Viewer,
    overview: Overview,
    span: TimeSpan,
    points: int,
    now: int,
    without: frozenset[str] = frozenset(),
    *,
    is_live: bool,
) -> Look:
    reach, enough = _reach(overview, span, points) if is_live else (span, points)
    snapshot = readings.snapshot(connection, viewer, overview.channel.id, reach, enough, without)
    shown = [one for one in snapshot.series if not one.feed.is_hidden]
    series = tuple(_with_states(connection, viewer, one, reach, enough) for one in shown)
    return Look(drawn(overview), replace(snapshot, series=series), span, now)


def _reach(overview: Overview, span: TimeSpan, points: int) -> tuple[TimeSpan, int]:
    """How far a look reaches that goes on live, and with how many points it is as close as over the span alone.

    It takes all that is stored: what came after `now` was read from the clock, or from a board whose clock is ahead,
    is before the cursor, and the live path will not bring it again.
    """
    end = max((point.at + 1 for point in overview.latest.values()), default=span.end)
    if end <= span.end:
        return span, points
    reach = TimeSpan(span.start, end)
    return reach, min(-(-points * reach.length // span.length), points * MOST_AHEAD)


def _with_states(connection: Any, viewer: Viewer, series: Series, span: TimeSpan, points: int) -> Series:
    """Of very many words storage gives the ends of each run: between them the word held, so the run is filled in."""
    feed, most, gap = series.feed, points * readings.RAW_PER_POINT, span.length // points
    if feed.kind is not Kind.TEXT or runs.has_inner_readings(series, gap):
        return series
    found = readings.between(connection, viewer, feed.channel_id, [feed.name], span, most + 1)
    return runs.filled(series, gap) if len(found) > most else series
