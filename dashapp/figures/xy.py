"""Readings of one feed across, of another up: a point a pair, coloured by time, and the straight line through them."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from dashapp.figures import shades
from dashapp.figures.paper import GRID, PAPER
from dashapp.figures.plain import plain
from domain import zones
from domain.pairs import Fit, Pairs
from domain.readings import Feed

HEIGHT_PX = 420
MOST_POINTS = 2_000
"""More than these lie on one another, and a browser takes its time for them."""

DIGITS = 7
"""So many digits place a point finer than a pixel; all of them would be twice as much to send."""

LINE = "#FF4D88"
"""A colour of the palette, so that it follows the theme."""


def figure(pairs: Pairs, fit: Fit | None, zone: ZoneInfo, revision: str = "") -> dict[str, Any]:
    """The chart of pairs that are few enough to be drawn. While `revision` stays, a reader's zoom stays."""
    return {"data": [_line(pairs, fit), _points(pairs, zone)], "layout": _layout(pairs, revision)}


def axis_title(feed: Feed) -> str:
    """`Temperature  ·  °C`"""
    return plain(f"{feed.label}  ·  {feed.unit}" if feed.unit else feed.label)


def _points(pairs: Pairs, zone: ZoneInfo) -> dict[str, Any]:
    start = pairs.at[0] if pairs.at else 0
    return {
        "type": "scatter",
        "mode": "markers",
        "uid": "pairs",
        "x": [_rounded(number) for number in pairs.across],
        "y": [_rounded(number) for number in pairs.up],
        "text": zones.times(pairs.at, zone),
        "marker": {
            "color": [(at - start) // 1_000 for at in pairs.at],
            "colorscale": shades.scale(),
            "size": 7 if len(pairs) <= 400 else 5,
            "opacity": 0.75,
            "line": {"width": 0},
        },
        "hovertemplate": f"%{{x}}{_unit(pairs.x)}<br>%{{y}}{_unit(pairs.y)}<br>%{{text}}<extra></extra>",
    }


def _line(pairs: Pairs, fit: Fit | None) -> dict[str, Any]:
    """From the leftmost point to the rightmost: a line says nothing beyond what was measured."""
    ends = [min(pairs.across), max(pairs.across)] if fit and pairs.across else []
    return {
        "type": "scatter",
        "mode": "lines",
        "uid": "fit",
        "x": ends,
        "y": [fit.intercept + fit.slope * end for end in ends] if fit else [],
        "line": {"color": LINE, "width": 2},
        "hoverinfo": "skip",
    }


def _rounded(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")


def _unit(feed: Feed) -> str:
    return f" {plain(feed.unit)}" if feed.unit else ""


def _layout(pairs: Pairs, revision: str) -> dict[str, Any]:
    axis = {"gridcolor": GRID, "zeroline": False, "exponentformat": "SI", "automargin": True, "nticks": 7}
    return {
        "height": HEIGHT_PX,
        "margin": {"l": 56, "r": 12, "t": 8, "b": 44},
        **PAPER,
        "hovermode": "closest",
        "uirevision": revision,
        "xaxis": {**axis, "title": {"text": axis_title(pairs.x), "standoff": 8}},
        "yaxis": {**axis, "title": {"text": axis_title(pairs.y), "standoff": 8}},
    }
