"""Where entries were taken: a track to scale on a plane, metres or kilometres below and left, degrees above and right.

There is no map under it: nothing is loaded from another host.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from dashapp.figures import shades
from dashapp.figures.paper import GRID, PAPER
from dashapp.figures.plain import plain
from domain import zones
from domain.tracks import Metres, Plane, Track, extent

HEIGHT_PX = 460
MOST_PLACES = 1_000
WAY = "#808C9B"
START, END = "Start", "End"

SMALLEST_M = 10.0
"""A board that stands still is not drawn larger than this: what is less is the receiver's noise."""

DEGREE_STEPS = (*(step / 10**places for places in range(6, -1, -1) for step in (1, 2, 5)), 10.0, 20.0, 45.0)
DEGREE_TICKS = {"x": 2.5, "y": 4}
"""At most so many over what is shown; those above stand side by side, on a phone too."""
WIDEST = 5
"""How many times as wide as it is high a chart may be."""


class Unit(NamedTuple):
    """What the axes count in."""

    name: str
    metres: int


METRES, KILOMETRES = Unit("m", 1), Unit("km", 1_000)
KILOMETRES_FROM_M = 3_000


def figure(track: Track, zone: ZoneInfo, revision: str = "") -> dict[str, Any]:
    """The chart of a track with at least one place, few enough to be drawn. A zoom stays while `revision` stays."""
    plane, unit = Plane.under(track.places), _unit(track)
    places = [plane.metres(place.latitude, place.longitude) for place in track.places]
    places = [Metres(place.east / unit.metres, place.north / unit.metres) for place in places]
    data = [_way(track, places), _unknown(track, places, zone), _points(track, places, zone), _ends(places), DEGREES]
    return {"data": data, "layout": _layout(plane, unit, places, revision)}


DEGREES = {
    "type": "scatter",
    "uid": "degrees",
    "x": [None],
    "y": [None],
    "xaxis": "x2",
    "yaxis": "y2",
    "hoverinfo": "skip",
}
"""Plotly draws an axis only where something is on it."""


def _unit(track: Track) -> Unit:
    return KILOMETRES if max(extent(track.places)) > KILOMETRES_FROM_M else METRES


def _way(track: Track, places: Sequence[Metres]) -> dict[str, Any]:
    """The line from place to place, broken where no position came for long."""
    at, hold = [place.at for place in track.places], track.hold_us
    east: list[float | None] = []
    north: list[float | None] = []
    for before, instant, (x, y) in zip([at[0], *at], at, places, strict=False):
        if instant - before > hold:
            east.append(None)
            north.append(None)
        east.append(_short(x))
        north.append(_short(y))
    line = {"color": WAY, "width": 1.5}
    return {"type": "scatter", "mode": "lines", "uid": "way", "x": east, "y": north, "line": line, "hoverinfo": "skip"}


def _points(track: Track, places: Sequence[Metres], zone: ZoneInfo) -> dict[str, Any]:
    """The places whose colour is known: their number's, or their time's."""
    known = [order for order, place in enumerate(track.places) if track.feed is None or place.value is not None]
    start = track.places[0].at
    colours = [
        track.places[order].value if track.feed else (track.places[order].at - start) // 1_000 for order in known
    ]
    marker = {"color": colours, "colorscale": shades.scale(), "size": 6, "line": {"width": 0}}
    unit = f" {plain(track.feed.unit)}" if track.feed and track.feed.unit else ""
    value = f"%{{marker.color:.7~g}}{unit}<br>" if track.feed else ""
    return {**_hovered(track, places, known, zone, value), "uid": "places", "marker": marker}


def _unknown(track: Track, places: Sequence[Metres], zone: ZoneInfo) -> dict[str, Any]:
    """The places at which the feed said nothing."""
    silent = [order for order, place in enumerate(track.places) if track.feed is not None and place.value is None]
    return {**_hovered(track, places, silent, zone), "uid": "silent", "marker": {"color": shades.UNKNOWN, "size": 5}}


