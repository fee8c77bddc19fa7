"""Word states as a band: coloured segments, labelled where the label fits."""

from __future__ import annotations

from typing import Any

from dashapp.figures import columns
from dashapp.figures.palette import word_colour
from dashapp.figures.plain import plain
from domain.readings import Series

SMALLEST_LABEL_PX = 11


def trace(series: Series, hold: int, yaxis: str, *, is_labelled: bool = True) -> dict[str, Any]:
    """One feed's words as horizontal bars in the panel `yaxis`; equal neighbours are one bar."""
    band = columns.band(series.at, series.text, hold)
    return {
        "type": "bar",
        "orientation": "h",
        "name": plain(series.feed.label),
        "uid": f"feed-{series.feed.id}",
        "base": band.base,
        "x": band.width,
        "y": [0] * len(band.base),
        "text": [plain(word) for word in band.word],
        "marker": {"color": [word_colour(word) for word in band.word], "line": {"width": 0}},
        "width": 1,
        "yaxis": yaxis,
        "textposition": "inside" if is_labelled else "none",
        "insidetextanchor": "start",
        "textangle": 0,
        "textfont": {"color": "#ffffff", "size": SMALLEST_LABEL_PX},
        "hovertemplate": "%{text}",
    }


def axis(domain: tuple[float, float]) -> dict[str, Any]:
    """The panel of a band: no scale, only its place."""
    return {"domain": list(domain), "range": [-0.5, 0.5], "visible": False, "fixedrange": True}
