"""Where the names of lines stand at their right ends: each beside its own, and none over another.

A chart's text can be moved only by what surrounds it: it stands above, on or below its point, and an empty line before
or after it moves it by a line or, where it stands on the point, by half of one. So each label has a choice of shifts,
and keeps its own while its point moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from dashapp.figures.panels import panels
from dashapp.figures.plain import plain
from domain.readings import Feed

FONT_PX = 12
LINE_PX = 1.3 * FONT_PX
BESIDE_PX = 11
"""How far above or below its point the middle of a label is that has no empty line."""

LEAST_PX = 12.5
"""Labels nearer than this to each other touch."""

MARGIN = 0.06
"""What an axis leaves free above its highest and below its lowest reading, as a share of the panel."""


@dataclass(frozen=True, slots=True)
class Shift:
    """How a label is moved: above (-1), on (0) or below (1) its point, with so many empty lines before or after it."""

    side: int
    before: int = 0
    after: int = 0

    @property
    def down_px(self) -> float:
        """How far below its point the middle of the label then is."""
        a_line = LINE_PX if self.side else LINE_PX / 2
        return self.side * BESIDE_PX + (self.before - self.after) * a_line

    @property
    def position(self) -> str:
        """As Plotly says it."""
        return {-1: "top left", 0: "middle left", 1: "bottom left"}[self.side]

    def text(self, name: str) -> str:
        return "<br>" * self.before + plain(name) + "<br>" * self.after


ABOVE, BELOW = Shift(-1), Shift(1)


def _shifts(most_lines: int) -> list[Shift]:
    found = {ABOVE, BELOW, Shift(0)}
    for lines in range(1, most_lines + 1):
        found |= {Shift(-1, after=lines), Shift(1, before=lines), Shift(0, before=lines), Shift(0, after=lines)}
    return sorted(found, key=lambda shift: shift.down_px)


SHIFTS = _shifts(24)


def places(
    feeds: Sequence[Feed], newest: Mapping[int, float], extents: Mapping[int, tuple[float, float]]
) -> dict[int, Shift]:
    """Feed id → where its name stands at its line's end, from each feed's newest number and its smallest and largest in
    view. A line alone has none: its panel's title names it. One that has no end yet has its name above."""
    found: dict[int, Shift] = {}
    for panel in panels(feeds):
        if len(panel.feeds) > 1 and not panel.is_band:
            ids = [feed.id for feed in panel.feeds]
            ends = {feed_id: newest[feed_id] for feed_id in ids if feed_id in newest}
            known = [end for feed_id in ids for end in extents.get(feed_id, ())] + list(ends.values())
            down = heights(list(ends.values()), min(known, default=0), max(known, default=0), panel.height)
            moved = shifts(down, panel.height)
            if len(moved) == len(ends):
                found |= dict.fromkeys(ids, ABOVE) | dict(zip(ends, moved, strict=True))
    return found


def heights(values: Sequence[float], low: float, high: float, panel_px: float) -> list[float]:
    """How far below the upper edge of a panel each value is, where the panel shows what is from `low` to `high`."""
    if high <= low:
        return [panel_px / 2] * len(values)
    inner = panel_px * (1 - 2 * MARGIN)
    return [panel_px * MARGIN + (high - value) / (high - low) * inner for value in values]


def shifts(ends: Sequence[float], panel_px: float) -> list[Shift]:
    """How the label of each line is moved whose end is so far below the panel's upper edge; nothing at all where the
    panel has no room for so many."""
    if len(ends) * LINE_PX > panel_px:
        return []
    ranked = sorted(range(len(ends)), key=ends.__getitem__)
    wished = [ends[place] + (ABOVE if 2 * rank < len(ends) else BELOW).down_px for rank, place in enumerate(ranked)]
    found: list[Shift] = [ABOVE] * len(ends)
    last = -panel_px
    for place, aim in zip(ranked, spread(wished, LINE_PX, panel_px), strict=True):
        free = [shift for shift in SHIFTS if ends[place] + shift.down_px >= last + LEAST_PX] or SHIFTS[-1:]
        found[place] = min(free, key=partial(_miss, aim - ends[place]))
        last = ends[place] + found[place].down_px
    return found


def _miss(wanted_px: float, shift: Shift) -> float:
    return abs(shift.down_px - wanted_px)


def spread(wished: Sequence[float], gap: float, room: float) -> list[float]:
    """The places nearest to the wished ones, in rising order, that are at least `gap` apart and from 0 to `room`.

    Neighbours that are too near are moved apart as one group around the mean of what they wish for.
    """
    groups: list[tuple[float, int]] = []  # of each: the mean wish, as if all stood at the first place, and how many
    for order, wish in enumerate(wished):
        mean, count = wish - order * gap, 1
        while groups and groups[-1][0] > mean:
            before, others = groups.pop()
            mean, count = (before * others + mean * count) / (others + count), others + count
        groups.append((mean, count))
    last = max(0.0, room - (len(wished) - 1) * gap)
    firsts = [min(max(mean, 0.0), last) for mean, count in groups for _ in range(count)]
    return [first + order * gap for order, first in enumerate(firsts)]
