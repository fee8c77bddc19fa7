"""What a picture shows and how: the form of the file, the theme, the size, and the words around the chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from types import MappingProxyType
from typing import Any

from dashapp.figures.palette import DARK, LIGHT
from domain.snapshots import Form, Theme

HEAD_PX, LINE_PX, FOOT_PX = 36, 18, 30
"""What stands above the chart, without and for each line below the title, and what stands below it."""

TITLE_LETTER_PX, LETTER_PX = 10.5, 7.0
"""How wide a letter is, at most words' average."""


@dataclass(frozen=True, slots=True)
class Paints:
    """A theme's colours, those of assets/tokens.css; `series` turns the light theme's line colours into its own."""

    card: str
    text: str
    muted: str
    grid: str
    series: Mapping[str, str]


PAINTS: Mapping[Theme, Paints] = MappingProxyType(
    {
        Theme.LIGHT: Paints("#ffffff", "#1b1f24", "#57606a", "#e3e7ec", {}),
        Theme.DARK: Paints("#171d25", "#e6edf3", "#9ba7b4", "#27303b", dict(zip(LIGHT, DARK, strict=True))),
    }
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure as Plotly takes it, and what to make of it.

    `start` and `end` are the ends of its time axis and `ticks` its (place, label), in the milliseconds that the figure
    is drawn in. `width_px` is the whole picture's; its height follows from the figure.
    """

    figure: Mapping[str, Any]
    start: float
    end: float
    ticks: Sequence[tuple[float, str]]
    title: str
    subtitle: str
    source: str
    form: Form
    theme: Theme
    width_px: int

    @property
    def height_px(self) -> int:
        return HEAD_PX + LINE_PX * len(self.lines) + int(self.figure["layout"]["height"]) + FOOT_PX

    @property
    def heading(self) -> str:
        """The title, cut where it would not fit."""
        return shorten(self.title, int(self.width_px / TITLE_LETTER_PX))

    @property
    def lines(self) -> list[str]:
        """The subtitle, broken where it would not fit."""
        return wrap(self.subtitle, int(self.width_px / LETTER_PX))

    @property
    def paints(self) -> Paints:
        return PAINTS[self.theme]


def shorten(text: str, most: int) -> str:
    return text if len(text) <= most else text[: max(0, most - 1)] + "…"
