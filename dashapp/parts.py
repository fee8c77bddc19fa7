"""Ids of what the live path changes on a page.

The view is part of every id: when a page is drawn anew (another window, another set of feeds), what was on its way to
the former drawing finds no component and is lost, as it should be.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from dash.dependencies import Wildcard


class Part(StrEnum):
    CHART = "chart"
    FIGURE = "figure"
    VALUE = "value"
    EXTENT = "extent"
    TREND = "trend"
    PULSE = "pulse"
    CAPTION = "caption"
    NOTE = "note"
    NOTHING = "nothing"
    FRESH = "fresh"


class Memo(StrEnum):
    """What a live page keeps in the browser."""

    VIEW = "view"
    """What it shows."""
    CURSOR = "cursor"
    """The newest entry applied, for each view and channel."""
    STALE = "stale"
    """Set by the live path when the page must draw itself again."""
    SHOWN = "shown"
    """The span and selection in view, for the lenses below a chart."""


def memo_id(memo: Memo, page: str | Wildcard) -> dict[str, Any]:
    """The id of a page's memo; with ALL it is that of whatever page is open."""
    return {"memo": str(memo), "page": page}


def part_id(part: Part, view: str, of: int) -> dict[str, Any]:
    """The id of one part in one view; `of`: the channel, or for VALUE, TREND and EXTENT the feed."""
    return {"part": str(part), "view": view, "of": of}


def cursor_key(view: str, channel_id: int) -> str:
    """Where a view's newest applied entry of a channel stands in the page's cursor store."""
    return f"{channel_id}@{view}"
