"""A picture, drawn: the figure's panels in their places, the words around them, and all of it as a file.

One point of matplotlib is one pixel here: figures have 72 dots an inch.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from functools import cache
from math import sqrt
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font_names
from matplotlib.ticker import EngFormatter, FixedLocator, MaxNLocator, ScalarFormatter

from dashapp.pictures.marks import Sheet, draw, plain
from dashapp.pictures.wanted import FOOT_PX, Picture
from domain.snapshots import Form

DPI = 72
SIDE_PX = 16
SHARPNESS = 2
"""Dots of a PNG for each pixel, along each side."""
MOST_DOTS = 16_000_000
"""Of a PNG: a channel may have so many panels that its picture would take half a gigabyte. Larger ones are coarser."""

SETTINGS: dict[str, Any] = {
    "font.size": 12,
    "text.parse_math": False,  # names may hold a $
    "svg.fonttype": "path",  # the same letters on every machine
    "svg.hashsalt": "labfeed",
}


FONT = "DejaVu Sans"
"""It comes with matplotlib; what it has no letters for is looked for in those of the others that are installed."""
OTHER_FONTS = ("Noto Sans CJK SC", "Noto Sans CJK JP", "WenQuanYi Zen Hei", "Noto Sans Arabic", "Noto Emoji")


@cache
def _fonts() -> list[str]:
    installed = set(get_font_names())
    return [FONT, *(name for name in OTHER_FONTS if name in installed)]


def render(picture: Picture) -> bytes:
    """The file. One at a time: matplotlib's settings are its process's."""
    settings: Any = SETTINGS | {"font.family": _fonts()}
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        return _written(_drawn(picture), picture)


def _written(figure: Figure, picture: Picture) -> bytes:
    file = io.BytesIO()
    if picture.form is Form.PNG:
        figure.savefig(
            file, format="png", dpi=DPI * sharpness(picture), metadata={"Title": picture.title, "Software": "Labfeed"}
        )
        return file.getvalue()
    said = {"Title": picture.title, "Creator": "Labfeed", "Date": None}
    figure.savefig(file, format="svg", metadata=said)
    return _in_pixels(file.getvalue(), picture)


def sharpness(picture: Picture) -> float:
    """How many dots a PNG has for each pixel, along each side."""
    return min(SHARPNESS, sqrt(MOST_DOTS / (picture.width_px * picture.height_px)))


def _in_pixels(svg: bytes, picture: Picture) -> bytes:
    """matplotlib measures its files in points, which browsers draw a third larger."""
    size = (picture.width_px, picture.height_px)
    points, pixels = ('width="{}pt" height="{}pt"'.format(*size), 'width="{}" height="{}"'.format(*size))
    return svg.replace(points.encode(), pixels.encode(), 1)


def _drawn(picture: Picture) -> Figure:
    width, height, paints = picture.width_px, picture.height_px, picture.paints
    figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=paints.card)
    _write(figure, picture, SIDE_PX, 15, picture.heading, color=paints.text, size=16, weight="bold", va="top")
    _write(figure, picture, SIDE_PX, 36, "\n".join(picture.lines), color=paints.muted, va="top")
    _write(figure, picture, SIDE_PX, height - 10, picture.source, color=paints.muted, size=10, va="bottom")
    panels = {name: _panel(figure, picture, name) for name in _axis_names(picture)}
    for trace in picture.figure["data"]:
        if trace.get("visible", True) is True and len(trace["x"]):
            draw(panels[trace.get("yaxis", "y")], trace)
    for name, sheet in panels.items():
        _scale(sheet, _axis(picture, name))
    _name_panels(figure, picture)
    if not any(len(trace["x"]) for trace in picture.figure["data"]):
        _write(figure, picture, width / 2, height / 2, "Nothing in this range.", color=paints.muted, ha="center")
    return figure


def _write(figure: Figure, picture: Picture, right_px: float, down_px: float, text: str, **more: Any) -> None:
    """Words at so many pixels from the left upper corner."""
    figure.text(right_px / picture.width_px, 1 - down_px / picture.height_px, text, **more)


def _axis_names(picture: Picture) -> list[str]:
    """The y axes as traces call them: `y`, `y2`, …"""
    return [key.replace("yaxis", "y") for key in picture.figure["layout"] if key.startswith("yaxis")]


def _axis(picture: Picture, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = picture.figure["layout"][name.replace("y", "yaxis", 1)]
    return found


def _panel(figure: Figure, picture: Picture, name: str) -> Sheet:
    """Axes where the layout has them, the head and the foot of the picture left out."""
    margin, axis = picture.figure["layout"]["margin"], _axis(picture, name)
    inner = picture.figure["layout"]["height"] - margin["t"] - margin["b"]
    low, high = (FOOT_PX + margin["b"] + share * inner for share in axis["domain"])
    left, right = margin["l"] + SIDE_PX / 2, picture.width_px - max(margin["r"], SIDE_PX)
    place = (
        left / picture.width_px,
        low / picture.height_px,
        (right - left) / picture.width_px,
        max(1, high - low) / picture.height_px,
    )
    axes = figure.add_axes(place, label=name, facecolor="none")
    return Sheet(axes, picture, right - left)


def _scale(sheet: Sheet, axis: Mapping[str, Any]) -> None:
    """Both axes of a panel: its ends, its ticks and its grid. Only the lowest panel says the time."""
    axes, picture, paints = sheet.axes, sheet.picture, sheet.paints
    axes.set_frame_on(False)
    is_lowest = axis["domain"][0] <= 0.001 and not axis.get("overlaying")
    axes.set_xlim(0, picture.end - picture.start)
    axes.xaxis.set_major_locator(FixedLocator([place - picture.start for place, _ in picture.ticks]))
    axes.set_xticklabels([plain(label) for _, label in picture.ticks] if is_lowest else [""] * len(picture.ticks))
    axes.tick_params(length=0, labelcolor=paints.muted, labelsize=11, pad=5)
    axes.set_axisbelow(True)
    if axis.get("visible", True):
        _value_scale(axes, axis)
        if axis.get("showgrid", True):
            axes.grid(color=paints.grid, linewidth=1)
    else:
        axes.set_ylim(*axis["range"])
        axes.set_yticks([])
        axes.grid(visible=False)


def _value_scale(axes: Axes, axis: Mapping[str, Any]) -> None:
    if axis.get("side") == "right":
        axes.yaxis.tick_right()
        axes.tick_params(axis="y", length=0)
    if not axes.has_data():
        axes.set_yticks([])
        return
    axes.margins(y=0.08)
    low, high = sorted(axes.get_ylim())
    axes.set_ylim(low, high)
    axes.yaxis.set_major_locator(MaxNLocator(axis.get("nticks", 5)))
    axes.yaxis.set_major_formatter(_numbers(max(abs(low), abs(high))))


def _numbers(largest: float) -> EngFormatter | ScalarFormatter:
    """Numbers in full, or with k, M, µ … where they would be long."""
    if np.isfinite(largest) and 1e-3 <= largest < 1e5:
        formatter = ScalarFormatter(useOffset=False)
        formatter.set_scientific(False)
        return formatter
    return EngFormatter(sep="")


def _name_panels(figure: Figure, picture: Picture) -> None:
    """The layout's notes, each at a share of the inside from its left lower corner."""
    layout = picture.figure["layout"]
    margin = layout["margin"]
    inner = layout["height"] - margin["t"] - margin["b"]
    for note in layout.get("annotations", ()):
        if note.get("yref") == "paper" and note["text"]:
            up_px = FOOT_PX + margin["b"] + note["y"] * inner + note.get("yshift", 0)
            figure.text(
                (SIDE_PX + note["x"] * (picture.width_px - 2 * SIDE_PX)) / picture.width_px,
                up_px / picture.height_px,
                plain(note["text"]),
                color=picture.paints.text,
                size=note.get("font", {}).get("size", 12),
                weight="bold",
                ha=note.get("xanchor", "left"),
                va=note.get("yanchor", "bottom"),
            )
