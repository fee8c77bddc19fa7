"""Plotly's traces, drawn by matplotlib: lines, areas, dots, labels, bands. Places are ms from the left end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from dashapp.pictures.wanted import Paints, Picture

DASHES: Mapping[str, Any] = {
    "solid": "-",
    "dash": (0, (5, 3)),
    "dot": (0, (1, 1.6)),
    "dashdot": (0, (5, 2, 1, 2)),
    "longdash": (0, (8, 3)),
    "longdashdot": (0, (8, 2, 1, 2)),
}
SYMBOLS: Mapping[str, str] = {
    "circle": "o",
    "square": "s",
    "diamond": "D",
    "triangle-up": "^",
    "triangle-down": "v",
    "x": "x",
    "cross": "P",
}
LETTER = 0.62
"""How wide a letter is on average, as a share of its height."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The axes a trace is drawn into, in the picture it belongs to; `across_px` is how wide they are."""

    axes: Axes
    picture: Picture
    across_px: float

    @property
    def paints(self) -> Paints:
        return self.picture.paints

    def places(self, drawn: Sequence[float]) -> Any:
        """Milliseconds since the epoch as milliseconds from the left end, which floats hold exactly enough."""
        return np.array(drawn, dtype=float) - self.picture.start

    def colour(self, written: str) -> Any:
        """A colour of the figure as this theme has it."""
        if written.startswith("rgba("):
            red, green, blue, alpha = (float(part) for part in written[5:-1].split(","))
            return (red / 255, green / 255, blue / 255, alpha)
        return self.paints.series.get(written.upper(), written)


def draw(sheet: Sheet, trace: Mapping[str, Any]) -> None:
    """One trace."""
    if trace["type"] == "bar":
        _band(sheet, trace)
    elif trace.get("fill") == "toself":
        _area(sheet, trace)
    else:
        _line(sheet, trace)


def plain(text: str) -> str:
    """Plotly's little markup as the text it means."""
    return unescape(text.replace("<br>", "\n"))


def _line(sheet: Sheet, trace: Mapping[str, Any]) -> None:
    mode, line, marker = trace.get("mode", "lines"), trace.get("line", {}), trace.get("marker", {})
    x, y = sheet.places(trace["x"]), np.array(trace["y"], dtype=float)
    if "lines" in mode:
        sheet.axes.plot(
            x,
            y,
            color=sheet.colour(line["color"]),
            linewidth=line.get("width", 2),
            linestyle=DASHES[line.get("dash", "solid")],
            drawstyle="steps-post" if line.get("shape") == "hv" else "default",
            alpha=trace.get("opacity", 1),
            gid=trace.get("uid"),
            solid_joinstyle="round",
        )
    if "markers" in mode:
        _dots(sheet, trace, x, y, marker)
    if "text" in mode:
        _labels(sheet, trace, x, y)


def _dots(sheet: Sheet, trace: Mapping[str, Any], x: Any, y: Any, marker: Mapping[str, Any]) -> None:
    written = marker.get("color", sheet.paints.muted)
    colours = [sheet.colour(each) for each in ([written] if isinstance(written, str) else written)]
    sheet.axes.scatter(
        x,
        y,
        s=float(marker.get("size", 6)) ** 2,
        c=colours,
        marker=SYMBOLS.get(marker.get("symbol", "circle"), "o"),
        linewidths=0,
        alpha=trace.get("opacity", 1),
        clip_on=trace.get("cliponaxis", True),
        zorder=3,
    )


def _labels(sheet: Sheet, trace: Mapping[str, Any], x: Any, y: Any) -> None:
    """Words at points; empty lines before or after them keep them apart (`figures.end_labels`)."""
    up_or_down, _, side = trace.get("textposition", "top left").partition(" ")
    font = trace.get("textfont", {})
    for place, value, text in zip(x, y, _each(trace["text"], len(x)), strict=True):
        if text and np.isfinite(value):
            sheet.axes.annotate(
                plain(text),
                (place, value),
                xytext=(0, {"top": 5, "bottom": -5}.get(up_or_down, 0)),
                textcoords="offset points",
                ha={"left": "right", "right": "left"}.get(side, "center"),
                va={"top": "bottom", "bottom": "top"}.get(up_or_down, "center"),
                color=sheet.colour(font.get("color", sheet.paints.text)),
                size=font.get("size", 12),
                weight="bold",
                path_effects=[withStroke(linewidth=4, foreground=sheet.paints.card)],
                zorder=4,
            )


def _each(text: str | Sequence[str], count: int) -> Sequence[str]:
    return [text] * count if isinstance(text, str) else text


def _area(sheet: Sheet, trace: Mapping[str, Any]) -> None:
    """An outline, or several with breaks between them, filled."""
    colour, x, y = sheet.colour(trace["fillcolor"]), sheet.places(trace["x"]), np.array(trace["y"], dtype=float)
    for start, end in _runs(y):
        sheet.axes.fill(x[start:end], y[start:end], color=colour, alpha=trace.get("opacity", 1), linewidth=0)


def _runs(y: Any) -> Iterator[tuple[int, int]]:
    """From where to where there are numbers."""
    start = 0
    for end in [*np.flatnonzero(np.isnan(y)), len(y)]:
        if end > start:
            yield start, int(end)
        start = int(end) + 1


def _band(sheet: Sheet, trace: Mapping[str, Any]) -> None:
    """Horizontal bars, each from its base for its width; the word inside where it fits."""
    base, width = sheet.places(trace["base"]), np.array(trace["x"], dtype=float)
    across = sheet.picture.end - sheet.picture.start
    left, right = np.clip(base, 0, across), np.clip(base + width, 0, across)
    written = trace["marker"]["color"]
    colours = [sheet.colour(each) for each in _each(written, len(base))]
    spans = [(float(start), float(length)) for start, length in zip(left, right - left, strict=True)]
    sheet.axes.broken_barh(spans, (-0.5, 1), facecolors=colours, linewidth=0)
    if trace.get("textposition") == "none":
        return
    font = trace["textfont"]
    for (start, length), text in zip(spans, map(plain, _each(trace["text"], len(base))), strict=True):
        needed_px = len(text) * font["size"] * LETTER + 8
        if text and length / across * sheet.across_px >= needed_px:
            _word(sheet, start, text, font)


def _word(sheet: Sheet, start: float, text: str, font: Mapping[str, Any]) -> None:
    sheet.axes.annotate(
        text,
        (start, 0),
        xytext=(4, 0),
        textcoords="offset points",
        ha="left",
        va="center_baseline",
        color=font["color"],
        size=font["size"],
    )
