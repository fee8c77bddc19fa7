"""Where a move or a zoom leads: spans from spans, and from what Plotly says somebody drew."""

from __future__ import annotations

from typing import Any

from dashapp.figures.clock import Clock
from domain.timespan import SECOND, TimeSpan

NEAREST = SECOND // 100
"""A zoom shows at least this much."""


def drawn_ends(said: dict[str, Any], shift_us: int) -> TimeSpan | None:
    """The range somebody drew; None where what they did was something else."""
    ends: list[Any] = [said.get("xaxis.range[0]"), said.get("xaxis.range[1]")]
    if None in ends:
        both = said.get("xaxis.range")
        ends = both if isinstance(both, list) else []
    clock = Clock(shift_us, "", None, "")
    try:
        start, end = sorted(clock.instant(drawn) for drawn in ends)
    except (TypeError, ValueError):
        return None
    return TimeSpan(start, max(end, start + NEAREST))


def moved(span: TimeSpan, to: str) -> TimeSpan:
    """The span half its length earlier or later, half as long, or twice as long around its middle."""
    half, quarter = span.length // 2, span.length // 4
    start, end = {
        "earlier": (span.start - half, span.end - half),
        "later": (span.start + half, span.end + half),
        "in": (span.start + quarter, span.end - quarter),
        "out": (span.start - half, span.end + half),
    }[to]
    return TimeSpan(max(0, start), max(end, start + NEAREST))
