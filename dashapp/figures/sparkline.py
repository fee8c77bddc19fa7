"""The small chart of a wall card: at most three lines and one band over the wall's window. It answers no pointer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashapp.figures import band, columns
from dashapp.figures.palette import Ink, inks
from dashapp.figures.plain import plain
from domain.readings import Kind, Series
from domain.timespan import TimeSpan

MOST_LINES = 3
BAND_SHARE = 0.22
"""How much of the height a band takes below lines."""
LONE_BAND = (0.26, 0.78)
"""Where a band stands that has no lines above it."""


def shown(series: Sequence[Series]) -> tuple[list[Series], list[Series]]:
    """The lines and the band that fit on a card, in the channel's order."""
    lines = [one for one in series if one.feed.kind is Kind.NUMBER][:MOST_LINES]
    return lines, [one for one in series if one.feed.kind is Kind.TEXT][:1]


def figure(series: Sequence[Series], holds: Mapping[int, int], span: TimeSpan) -> dict[str, Any]:
    """A card's chart of `series`, broken where a feed was quiet for longer than `holds[feed id]` µs.

    Traces in order: the lines, a dot on each line's newest reading, the band. Feeds of one unit share a scale. A band
    under lines is too thin for labels.
    """
    lines, bands = shown(series)
    palette, scales = inks([one.feed for one in series]), _scales(lines)
    drawn = [_line(one, holds[one.feed.id], palette[one.feed.id], scales[one.feed.unit]) for one in lines]
    heads = [_head(one, palette[one.feed.id], scales[one.feed.unit]) for one in lines]
    words = [band.trace(one, holds[one.feed.id], "y9", is_labelled=not lines) for one in bands]
    return {"data": drawn + heads + words, "layout": _layout(scales, bool(bands), span)}


def _scales(lines: Sequence[Series]) -> dict[str | None, str]:
    """Unit → the y axis of its lines."""
    units = list(dict.fromkeys(one.feed.unit for one in lines))
    return {unit: "y" if order == 0 else f"y{order + 1}" for order, unit in enumerate(units)}


def _line(series: Series, hold: int, ink: Ink, yaxis: str) -> dict[str, Any]:
    line = columns.extremes_line(series, hold) if series.bucket_us else columns.raw_line(series.at, series.value, hold)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plain(series.feed.label),
        "uid": f"feed-{series.feed.id}",
        "x": line.x,
        "y": line.y,
        "yaxis": yaxis,
        "line": {"color": ink.colour, "dash": ink.dash, "width": 1.75},
        "hoverinfo": "skip",
    }


def _head(series: Series, ink: Ink, yaxis: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "uid": f"head-{series.feed.id}",
        "x": [columns.milliseconds(at) for at in series.at[-1:]],
        "y": series.value[-1:],
        "yaxis": yaxis,
        "marker": {"color": ink.colour, "size": 6},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _layout(scales: Mapping[str | None, str], has_band: bool, span: TimeSpan) -> dict[str, Any]:
    lines_from = BAND_SHARE + 0.08 if has_band else 0
    hidden = {"visible": False, "fixedrange": True}
    axes = {"yaxis" + name[1:]: {**hidden, "domain": [lines_from, 1]} for name in scales.values()}
    for name in list(axes)[1:]:
        axes[name]["overlaying"] = "y"
    if has_band:
        axes["yaxis9"] = band.axis((0, BAND_SHARE) if scales else LONE_BAND)
    return {
        "xaxis": {**hidden, "type": "date", "range": window(span)},
        **axes,
        "margin": {"l": 2, "r": 6, "t": 4, "b": 2},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": False,
        "bargap": 0,
        "uniformtext": {"mode": "hide", "minsize": band.SMALLEST_LABEL_PX},
        "uirevision": "wall",
    }


def window(span: TimeSpan) -> list[float]:
    """The range of the x axis."""
    return [columns.milliseconds(span.start), columns.milliseconds(span.end)]