def _hovered(
    track: Track, places: Sequence[Metres], chosen: Sequence[int], zone: ZoneInfo, value: str = ""
) -> dict[str, Any]:
    """Places that say when and where they were, after `value`."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [_short(places[order].east) for order in chosen],
        "y": [_short(places[order].north) for order in chosen],
        "text": zones.times([track.places[order].at for order in chosen], zone),
        "customdata": [[round(degrees, 5) for degrees in track.places[order][1:3]] for order in chosen],
        "hovertemplate": f"{value}%{{text}}<br>%{{customdata[0]}}°, %{{customdata[1]}}°<extra></extra>",
    }


def _ends(places: Sequence[Metres]) -> dict[str, Any]:
    """The first place, hollow, and the last one, filled: their shapes and words tell them apart."""
    is_one = len(places) == 1
    shown = [places[0]] if is_one else [places[0], places[-1]]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "uid": "ends",
        "x": [_short(place.east) for place in shown],
        "y": [_short(place.north) for place in shown],
        "text": ["Here"] if is_one else [START, END],
        "textposition": "top center",
        "textfont": {"size": 12},
        "marker": {
            "symbol": ["circle"] if is_one else ["circle-open", "square"],
            "size": 12,
            "color": "#474124",
            "line": {"width": 2.5, "color": "#474124"},
        },
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _layout(plane: Plane, unit: Unit, places: Sequence[Metres], revision: str) -> dict[str, Any]:
    east, north = ([place[column] for place in places] for column in (0, 1))
    reach_x, reach_y = (_reach(column, SMALLEST_M / unit.metres) for column in (east, north))
    axis = {"gridcolor": GRID, "zeroline": False, "nticks": 6, "ticksuffix": f" {unit.name}", "exponentformat": "none"}
    return {
        "height": HEIGHT_PX,
        "margin": {"l": 64, "r": 84, "t": 30, "b": 40},
        **PAPER,
        "hovermode": "closest",
        "uirevision": revision,
        "xaxis": {**axis, "range": reach_x, "title": {"text": "east", "standoff": 4}},
        "yaxis": {
            **axis,
            "range": reach_y,
            "scaleanchor": "x",
            "scaleratio": 1,
            "title": {"text": "north", "standoff": 4},
        },
        "xaxis2": _degrees(plane.longitude, plane.per_degree.east / unit.metres, reach_x, reach_y, "x"),
        "yaxis2": _degrees(plane.latitude, plane.per_degree.north / unit.metres, reach_y, reach_x, "y"),
    }


def _reach(metres: Sequence[float], smallest: float) -> list[float]:
    """Both ends of an axis, with some air."""
    low, high = min(metres), max(metres)
    beside = max((high - low) * 0.08, (smallest - (high - low)) / 2)
    return [low - beside, high + beside]


def _degrees(
    origin: float, per_degree: float, reach: Sequence[float], other: Sequence[float], axis: str
) -> dict[str, Any]:
    """An axis that says in degrees what the one below it says in metres; it reaches as far as the chart may be wide."""
    longest = max(reach[1] - reach[0], other[1] - other[0])
    middle, half = (reach[0] + reach[1]) / 2, longest * WIDEST / 2
    step = next((step for step in DEGREE_STEPS if step * per_degree * DEGREE_TICKS[axis] >= longest), DEGREE_STEPS[-1])
    first, last = (math.floor((middle + side) / per_degree / step + origin / step) for side in (-half, half))
    degrees = [place * step for place in range(first, last + 1)]
    digits = max(0, -math.floor(math.log10(step)))
    text = longitude_text if axis == "x" else latitude_text
    return {
        "overlaying": axis,
        "matches": axis,
        "side": "top" if axis == "x" else "right",
        "tickmode": "array",
        "tickvals": [_short((degree - origin) * per_degree) for degree in degrees],
        "ticktext": [text(degree, digits) for degree in degrees],
        "tickangle": 0,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": GRID,
        "showgrid": False,
        "zeroline": False,
    }


def latitude_text(degrees: float, digits: int) -> str:
    """`52.52° N`"""
    return f"{abs(degrees):.{digits}f}° {'S' if degrees < 0 else 'N'}"


def longitude_text(degrees: float, digits: int) -> str:
    """`13.41° E`, within the half of the earth it is in."""
    known = (degrees + 180) % 360 - 180
    return f"{abs(known):.{digits}f}° {'W' if known < 0 else 'E'}"


def _short(length: float) -> float:
    """Finer than a pixel, and shorter to send than all its digits."""
    return float(f"{length:.6g}")
