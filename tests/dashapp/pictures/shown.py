"""Pictures for tests, and what an SVG shows: matplotlib draws letters as shapes and says them in comments."""

from __future__ import annotations

import re
from html import unescape
from zoneinfo import ZoneInfo

from dashapp.figures import columns, timeseries
from dashapp.figures.clock import clock_of, ticks_of
from dashapp.figures.timeseries import Drawing
from dashapp.pictures.wanted import Picture
from domain.readings import Series
from domain.snapshots import Form, Theme
from domain.timespan import TimeSpan
from tests.dashapp.shapes import SPAN

UTC = ZoneInfo("UTC")


def picture(*series: Series, span: TimeSpan = SPAN, zone: ZoneInfo = UTC, **more) -> Picture:
    """A picture of these series; `more` goes to Picture."""
    clock, holds = clock_of(span, zone), {one.feed.id: columns.hold_us(one, None) for one in series}
    values = {
        "figure": timeseries.figure(Drawing(series, holds, span, clock)),
        "start": clock.milliseconds(span.start),
        "end": clock.milliseconds(span.end),
        "ticks": [(clock.milliseconds(at), label) for at, label in ticks_of(span, zone)],
        "title": "Otter kiln",
        "subtitle": "Last 15 minutes",
        "source": "https://labfeed.example.edu/channels/7",
        "form": Form.SVG,
        "theme": Theme.LIGHT,
        "width_px": 800,
    }
    return Picture(**(values | more))


def words_in(svg: bytes) -> list[str]:
    """Everything that is written in it, in order."""
    return [unescape(each).strip() for each in re.findall(r"<!-- (.*?) -->", svg.decode(), re.S)]


def strokes_of(svg: bytes, name: str) -> int:
    """Of how many pieces the line of that name is drawn."""
    found = re.search(rf'<g id="{name}">\s*<path d="([^"]*)"', svg.decode())
    return found[1].count("M ") if found else 0
