"""The channel page's encoders: what fresh readings change on its chart, or on its counter while it is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from dash import Patch

from dashapp import growth, looks, vanishing
from dashapp.channel_ids import PAGE
from dashapp.components.channel_page import CHART_CLASS, chart_class
from dashapp.components.pace import fresh_text
from dashapp.components.summary import extent_text, summary, trend_props
from dashapp.figures import end_labels, timeseries
from dashapp.figures.clock import Clock, clock_of
from dashapp.figures.end_labels import Shift
from dashapp.figures.timeseries import Drawing
from dashapp.in_view import InView
from dashapp.live_views import Change, GrowingView, LiveView, Source, Update, ends
from dashapp.looks import Asked, Look
from dashapp.parts import Part, part_id
from dashapp.showing import Showing
from domain import smoothing, zones
from domain.channels import Channel, Overview, Pulse
from domain.readings import Feed, FreshReadings, Kind, Point
from domain.selection import Smoothing
from domain.timespan import TimeSpan


def _emptied(view: LiveView) -> list[Update]:
    """What takes the channel off its own page."""
    return vanishing.emptied() if view.page == PAGE else []


@dataclass(frozen=True, slots=True)
class ChannelChart(GrowingView):
    """A channel as its own page shows it while it follows, drawn on a clock that is `shift_us` ahead of UTC."""

    asked: Asked = looks.USUAL
    shift_us: int = 0
    overlays: int = 0
    """How many feeds of other channels stand between this channel's lines and its bands."""

    afterwards_s: ClassVar[float | None] = 0.3
    page: ClassVar[str] = PAGE
    points: ClassVar[int] = looks.CHART_POINTS
    gone = _emptied

    def rest(self) -> list[Update]:
        """The age, and what is said in words: it costs as much to draw as the chart."""
        channel, owes, self.known.owes = self.known.channel, self.known.owes, False
        if channel is None or not owes:
            return []
        pulse = Pulse(self.known.heard_at, self.known.interval_s)
        return [self._pulse(pulse, self.source.now()), *self._words(channel)]

    def change(self, runs: Sequence[FreshReadings]) -> Change:
        if self._in_view().crowds(growth.by_feed(runs)):
            return self._stale(runs[-1].last)
        return GrowingView.change(self, runs)

    def redrawn(self) -> Change:
        """Also where the clocks were changed: what is drawn stands on the clock it was drawn with."""
        now = self.source.now()
        if clock_of(self.asked.span(now), zones.zone_named(self.asked.zone)).shift_us != self.shift_us:
            return self._stale(self.source.before(self.channel_id, 0).overview.channel.cursor)
        return GrowingView.redrawn(self)

    def _look(self) -> Look:
        return self.source.chart(self.channel_id, self.asked, self.points)

    def _start(self, now: int) -> int:
        return self.asked.span(now).start

    def _clock(self, span: TimeSpan) -> Clock:
        return replace(clock_of(span, zones.zone_named(self.asked.zone)), shift_us=self.shift_us)

    def _shown(self, channel: Channel) -> list[Feed]:
        return [feed for feed in channel.feeds if feed.name not in self.asked.hidden]

    def _grown(
        self, channel: Channel, fresh: Mapping[int, Sequence[Point]], tails: Mapping[int, Point], now: int
    ) -> list[Update]:
        feeds, span, figure = self._shown(channel), self.asked.span(now), Patch()
        places = growth.timeseries_places(feeds, self.overlays)
        moved = {feed_id: growth.moved(tail, self.shift_us) for feed_id, tail in tails.items()}
        words = self._in_view().words
        growing = growth.Growing(places, self.known.holds, moved, words)
        growth.grow(figure, growth.shifted(fresh, self.shift_us), growing)
        if self.asked.smoothing:
            self._smooth(figure, places, fresh, tails, self.asked.smoothing)
        growth.slide_timeseries(figure, span, self._clock(span))
        self._in_view().grow(fresh)
        if not self.overlays:  # of their lines nothing is known here
            growth.name_ends(figure, places, self._names(feeds, {**tails, **ends(fresh, tails)}))
        self.known.heard_at, self.known.owes = max(self.known.heard_at, now), True
        was_empty = all(tail.at < span.start for tail in tails.values())
        appears = was_empty and any(found[-1].at >= span.start for found in fresh.values())
        return [
            self._figure(figure),
            *self._values(feeds, ends(fresh, tails), tails),
            *([self._chart(CHART_CLASS)] if appears else []),
        ]

    def _smooth(
        self,
        figure: Patch,
        places: growth.Places,
        fresh: Mapping[int, Sequence[Point]],
        tails: Mapping[int, Point],
        asked: Smoothing,
    ) -> None:
        """Go on with the smoothed lines of the feeds that spoke."""
        for feed_id, points in fresh.items():
            place, tail = places.get(feed_id), tails.get(feed_id)
            if isinstance(place, growth.LinePlaces) and place.smooth is not None:
                smoothed = self._smoothed(feed_id, points, tail, asked)
                moved = [growth.moved(point, self.shift_us) for point in smoothed]
                hold = self.known.holds.get(feed_id, 0)
                growth.grow_smooth(
                    figure["data"][place.smooth], moved, hold, growth.moved(tail, self.shift_us) if tail else None
                )

    def _smoothed(self, feed_id: int, points: Sequence[Point], tail: Point | None, asked: Smoothing) -> list[Point]:
        """The smoothed values at these readings, from what is remembered of a window or, where that ends elsewhere than
        before these readings, from storage."""
        new = [point for point in points if tail is None or point.at > tail.at]
        if not new:
            return []
        known = self.known.recent.get(feed_id, [])
        since = new[0].at - asked.window
        if tail is not None and known and known[-1].at == tail.at and known[0].at <= since:
            window = [*known, *new]
        else:
            window = self.source.recent(feed_id, TimeSpan(since, new[-1].at + 1))
        # One reading before the window stays, so that it is known to reach that far back.
        first = next((place for place, point in enumerate(window) if point.at > new[-1].at - asked.window), 0)
        self.known.recent[feed_id] = window[max(0, first - 1) :]
        at, value = [point.at for point in window], [point.value for point in window]
        smoothed = smoothing.smoothed(at, value, asked.how, asked.window, new[0].at)
        instants = [instant for instant in at if instant >= new[0].at]
        return [Point(instant, number, None) for instant, number in zip(instants, smoothed, strict=True)]

    def _names(self, feeds: Sequence[Feed], newest: Mapping[int, Point]) -> dict[int, tuple[str, Shift]]:
        """The names of lines that share a panel, and where they stand."""
        numbers = {feed_id: point.value for feed_id, point in newest.items() if point.value is not None}
        places = end_labels.places(feeds, numbers, self._in_view().extents)
        return {feed.id: (feed.label, places[feed.id]) for feed in feeds if feed.id in places and feed.id in numbers}

    def _in_view(self) -> InView:
        if self.known.in_view is None:
            self.known.in_view = InView.of(self._look())
        return self.known.in_view

    def _words(self, channel: Channel) -> list[Update]:
        """What stands under the values, and the chart in words."""
        span = self.asked.span(self.source.now())
        said = self._in_view().said(self._shown(channel), self.known.latest, span)
        updates: list[Update] = [self._part(Part.CAPTION, self.channel_id, children=summary(said))]
        for each in said:
            if each.feed.kind is not Kind.TEXT:
                updates.append(self._part(Part.EXTENT, each.feed.id, children=extent_text(each.feed, each.ends)))
                updates.append(self._part(Part.TREND, each.feed.id, **trend_props(each.feed, each.trend)))
        return updates

    def _redrawn(self, look: Look) -> list[Update]:
        channel = look.overview.channel
        self.known.recent, self.known.owes = {}, False
        self.known.in_view = InView.of(look)
        figure = Patch()
        clock = self._clock(look.span)
        drawing = Drawing(look.series, self.known.holds, look.span, clock, self.asked.smoothing, look.smoothed.lines)
        growth.redraw(figure, timeseries.figure(drawing), is_part=self.overlays > 0)
        growth.slide_timeseries(figure, look.span, clock)
        return [
            self._figure(figure),
            self._chart(chart_class(look.series, self.overlays)),
            *self._values(self._shown(channel), look.overview.latest, {}),
            *self._words(channel),
            self._pulse(look.overview.pulse, look.now),
        ]

    def _chart(self, class_name: str) -> Update:
        return self._part(Part.CHART, self.channel_id, className=class_name)

    def _part(self, part: Part, of: int, **props: Any) -> Update:
        return part_id(part, self.view, of), props


