"""An instant marked on a chart: a line across all its panels."""

from __future__ import annotations

from typing import Any


def line_at(milliseconds: float) -> dict[str, Any]:
    """The line, as one of a layout's `shapes`; the style sheet gives it the theme's colour."""
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": milliseconds,
        "x1": milliseconds,
        "y0": 0,
        "y1": 1,
        "line": {"color": "rgb(11,107,203)", "width": 1.5},
    }
