"""What every Plotly chart is drawn on: no ground of its own, so that the page's shows, and a grid for both themes."""

from __future__ import annotations

from typing import Any

GRID = "rgba(128,140,155,0.22)"

PAPER: dict[str, Any] = {
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "font": {"family": "system-ui, sans-serif", "size": 12},
    "separators": ".",
    "showlegend": False,
}
"""The head of a layout."""