@dataclass(frozen=True, slots=True)
class OverlayLine(GrowingView):
    """A feed of this channel as a line on another channel's page: the `place`th line of the chart `onto`."""

    feed_id: int = 0
    onto: tuple[str, int] = ("", 0)
    place: int = 0
    asked: Asked = looks.USUAL
    shift_us: int = 0

    page: ClassVar[str] = PAGE
    points: ClassVar[int] = looks.CHART_POINTS

    def _look(self) -> Look:
        return self.source.chart(self.channel_id, self.asked, self.points)

    def _start(self, now: int) -> int:
        return self.asked.span(now).start

    def _grown(
        self, channel: Channel, fresh: Mapping[int, Sequence[Point]], tails: Mapping[int, Point], now: int
    ) -> list[Update]:
        figure = Patch()
        places = {self.feed_id: growth.line_places(self.place)}
        moved = {feed_id: growth.moved(tail, self.shift_us) for feed_id, tail in tails.items()}
        growth.grow(figure, growth.shifted(fresh, self.shift_us), self._growing(places, moved))
        span = self.asked.span(now)
        growth.slide_timeseries(figure, span, self._clock(span))  # or its end would stand beyond that of the axis
        return [self._onto(figure)] if self.feed_id in fresh else []

    def _redrawn(self, look: Look) -> list[Update]:
        """Of the overlay's own chart the three traces of its line, put into their places here."""
        drawn = timeseries.figure(Drawing(look.series, self.known.holds, look.span, self._clock(look.span)))
        figure = Patch()
        growth.redraw(figure, drawn, after=self.place * timeseries.TRACES_PER_LINE, is_part=True)
        return [self._onto(figure)]

    def _clock(self, span: TimeSpan) -> Clock:
        return replace(clock_of(span, zones.zone_named(self.asked.zone)), shift_us=self.shift_us)

    def _onto(self, figure: Patch) -> Update:
        view, channel_id = self.onto
        return part_id(Part.FIGURE, view, channel_id), {"figure": figure}


