"""The words that came to a feed of numbers: marks at the lower edge of its line's panel, each with a faint upright.

A mark stands on an axis of its own over the panel, so that it claims no number. Up to a few are labelled where there is
room; the others say their word when they are pointed at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dashapp.figures.clock import Clock
from dashapp.figures.palette import word_colour
from dashapp.figures.plain import plain
from domain.readings import Series, Word
from domain.timespan import TimeSpan

MARKS_FROM = 70
"""The marks of the panel `y2` are on `y72`."""

MARK_HEIGHT = 0.05
MOST_UPRIGHTS = 40
"""With more marks than this there are no uprights: they would hide the line."""

ROOM_FOR_LABEL = 0.25
"""The share of the time axis that a label needs on a phone."""
LONGEST_LABEL = 14
UPRIGHT = "rgba(128,140,155,0.45)"


AS_DRAWN = Clock(0, "", None, "")
"""The clock of instants that stand where they are drawn already."""


@dataclass(slots=True)
class Marks:
    """Columns of marks, as the trace has them."""

    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    hovertext: list[str] = field(default_factory=list)
    colour: list[str] = field(default_factory=list)


def columns_of(words: Sequence[Word], clock: Clock) -> Marks:
    """Where the marks of these words stand, and what they say."""
    return Marks(
        [clock.milliseconds(word.at) for word in words],
        [MARK_HEIGHT] * len(words),
        [_said(word) for word in words],
        [word_colour(word.text) for word in words],
    )


def marks(series: Series, span: TimeSpan, clock: Clock, panel: str) -> dict[str, Any]:
    """The marks of one feed in the panel whose axis is `panel`; the trace is there even while there is no word."""
    columns = columns_of(series.words, clock)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": plain(series.feed.label),
        "uid": f"marks-{series.feed.id}",
        "x": columns.x,
        "y": columns.y,
        "yaxis": axis_name(panel),
        "text": labels(series.words, span),
        "textposition": ["top right" if _is_early(word, span) else "top left" for word in series.words],
        "textfont": {"size": 12},
        "hovertext": columns.hovertext,
        "hovertemplate": "%{hovertext}",
        "marker": {"color": columns.colour, "symbol": "triangle-up", "size": 10},
        "error_y": {
            "visible": len(series.words) <= MOST_UPRIGHTS,
            "type": "constant",
            "symmetric": False,
            "value": 1 - MARK_HEIGHT,
            "valueminus": MARK_HEIGHT,
            "color": UPRIGHT,
            "thickness": 1,
            "width": 0,
        },
        "cliponaxis": False,
    }


def axis_name(panel: str) -> str:
    """The name of the axis over the panel whose axis is `y`, `y2` …"""
    return f"y{int(panel[1:] or 1) + MARKS_FROM}"


def axis(panel: str) -> dict[str, Any]:
    """The axis of the marks over a panel: no scale, only height."""
    return {"overlaying": panel, "range": [0, 1], "visible": False, "fixedrange": True}


def labels(words: Sequence[Word], span: TimeSpan) -> list[str]:
    """The words, cut short, where they have room to be read; else nothing.

    In the first half of the span a label stands to the right of its mark, in the second to the left.
    """
    shown: list[str] = []
    taken_until, room = span.start, round(span.length * ROOM_FOR_LABEL)
    for place, word in enumerate(words):
        start, end = (word.at, word.at + room) if _is_early(word, span) else (word.at - room, word.at)
        fits = start >= taken_until and not (place and start < words[place - 1].at)
        shown.append(plain(_short(word.text)) if fits else "")
        taken_until = end if fits else taken_until
    return shown


def _is_early(word: Word, span: TimeSpan) -> bool:
    return 2 * word.at < span.start + span.end


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1] + "…"


def _said(word: Word) -> str:
    return plain(word.text) + (f" (and {word.others} more just before)" if word.others else "")
