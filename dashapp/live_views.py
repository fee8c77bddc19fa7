"""Encoders: what a batch of fresh readings changes on the pages that show its channel.

A view is pure knowledge of what the page shows; the hub makes each batch once for all pages with an equal view. Over
HTTP the polling page uses the very same changes, so both roads draw the same pixels.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

from dash import Patch

from dashapp import growth, looks, shell
from dashapp.components.card import card_parts, pulse_parts
from dashapp.components.channel_page import CHART_CLASS, chart_class, extent_text
from dashapp.components.connection import beating
from dashapp.components.readings_table import Row, rows_of, table_columns
from dashapp.components.values import value_text
from dashapp.figures import columns, sparkline, timeseries
from dashapp.looks import Before, Look
from dashapp.parts import Memo, Part, cursor_key, memo_id, part_id
from domain.channels import Channel, Pulse
from domain.errors import NotFound
from domain.readings import Feed, FreshReadings, Kind, Point, Series
from domain.roles import Viewer
from domain.timespan import TimeSpan, Window
from live.dash_socket import set_props_piece
from models import standings
from models.store import Store

Update: TypeAlias = tuple[str | dict[str, Any], dict[str, Any]]
"""A component's id and its new props."""

Reading: TypeAlias = tuple[int, int, float | None, str | None]
"""(feed id, at, value, text)."""

VISITOR = Viewer.visitor()
COLLEGE = Viewer.person(0)
"""Somebody who is signed in and belongs to no channel."""

BOUNDARIES = 32
"""After how many of the last batches a view still knows what came before."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where views read what they were not told: the database and the clock."""

    store: Store
    now: Callable[[], int]

    def before(self, channel_id: int, entry_id: int) -> Before:
        return self.store.ask(looks.before, Viewer.with_key_of(channel_id), channel_id, entry_id, self.now())

    def look(self, channel_id: int, window: Window, points: int) -> Look:
        viewer = Viewer.with_key_of(channel_id)
        return self.store.ask(looks.channel, viewer, channel_id, window, self.now(), points)

    def wall(self, audience: Viewer) -> str:
        return self.store.ask(standings.wall, audience)

    def newest(self, channel_id: int) -> list[Reading]:
        return self.store.ask(looks.newest, Viewer.with_key_of(channel_id), channel_id)


@dataclass(frozen=True, slots=True)
class Change:
    """What to set on the page, and up to which entry it is then drawn."""

    updates: list[Update]
    cursor: int


@dataclass(slots=True)
class Known:
    """What a view remembers: the channel, its rhythm, each feed's newest reading at the ends of the last batches."""

    channel: Channel | None = None
    interval_s: float | None = None
    holds: dict[int, int] = field(default_factory=dict)
    latest: dict[int, Point] = field(default_factory=dict)
    tails: dict[int, dict[int, Point]] = field(default_factory=dict)
    rows: dict[tuple[int, int], Reading] = field(default_factory=dict)
    """The readings in the table, by feed and instant."""
    heard_at: int = 0
    """When something came last."""
    owes: bool = False
    """Whether that is still to be told by what need not come at once."""

    def hear(self, latest: Mapping[int, Point]) -> None:
        """Keep the newest reading of each feed."""
        for feed_id, point in latest.items():
            if feed_id not in self.latest or point.at >= self.latest[feed_id].at:
                self.latest[feed_id] = point

    def remember(self, entry_id: int, tails: dict[int, Point]) -> None:
        self.tails[entry_id] = tails
        while len(self.tails) > BOUNDARIES:
            self.tails.pop(next(iter(self.tails)), None)