@dataclass(frozen=True, slots=True)
class Held(LiveView):
    """A channel's page that stands still: what comes is counted from the entry after `since` on."""

    since: int = 0
    interval_s: float | None = field(default=None, compare=False)

    page: ClassVar[str] = PAGE
    is_still: ClassVar[bool] = True
    gone = _emptied

    def change(self, runs: Sequence[FreshReadings]) -> Change:
        last = runs[-1].last
        if any(run.new_feeds for run in runs):
            return self._stale(last)
        now = max(run.received_at for run in runs)
        return Change([self._count(last), self._pulse(Pulse(now, self.interval_s), now)], last)

    def redrawn(self) -> Change:
        before = self.source.before(self.channel_id, 0)
        cursor, channel = before.overview.channel.cursor, before.overview.channel
        if channel.version != self.version:
            return self._stale(cursor)
        return Change([self._count(cursor), self._pulse(before.overview.pulse, self.source.now())], cursor)

    def _count(self, last: int) -> Update:
        return part_id(Part.FRESH, self.view, self.channel_id), {"children": fresh_text(last - self.since)}


@dataclass(frozen=True, slots=True)
class FirstReading(LiveView):
    """A channel's page that waits for the first reading: whatever comes, it draws itself again."""

    page: ClassVar[str] = PAGE
    gone = _emptied

    def change(self, runs: Sequence[FreshReadings]) -> Change:
        return self._stale(runs[-1].last)

    def redrawn(self) -> Change:
        return Change([], self.source.before(self.channel_id, 0).overview.channel.cursor)


def views_of(showing: Showing, seen: Mapping[int, Overview], source: Source) -> list[LiveView]:
    """What a page shows, as encoders; `seen` are the channels its viewer may see."""
    overview = seen.get(showing.channel_id)
    if overview is None:
        return []
    channel = overview.channel
    own = (showing.channel_id, showing.name, showing.version, True, source)
    if showing.waits:
        return [FirstReading(*own, seen=channel.version)]
    if not showing.selection.range.is_live:
        return [Held(*own, seen=channel.version, since=showing.since, interval_s=overview.pulse.interval_s)]
    overlays = [(seen[channel_id].channel, feed_id) for channel_id, feed_id in showing.overlays if channel_id in seen]
    chart = ChannelChart(
        *own, seen=channel.version, asked=showing.asked, shift_us=showing.shift_us, overlays=len(showing.overlays)
    )
    lines = sum(feed.kind is not Kind.TEXT and feed.name not in showing.asked.hidden for feed in channel.feeds)
    return [
        chart,
        *(_overlay(showing, each, feed_id, lines + order, source) for order, (each, feed_id) in enumerate(overlays)),
    ]


def _overlay(showing: Showing, channel: Channel, feed_id: int, place: int, source: Source) -> OverlayLine:
    others = frozenset(feed.name for feed in channel.feeds if feed.id != feed_id)
    return OverlayLine(
        channel.id,
        showing.overlay_name(feed_id),
        channel.version,
        False,
        source,
        seen=channel.version,
        feed_id=feed_id,
        onto=(showing.name, showing.channel_id),
        place=place,
        asked=replace(showing.asked, hidden=others, smoothing=None),
        shift_us=showing.shift_us,
    )
