"""Which panels a channel's chart has, and where each stands: one a unit, below them one a feed of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.readings import Feed, Kind

ONLY_PANEL_PX, PANEL_PX, BAND_PX, TITLE_PX = 300, 176, 26, 30
TOP_PX = 2
LONGEST_TITLE = 38
"""So many letters have room over a panel on a phone."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One unit's lines, or one word feed's band; `top` and `height` in pixels from the chart's upper edge."""

    feeds: tuple[Feed, ...]
    is_band: bool
    top: int
    height: int

    @property
    def title(self) -> str:
        """The names of its feeds, of many the first few, and their unit."""
        unit = f"  ·  {self.feeds[0].unit}" if self.feeds[0].unit and not self.is_band else ""
        return _names([feed.label for feed in self.feeds], LONGEST_TITLE - len(unit)) + unit


def panels(feeds: Sequence[Feed]) -> list[Panel]:
    """The panels from top to bottom: units in the order of their first feed, then words."""
    by_unit: dict[str | None, list[Feed]] = {}
    for feed in feeds:
        if feed.kind is not Kind.TEXT:
            by_unit.setdefault(feed.unit, []).append(feed)
    line_px = ONLY_PANEL_PX if len(by_unit) == 1 else PANEL_PX
    groups = [(tuple(group), line_px, False) for group in by_unit.values()]
    groups += [((feed,), BAND_PX, True) for feed in feeds if feed.kind is Kind.TEXT]
    return _stacked(groups)


def _stacked(groups: Sequence[tuple[tuple[Feed, ...], int, bool]]) -> list[Panel]:
    stacked, top = [], TOP_PX
    for feeds, height, is_band in groups:
        stacked.append(Panel(feeds, is_band, top + TITLE_PX, height))
        top += TITLE_PX + height
    return stacked


def _names(labels: Sequence[str], room: int) -> str:
    """`inlet, outlet and 6 more`: as many as have room, and one in any case."""
    for shown in range(len(labels), 0, -1):
        more = f" and {len(labels) - shown} more" if shown < len(labels) else ""
        written = ", ".join(labels[:shown])
        if len(written) + len(more) <= room:
            return written + more
    return labels[0][: max(8, room - len(more) - 1)] + "…" + more
