"""What a page asks of storage for one drawing: each a question for `store.ask`, one consistent look.

The connection is handed through to `models`, which alone knows what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dashapp.figures import runs
from domain.channels import Overview
from domain.readings import FreshReadings, Kind, Series, Snapshot
from domain.roles import Viewer
from domain.timespan import TimeSpan, Window
from models import channels, readings

MOST_CARDS = 60
WALL_WINDOW = Window.MIN_15
CARD_POINTS = 100
CHART_POINTS = 300
TABLE_ROWS = 20

BEFORE = 64
"""How many entries back the live path looks for what a line was doing when its stream began."""


@dataclass(frozen=True, slots=True)
class Look:
    """A channel as it was at `now`: how it is, its series over `span`, and the cursor of both."""

    overview: Overview
    snapshot: Snapshot
    span: TimeSpan
    now: int

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


def wall(connection: Any, viewer: Viewer, now: int) -> list[Look]:
    """The channels on the wall, in its order."""
    span = TimeSpan.last(WALL_WINDOW.length, now)
    found = channels.overviews(connection, viewer, now=now, limit=MOST_CARDS)
    return [_look(connection, viewer, overview, span, CARD_POINTS, now) for overview in found]


def channel(
    connection: Any, viewer: Viewer, channel_id: int, window: Window, now: int, points: int = CHART_POINTS
) -> Look:
    """One channel over a window that ends now. Raises NotFound."""
    overview = channels.overview(connection, viewer, channel_id, now=now)
    return _look(connection, viewer, overview, TimeSpan.last(window.length, now), points, now)


def drawn(overview: Overview) -> Overview:
    """The channel as pages draw it: a hidden feed is stored and exported, but stands in no chart, tile or table."""
    feeds = tuple(feed for feed in overview.channel.feeds if not feed.is_hidden)
    return replace(overview, channel=replace(overview.channel, feeds=feeds))


def newest(connection: Any, viewer: Viewer, channel_id: int) -> list[tuple[int, int, float | None, str | None]]:
    """(feed id, at, value, text) of the newest readings, enough for a table. Raises NotFound."""
    feeds = channels.find(connection, viewer, channel_id).feeds
    found = readings.latest(connection, viewer, channel_id, TABLE_ROWS * max(1, len(feeds)))
    return [(row.feed.id, row.at, row.value, row.text) for row in found if not row.feed.is_hidden]


def before(connection: Any, viewer: Viewer, channel_id: int, entry_id: int, now: int) -> Before:
    """What the newest entries up to `entry_id` brought. Raises NotFound."""
    overview = channels.overview(connection, viewer, channel_id, now=now)
    return Before(drawn(overview), readings.fresh_since(connection, channel_id, max(0, entry_id - BEFORE), entry_id))


def visible(connection: Any, viewer: Viewer, channel_ids: Sequence[int], now: int) -> list[Overview]:
    """Those of the channels that the viewer may see."""
    return channels.overviews(connection, viewer, now=now, limit=MOST_CARDS, channel_ids=channel_ids)


def _look(connection: Any, viewer: Viewer, overview: Overview, span: TimeSpan, points: int, now: int) -> Look:
    snapshot = readings.snapshot(connection, viewer, overview.channel.id, span, points)
    shown = [one for one in snapshot.series if not one.feed.is_hidden]
    series = tuple(_with_states(connection, viewer, one, span, points) for one in shown)
    return Look(drawn(overview), replace(snapshot, series=series), span, now)


def _with_states(connection: Any, viewer: Viewer, series: Series, span: TimeSpan, points: int) -> Series:
    """Of very many words storage gives the ends of each run: between them the word held, so the run is filled in."""
    feed, most, gap = series.feed, points * readings.RAW_PER_POINT, span.length // points
    if feed.kind is not Kind.TEXT or runs.has_inner_readings(series, gap):
        return series
    found = readings.between(connection, viewer, feed.channel_id, [feed.name], span, most + 1)
    return runs.filled(series, gap) if len(found) > most else series