@dataclass(frozen=True, slots=True)
class LiveView(ABC):
    """One channel as one kind of page shows it. Equal views share their batches, at most one in `window_s`.

    `view` stands in the ids; `version` is the channel's when it was drawn. When the channel has changed since (new
    feeds), nothing is patched any more: the page is told that it is stale, and draws itself again.
    """

    channel_id: int
    view: str
    version: int
    window: Window
    beats: bool
    source: Source = field(compare=False, repr=False)
    known: Known = field(default_factory=Known, compare=False, repr=False)

    window_s: float = 0.25

    seen: int = field(default=0, compare=False)
    """The channel's version when it was decided that this page may see it."""

    rebase_every_s: ClassVar[float] = 60.0
    afterwards_s: ClassVar[float | None] = None
    page: ClassVar[str]
    points: ClassVar[int]

    @property
    def tick_every_s(self) -> float | None:
        """One view of each page carries the page's heartbeat."""
        return 3.0 if self.beats else None

    def encode(self, channel_id: int, runs: Sequence[FreshReadings]) -> tuple[bytes, ...] | None:
        """The batch as pieces of a frame; the cursor among them, so that page and cursor never disagree."""
        return self._pieces(self.change(runs)) if runs else None

    def rebase(self, channel_id: int) -> tuple[tuple[bytes, ...], int] | None:
        """The picture read afresh: trimmed, decimated, late readings joined up."""
        change = self.redrawn()
        return self._pieces(change), change.cursor

    def tick(self, channel_id: int) -> tuple[bytes, ...]:
        return (set_props_piece(*beat(self.source.now())),)

    def afterwards(self, channel_id: int) -> tuple[bytes, ...] | None:
        return tuple(set_props_piece(*update) for update in self.rest()) or None

    def rest(self) -> list[Update]:
        """What the last changes left for a moment later, so that the reading itself is on the screen sooner."""
        return []

    def change(self, runs: Sequence[FreshReadings]) -> Change:
        """What these runs, which follow each other, change."""
        fresh, last = growth.by_feed(runs), runs[-1].last
        tails = self._tails(runs[0].first - 1)
        channel = self.known.channel
        if channel is None or channel.version != self.version or any(run.new_feeds for run in runs):
            return self._stale(last)
        shown = {feed.id for feed in channel.feeds}
        fresh = {feed_id: points for feed_id, points in fresh.items() if feed_id in shown}
        self.known.remember(last, {**tails, **_ends(fresh, tails)})
        self.known.hear({feed_id: points[-1] for feed_id, points in fresh.items()})
        now = max(run.received_at for run in runs)
        return Change(self._grown(channel, fresh, tails, now), last)

    def redrawn(self) -> Change:
        """What puts the page in order again, as of now."""
        look = self.source.look(self.channel_id, self.window, self.points)
        cursor = look.snapshot.cursor
        if look.overview.channel.version != self.version:
            return self._stale(cursor)
        self._learn(look.overview.channel, look.overview.pulse.interval_s, look.series)
        self.known.hear(look.overview.latest)
        self.known.remember(cursor, {one.feed.id: last for one in look.series if (last := _last(one))})
        return Change(self._redrawn(look), cursor)

    @abstractmethod
    def _grown(
        self, channel: Channel, fresh: Mapping[int, Sequence[Point]], tails: Mapping[int, Point], now: int
    ) -> list[Update]: ...

    @abstractmethod
    def _redrawn(self, look: Look) -> list[Update]: ...

    def _pieces(self, change: Change) -> tuple[bytes, ...]:
        cursor = Patch()
        cursor[cursor_key(self.view, self.channel_id)] = change.cursor
        return tuple(
            set_props_piece(*update)
            for update in [*change.updates, (memo_id(Memo.CURSOR, self.page), {"data": cursor})]
        )

    def _stale(self, cursor: int) -> Change:
        return Change([(memo_id(Memo.STALE, self.page), {"data": f"{self.view} {cursor}"})], cursor)

    def _tails(self, entry_id: int) -> dict[int, Point]:
        """Each feed's newest reading up to that entry, as far as it matters to what is drawn."""
        if entry_id not in self.known.tails or self.known.channel is None:
            self._recall(entry_id)
        return self.known.tails.get(entry_id, {})

    def _recall(self, entry_id: int) -> None:
        try:
            before = self.source.before(self.channel_id, entry_id)
        except NotFound:
            self.known.channel = None
            return
        channel, points = before.overview.channel, growth.by_feed(before.runs)
        series = [Series(feed, [point.at for point in points[feed.id]]) for feed in channel.feeds if feed.id in points]
        self._learn(channel, before.overview.pulse.interval_s, series)
        self.known.hear(before.overview.latest)
        start = self.source.now() - self.window.length
        self.known.remember(
            entry_id, {feed_id: found[-1] for feed_id, found in points.items() if found[-1].at >= start}
        )

    def _learn(self, channel: Channel, interval_s: float | None, series: Iterable[Series]) -> None:
        self.known.channel, self.known.interval_s = channel, interval_s
        self.known.holds.update({one.feed.id: columns.hold_us(one, interval_s) for one in series})

    def _growing(self, places: growth.Places, tails: Mapping[int, Point]) -> growth.Growing:
        return growth.Growing(places, self.known.holds, tails)

    def _values(self, feeds: Iterable[Feed], latest: Mapping[int, Point], shown: Mapping[int, Point]) -> list[Update]:
        """The latest values as text, where that is another text than the one shown."""
        said = {feed.id: value_text(feed, latest[feed.id]) for feed in feeds if feed.id in latest}
        before = {feed.id: value_text(feed, shown[feed.id]) for feed in feeds if feed.id in shown}
        return [
            (part_id(Part.VALUE, self.view, feed_id), {"children": text})
            for feed_id, text in said.items()
            if text != before.get(feed_id)
        ]

    def _pulse(self, pulse: Pulse, now: int) -> Update:
        return part_id(Part.PULSE, self.view, self.channel_id), {"children": pulse_parts(pulse, now)}

    def _figure(self, figure: Patch) -> Update:
        return part_id(Part.FIGURE, self.view, self.channel_id), {"figure": figure}


