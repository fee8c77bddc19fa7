"""A scale of colours for points that are older or newer, lower or higher.

All its shades are equally light (`palette.WORD_LUMINANCE`), so that each stands out by 3:1 from the cards of both
themes. They lead from blue over red to ochre: with any of the usual kinds of colour blindness both ends are told apart.
"""

from __future__ import annotations

from typing import Any

SHADES = ("#276FDC", "#8355E3", "#CB21B0", "#DC2546", "#AA601C")
"""From the first to the last, evenly."""

UNKNOWN = "#808C9B"
"""A point of which nothing is known; grey on both themes."""


def scale() -> list[list[Any]]:
    """The shades as Plotly takes them."""
    return [[place / (len(SHADES) - 1), shade] for place, shade in enumerate(SHADES)]


def gradient() -> str:
    """The shades as a style sheet takes them."""
    return f"linear-gradient(90deg, {', '.join(SHADES)})"
