"""The wall's encoder: what a batch of fresh readings changes on a channel's card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from dash import Patch

from dashapp import looks, wall_rate
from dashapp.components.card import card_parts, chart_props, leading
from dashapp.figures.outline import Size
from dashapp.figures.sparkline import ON_WALL, Strip
from dashapp.live_views import Change, GrowingView, LiveView, Update
from dashapp.looks import Look
from dashapp.parts import Memo, Part, cursor_key, memo_id, part_id
from domain.channels import Channel, Pulse
from domain.readings import Point
from domain.roles import Viewer
from domain.timespan import SECOND, TimeSpan, Window
from domain.trends import OVER, Lately, Trend
from live.dash_socket import set_props_piece
from live.gathering import Newest

VISITOR = Viewer.visitor()
COLLEGE = Viewer.person(0)
"""Somebody who is signed in and belongs to no channel."""

CHART_EVERY_S = 3.0
"""How often a card's chart may change: so long takes fifteen minutes to move by a pixel."""

GATHERED_S = 0.1
"""How long a change of a card waits for those of other cards. A browser that is told of several at once looks only once
through all that is on the page."""

TURNS = 5
"""Of the cards that speak often, a page that polls asks for this share of the charts each time."""


@dataclass(slots=True)
class Chart:
    """What a card's chart and its trend grow by, as the live path knows it."""

    strip: Strip | None = None
    """None until the chart is first asked for."""
    lately: Lately | None = None
    """The newest numbers of the feed that leads; None until one came."""


@dataclass(frozen=True, slots=True)
class WallCard(GrowingView):
    """A channel as a card on the wall: what it says comes at once, its chart a moment later."""

    audience: Viewer = VISITOR
    """For whom it is drawn: a visitor, or anybody of the college (`COLLEGE`). What belongs to one person alone is no
    matter of a group's; their own pages are told when their rights change."""
    window: Window = looks.WALL_WINDOW
    listed: str = ""
    """What stood on that audience's wall when it was drawn; the card that carries the heartbeat looks out for more."""
    together: tuple[int, ...] = ()
    """The channels on the page, of whose rate of messages the card that carries the heartbeat tells."""

    chart: Chart = field(default_factory=Chart, compare=False, repr=False)

    page: ClassVar[str] = "wall"
    points: ClassVar[int] = looks.CARD_POINTS
    afterwards_s: ClassVar[float | None] = CHART_EVERY_S
    gathers_s: ClassVar[float | None] = GATHERED_S

    def tick(self, channel_id: int) -> tuple[bytes, ...]:
        listed = self.source.wall(self.audience) if self.listed else ""
        rate = set_props_piece(*wall_rate.update(self.source.store, self.together, self.source.now()))
        told = (*LiveView.tick(self, channel_id), rate)
        if listed == self.listed:
            return told
        return (*told, set_props_piece(memo_id(Memo.STALE, self.page), {"data": news(listed)}))

    @property
    def room(self) -> Size:
        """How large the chart usually is."""
        return ON_WALL

    def _look(self) -> Look:
        return self.source.card(self.channel_id, self.window, self.points)

    def _start(self, now: int) -> int:
        return now - self.window.length

    def _pieces(self, change: Change) -> tuple[bytes, ...]:
        """Each as the newest of its kind: a page that draws slowly is shown the last of several."""
        cursor, key = Patch(), cursor_key(self.view, self.channel_id)
        cursor[key] = change.cursor
        memo = set_props_piece(memo_id(Memo.CURSOR, self.page), {"data": cursor})
        return (*self._newest(change.updates), Newest.of(key, "cursor", memo))

    def afterwards(self, channel_id: int) -> tuple[bytes, ...] | None:
        if self.chart.strip is None:
            self._read()
        return self._newest(self.rest()) or None

    def rest(self) -> list[Update]:
        """The chart, where something came since it was drawn."""
        channel = self.known.channel
        if channel is None or not self.known.owes:
            return []
        if self.chart.strip is None and self._is_its_turn():
            self._read()
        if self.chart.strip is None:
            return []
        self.known.owes = False
        return [self._drawn(channel, self.chart.strip, self.source.now())]

    def _is_its_turn(self) -> bool:
        """Whether a page that polls, for which all is read anew each time, asks for this chart now."""
        is_slow = (self.known.interval_s or CHART_EVERY_S) >= CHART_EVERY_S
        return is_slow or (self.source.now() // SECOND + self.channel_id) % TURNS == 0

    def _read(self) -> None:
        look = self._look()
        self._learn(look.overview.channel, look.overview.pulse.interval_s, look.series)
        self.chart.strip = self._strip(look)

    def _grown(
        self, channel: Channel, fresh: Mapping[int, Sequence[Point]], tails: Mapping[int, Point], now: int
    ) -> list[Update]:
        if not channel.feeds:
            return []
        self.known.owes = True
        if self.chart.strip is not None:
            self.chart.strip.grow(fresh)
        feed = leading(channel)
        if self.chart.lately is not None and feed is not None:
            self.chart.lately.add((point.at, point.value) for point in fresh.get(feed.id, ()))
        return [self._parts(channel, Pulse(now, self.known.interval_s), self._trend(channel, now), now)]

    def _redrawn(self, look: Look) -> list[Update]:
        channel = look.overview.channel
        if not channel.feeds:
            return []
        self.known.owes = False
        strip = self._strip(look)
        self.chart.strip, self.chart.lately = strip, None
        trend = self._trend(channel, look.now)
        return [self._drawn(channel, strip, look.now), self._parts(channel, look.overview.pulse, trend, look.now)]

    def _strip(self, look: Look) -> Strip:
        return Strip.of(look.series, self.known.holds, look.overview.latest)

    def _trend(self, channel: Channel, now: int) -> Trend | None:
        """Where the feed that leads is heading; None where its newest reading is a word, or old."""
        feed = leading(channel)
        newest = self.known.latest.get(feed.id) if feed else None
        if feed is None or newest is None or newest.value is None or newest.at < now - OVER:
            return None
        if self.chart.lately is None:
            recent = self.source.recent(feed.id, TimeSpan(newest.at - OVER, newest.at + 1))
            self.chart.lately = Lately((point.at, point.value) for point in recent)
        return self.chart.lately.trend(now - OVER)

    def _newest(self, updates: Sequence[Update]) -> tuple[bytes, ...]:
        card = cursor_key(self.view, self.channel_id)
        return tuple(Newest.of(card, str(update[0]), set_props_piece(*update)) for update in updates)

    def _drawn(self, channel: Channel, strip: Strip, now: int) -> Update:
        props = chart_props(channel, self.known.latest, strip.style(now, self.room), self.window)
        return part_id(Part.FIGURE, self.view, self.channel_id), props

    def _parts(self, channel: Channel, pulse: Pulse, trend: Trend | None, now: int) -> Update:
        parts = card_parts(channel, self.known.latest, pulse, self.window, now, trend)
        return part_id(Part.PULSE, self.view, self.channel_id), {"children": parts}


def news(listed: str) -> str:
    """What a wall's STALE memo says when other channels belong on it than those it shows."""
    return f"wall {listed}"