@dataclass(frozen=True, slots=True)
class WallCard(LiveView):
    """A channel as a card on the wall."""

    audience: Viewer = VISITOR
    """For whom it is drawn: a visitor, or anybody of the college (`COLLEGE`). What belongs to one person alone is no
    matter of a group's; their own pages are told when their rights change."""
    listed: str = ""
    """What stood on that audience's wall when it was drawn; the card that carries the heartbeat looks out for more."""

    page: ClassVar[str] = "wall"
    points: ClassVar[int] = looks.CARD_POINTS

    def tick(self, channel_id: int) -> tuple[bytes, ...]:
        listed = self.source.wall(self.audience) if self.listed else ""
        if listed == self.listed:
            return LiveView.tick(self, channel_id)
        stale = set_props_piece(memo_id(Memo.STALE, self.page), {"data": news(listed)})
        return (*LiveView.tick(self, channel_id), stale)

    def _grown(
        self, channel: Channel, fresh: Mapping[int, Sequence[Point]], tails: Mapping[int, Point], now: int
    ) -> list[Update]:
        if not channel.feeds:
            return []
        figure = Patch()
        growth.grow(figure, fresh, self._growing(growth.sparkline_places(channel.feeds), tails))
        growth.slide_sparkline(figure, TimeSpan.last(self.window.length, now))
        return [self._figure(figure), self._parts(channel, Pulse(now, self.known.interval_s), now)]

    def _redrawn(self, look: Look) -> list[Update]:
        channel = look.overview.channel
        if not channel.feeds:
            return []
        figure = Patch()
        growth.redraw(figure, sparkline.figure(look.series, self.known.holds, look.span))
        growth.slide_sparkline(figure, look.span)
        return [self._figure(figure), self._parts(channel, look.overview.pulse, look.now)]

    def _parts(self, channel: Channel, pulse: Pulse, now: int) -> Update:
        parts = card_parts(channel, self.known.latest, pulse, self.window, now)
        return part_id(Part.PULSE, self.view, self.channel_id), {"children": parts}


