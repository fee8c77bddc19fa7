"""How often a feed's readings were where: a bar a bin, as high as its readings are many."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from dashapp.figures.palette import Ink
from dashapp.figures.paper import GRID, PAPER
from dashapp.figures.plain import plain
from domain.histograms import Histogram
from domain.units import format_number

HEIGHT_PX = 240


def figure(histogram: Histogram, ink: Ink, revision: str = "") -> dict[str, Any]:
    """The bars of a histogram whose readings are counted. While `revision` stays, a reader's zoom stays."""
    bins = list(pairwise(histogram.edges))
    bars = {
        "type": "bar",
        "uid": f"feed-{histogram.feed.id}",
        "x": [low / 2 + high / 2 for low, high in bins],
        "y": list(histogram.counts),
        "width": [high - low or 1.0 for low, high in bins],
        "text": [plain(text) for text in bin_texts(histogram)],
        "customdata": [f"{share:.1%}" for share in shares(histogram)],
        "textposition": "none",
        "marker": {"color": ink.colour, "line": {"width": 0}},
        "hovertemplate": "%{text}<br>%{y:,} readings, %{customdata}<extra></extra>",
    }
    return {"data": [bars], "layout": _layout(histogram, revision)}


def shares(histogram: Histogram) -> list[float]:
    """What part of all readings each bin holds."""
    return [count / histogram.n for count in histogram.counts]


def bin_texts(histogram: Histogram) -> list[str]:
    """`20.5 to 21 °C`, with as many digits as tell the edges apart; the upper edge belongs to the next bin."""
    written = edge_texts(histogram.edges)
    unit = f" {histogram.feed.unit}" if histogram.feed.unit else ""
    pairs = pairwise(written)
    return [f"{low}{unit}" if low == high else f"{low} to {high}{unit}" for low, high in pairs]


def edge_texts(edges: tuple[float, ...]) -> list[str]:
    """The edges with the fewest digits that tell each from the next."""
    if len(set(edges)) == 1:
        return [format_number(edge) for edge in edges]
    for digits in range(3, 18):
        written = [f"{edge:.{digits}g}" for edge in edges]
        if len(set(written)) == len(edges) and (digits >= 15 or _is_near(edges, written)):
            break
    return [_plainly(text) for text in written]


def _is_near(edges: tuple[float, ...], written: list[str]) -> bool:
    """Whether what is written is off by less than a hundredth of a bin."""
    narrowest = min(high - low for low, high in pairwise(edges))
    return all(abs(float(text) - edge) <= narrowest / 100 for text, edge in zip(written, edges, strict=True))


def _plainly(text: str) -> str:
    number = float(text)
    if "e" in text and 1e-4 <= abs(number) < 1e15:
        text = f"{number:.0f}"
    return "0" if number == 0 else text


def _layout(histogram: Histogram, revision: str) -> dict[str, Any]:
    is_one_value = len(histogram.edges) == 2 and histogram.edges[0] == histogram.edges[1]
    beside = [histogram.edges[0] - 3, histogram.edges[0] + 3] if is_one_value else None
    axis = {"gridcolor": GRID, "zeroline": False, "automargin": True, "ticklabelstandoff": 5}
    return {
        "height": HEIGHT_PX,
        "margin": {"l": 48, "r": 8, "t": 6, "b": 30},
        **PAPER,
        "hovermode": "closest",
        "bargap": 0.04,
        "uirevision": revision,
        "xaxis": {
            **axis,
            "showgrid": False,
            "exponentformat": "SI",
            "nticks": 8,
            **({"range": beside} if beside else {}),
        },
        "yaxis": {**axis, "rangemode": "tozero", "nticks": 4, "tickformat": "~s", "fixedrange": True},
    }
