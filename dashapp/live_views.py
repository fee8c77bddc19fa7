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
from dashapp.components.card import pulse_parts
from dashapp.components.connection import beating, still
from dashapp.components.values import value_text
from dashapp.figures import columns
from dashapp.in_view import InView
from dashapp.looks import Asked, Before, Look
from dashapp.parts import Memo, Part, cursor_key, memo_id, part_id
from domain.channels import Channel, Pulse
from domain.errors import NotFound
from domain.readings import Feed, FreshReadings, Kind, Point, Series
from domain.roles import Viewer
from domain.timespan import TimeSpan, Window
from live.dash_socket import set_props_piece
from models import readings, standings
from models.store import Store

Update: TypeAlias = tuple[str | dict[str, Any], dict[str, Any]]
"""A component's id and its new props."""

BOUNDARIES = 32
"""After how many of the last batches a view still knows what came before."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where views read what they were not told: the database and the clock."""

    store: Store
    now: Callable[[], int]

    def before(self, channel_id: int, entry_id: int) -> Before:
        return self.store.ask(looks.before, Viewer.with_key_of(channel_id), channel_id, entry_id, self.now())

    def card(self, channel_id: int, window: Window, points: int) -> Look:
        viewer = Viewer.with_key_of(channel_id)
        return self.store.ask(looks.card, viewer, channel_id, window, self.now(), points)

    def chart(self, channel_id: int, asked: Asked, points: int) -> Look:
        viewer = Viewer.with_key_of(channel_id)
        return self.store.ask(looks.channel, viewer, channel_id, asked, self.now(), points)

    def recent(self, feed_id: int, span: TimeSpan) -> list[Point]:
        return self.store.ask(readings.of_feed, feed_id, span)

    def wall(self, audience: Viewer) -> str:
        return self.store.ask(standings.wall, audience)


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
    in_view: InView | None = None
    """What the readings in view come to; None before the view was read."""
    recent: dict[int, list[Point]] = field(default_factory=dict)
    """The newest readings of a feed, as far back as its line is smoothed."""
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
    beats: bool
    source: Source = field(compare=False, repr=False)

    window_s: float = 0.25

    seen: int = field(default=0, compare=False)
    """The channel's version when it was decided that this page may see it."""

    rebase_every_s: ClassVar[float] = 60.0
    afterwards_s: ClassVar[float | None] = None
    is_still: ClassVar[bool] = False
    """Whether what it shows stands still because somebody asked it to."""
    page: ClassVar[str]

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
        return (set_props_piece(*beat(self.source.now(), is_still=self.is_still)),)

    def afterwards(self, channel_id: int) -> tuple[bytes, ...] | None:
        return tuple(set_props_piece(*update) for update in self.rest()) or None

    def rest(self) -> list[Update]:
        """What the last changes left for a moment later, so that the reading itself is on the screen sooner."""
        return []

    def lost(self) -> tuple[bytes, ...]:
        """What takes the channel off the page: where its right to see it ends, in the very moment."""
        return tuple(set_props_piece(*update) for update in self.gone())

    def gone(self) -> list[Update]:
        """The same as changes; none where the page draws itself anew without it soon enough."""
        return []

    @abstractmethod
    def change(self, runs: Sequence[FreshReadings]) -> Change:
        """What these runs, which follow each other, change."""

    @abstractmethod
    def redrawn(self) -> Change:
        """What puts the page in order again, as of now."""

    def _pieces(self, change: Change) -> tuple[bytes, ...]:
        cursor = Patch()
        cursor[cursor_key(self.view, self.channel_id)] = change.cursor
        return tuple(
            set_props_piece(*update)
            for update in [*change.updates, (memo_id(Memo.CURSOR, self.page), {"data": cursor})]
        )

    def _pulse(self, pulse: Pulse, now: int) -> Update:
        return part_id(Part.PULSE, self.view, self.channel_id), {"children": pulse_parts(pulse, now)}

    def _stale(self, cursor: int) -> Change:
        return Change([(memo_id(Memo.STALE, self.page), {"data": f"{self.view} {cursor}"})], cursor)


@dataclass(frozen=True, slots=True)
class GrowingView(LiveView):
    """A view with a chart that grows by what comes."""

    known: Known = field(default_factory=Known, compare=False, repr=False)

    points: ClassVar[int]

    def change(self, runs: Sequence[FreshReadings]) -> Change:
        fresh, last = growth.by_feed(runs), runs[-1].last
        tails = self._tails(runs[0].first - 1)
        channel = self.known.channel
        if channel is None or channel.version != self.version or any(run.new_feeds for run in runs):
            return self._stale(last)
        shown = {feed.id for feed in channel.feeds}
        fresh = {feed_id: points for feed_id, points in fresh.items() if feed_id in shown}
        self.known.remember(last, {**tails, **ends(drawn_as_lines(channel, fresh), tails)})
        self.known.hear({feed_id: points[-1] for feed_id, points in fresh.items()})
        now = max(run.received_at for run in runs)
        return Change(self._grown(channel, fresh, tails, now), last)

    def redrawn(self) -> Change:
        look = self._look()
        cursor = look.snapshot.cursor
        if look.overview.channel.version != self.version:
            return self._stale(cursor)
        self._learn(look.overview.channel, look.overview.pulse.interval_s, look.series)
        self.known.hear(look.overview.latest)
        self.known.remember(cursor, {one.feed.id: last for one in look.series if (last := last_of(one))})
        return Change(self._redrawn(look), cursor)

    @abstractmethod
    def _look(self) -> Look:
        """What is shown, read afresh."""

    @abstractmethod
    def _start(self, now: int) -> int:
        """The earliest instant in view."""

    @abstractmethod
    def _grown(
        self, channel: Channel, fresh: Mapping[int, Sequence[Point]], tails: Mapping[int, Point], now: int
    ) -> list[Update]: ...

    @abstractmethod
    def _redrawn(self, look: Look) -> list[Update]: ...

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
        start = self._start(self.source.now())
        drawn = drawn_as_lines(channel, points)
        self.known.remember(entry_id, {feed_id: found[-1] for feed_id, found in drawn.items() if found[-1].at >= start})

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

    def _figure(self, figure: Patch) -> Update:
        return part_id(Part.FIGURE, self.view, self.channel_id), {"figure": figure}


def beat(now: int, *, is_still: bool = False) -> Update:
    """A sign of life for the page's dead man's switch, from one that moves or stands still."""
    return shell.Ids.BEAT, {"className": still(now) if is_still else beating(now)}


def drawn_as_lines(channel: Channel, fresh: Mapping[int, Sequence[Point]]) -> Mapping[int, Sequence[Point]]:
    """The same without the words of feeds that hold both: a line goes from number to number."""
    both = {feed.id for feed in channel.feeds if feed.kind is Kind.MIXED}
    if not both & fresh.keys():
        return fresh
    numbers = {id_: [p for p in found if id_ not in both or p.value is not None] for id_, found in fresh.items()}
    return {feed_id: found for feed_id, found in numbers.items() if found}


def ends(fresh: Mapping[int, Sequence[Point]], tails: Mapping[int, Point]) -> dict[int, Point]:
    """The newest reading of each feed that spoke; one that came late is not the newest."""
    return {
        feed_id: points[-1]
        for feed_id, points in fresh.items()
        if feed_id not in tails or points[-1].at >= tails[feed_id].at
    }


def last_of(series: Series) -> Point | None:
    """The newest point of a series; of a summary, the start of its last bucket."""
    if not series.at:
        return None
    return Point(series.at[-1], (series.value or [None])[-1], (series.text or [None])[-1])