@dataclass(frozen=True, slots=True)
class ChannelChart(LiveView):
    """A channel as its own page shows it."""

    afterwards_s: ClassVar[float | None] = 0.3
    page: ClassVar[str] = "channel"
    points: ClassVar[int] = looks.CHART_POINTS

    def rest(self) -> list[Update]:
        """The table of newest readings and the age, which cost as much to draw as the chart."""
        channel, owes, self.known.owes = self.known.channel, self.known.owes, False
        if channel is None or not owes:
            return []
        pulse = Pulse(self.known.heard_at, self.known.interval_s)
        return [self._table(channel, self._newest_rows([])), self._pulse(pulse, self.source.now())]

    def _grown(
        self, channel: Channel, fresh: Mapping[int, Sequence[Point]], tails: Mapping[int, Point], now: int
    ) -> list[Update]:
        figure = Patch()
        growth.grow(figure, fresh, self._growing(growth.timeseries_places(channel.feeds), tails))
        growth.slide_timeseries(figure, TimeSpan.last(self.window.length, now))
        self._newest_rows((feed_id, *point) for feed_id, found in fresh.items() for point in found)
        self.known.heard_at, self.known.owes = max(self.known.heard_at, now), True
        start = now - self.window.length
        was_empty = all(tail.at < start for tail in tails.values())
        appears = was_empty and any(found[-1].at >= start for found in fresh.values())
        return [
            self._figure(figure),
            *self._values(channel.feeds, _ends(fresh, tails), tails),
            *([self._chart(CHART_CLASS)] if appears else []),
        ]

    def _redrawn(self, look: Look) -> list[Update]:
        channel = look.overview.channel
        figure = Patch()
        growth.redraw(figure, timeseries.figure(look.series, self.known.holds, look.span))
        growth.slide_timeseries(figure, look.span)
        self.known.rows, self.known.owes = {}, False
        rows = self._newest_rows([])
        return [
            self._figure(figure),
            self._chart(chart_class(look.series)),
            *self._values(channel.feeds, look.overview.latest, {}),
            *(
                (part_id(Part.EXTENT, self.view, one.feed.id), {"children": extent_text(one)})
                for one in look.series
                if one.feed.kind is Kind.NUMBER
            ),
            self._table(channel, rows),
            self._pulse(look.overview.pulse, look.now),
        ]

    def _newest_rows(self, fresh: Iterable[Reading]) -> list[Row]:
        """The table's rows with the fresh readings among them."""
        if not self.known.rows:
            self.known.rows = {reading[:2]: reading for reading in self.source.newest(self.channel_id)}
        self.known.rows |= {reading[:2]: reading for reading in fresh}
        rows = rows_of(self.known.rows.values())[: looks.TABLE_ROWS]
        self.known.rows = {key: reading for key, reading in self.known.rows.items() if rows and key[1] >= rows[-1].at}
        return rows

    def _chart(self, class_name: str) -> Update:
        return part_id(Part.CHART, self.view, self.channel_id), {"className": class_name}

    def _table(self, channel: Channel, rows: Sequence[Row]) -> Update:
        return part_id(Part.ROWS, self.view, self.channel_id), {"children": table_columns(channel.feeds, rows)}


@dataclass(frozen=True, slots=True)
class FirstReading(ChannelChart):
    """A channel's page that waits for the first reading: whatever comes, it draws itself again."""

    def change(self, runs: Sequence[FreshReadings]) -> Change:
        return self._stale(runs[-1].last)

    def redrawn(self) -> Change:
        return Change([], self.source.look(self.channel_id, self.window, 1).snapshot.cursor)


def news(listed: str) -> str:
    """What a wall's STALE memo says when other channels belong on it than those it shows."""
    return f"wall {listed}"


def beat(now: int) -> Update:
    """A sign of life for the page's dead man's switch."""
    return shell.Ids.BEAT, {"className": beating(now)}


def _ends(fresh: Mapping[int, Sequence[Point]], tails: Mapping[int, Point]) -> dict[int, Point]:
    """The newest reading of each feed that spoke; one that came late is not the newest."""
    return {
        feed_id: points[-1]
        for feed_id, points in fresh.items()
        if feed_id not in tails or points[-1].at >= tails[feed_id].at
    }


def _last(series: Series) -> Point | None:
    """The newest point of a series; of a summary, the start of its last bucket."""
    if not series.at:
        return None
    return Point(series.at[-1], (series.value or [None])[-1], (series.text or [None])[-1])
