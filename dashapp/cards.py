"""Cards as they are drawn from a look: the chart, and where the first feed of numbers is heading."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dashapp.components.card import Drawn, leading
from dashapp.figures import columns
from dashapp.figures.outline import Size
from dashapp.figures.sparkline import ON_WALL, Strip
from dashapp.looks import Look
from domain.trends import OVER, Lately, Trend
from models import readings


def drawn(look: Look, view: str, trend: Trend | None, size: Size = ON_WALL) -> Drawn:
    """The card of that look, under the view that its ids carry."""
    interval_s = look.overview.pulse.interval_s
    holds = {one.feed.id: columns.hold_us(one, interval_s) for one in look.series}
    strip = Strip.of(look.series, holds, look.overview.latest)
    return Drawn(look.overview, strip.style(look.now, size), view, trend)


def trends(connection: Any, looks: Iterable[Look]) -> dict[int, Trend]:
    """Channel id → where its first feed of numbers is heading; absent where that is not known, or old."""
    found = ((look.channel_id, _trend(connection, look)) for look in looks)
    return {channel_id: trend for channel_id, trend in found if trend is not None}


def _trend(connection: Any, look: Look) -> Trend | None:
    """Of the same readings of which the live path tells it, though only their ends are read."""
    feed = leading(look.overview.channel)
    newest = look.overview.latest.get(feed.id) if feed else None
    if feed is None or newest is None or newest.at < look.now - OVER:
        return None
    first = readings.first_number(connection, feed.id, newest.at - OVER)
    ends = [] if first is None else [first, newest]
    return Lately((end.at, end.value) for end in ends).trend(look.now - OVER)
