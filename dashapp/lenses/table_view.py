"""Which table stands on the page: of what, over which time, whether somebody writes into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashapp.components.readings_grid import Clock
from dashapp.shown import Shown
from domain import zones
from domain.timespan import TimeSpan
from models.table import Table


@dataclass(frozen=True, slots=True)
class View:
    """What the table is of, as kept in the browser.

    `what` says which table it is: another one is another drawing. `start` and `end` go along with the page while
    nobody edits.
    """

    channel_id: int
    hidden: tuple[str, ...]
    start: int
    end: int
    now: int
    zone: str
    edits: bool
    what: str
    drawing: int

    @classmethod
    def read(cls, kept: dict[str, Any] | None) -> View | None:
        return cls(**kept | {"hidden": tuple(kept["hidden"])}) if kept else None

    @property
    def span(self) -> TimeSpan:
        return TimeSpan(self.start, self.end)

    @property
    def clock(self) -> Clock:
        return Clock(zones.zone_named(self.zone), self.span, self.now)


def view_of(asked: Shown, found: Table, edit: bool, before: View | None) -> View:
    """What the table is of now. While somebody edits it stands still."""
    hidden = tuple(sorted(asked.selection.hidden))
    shape = [(feed.id, feed.label, feed.unit, feed.kind, feed.decimals) for feed in found.feeds]
    what = repr((asked.channel_id, hidden, asked.selection.range, asked.zone.key, shape, found.count > 0))
    is_same = before is not None and before.what == what
    drawing = 0 if before is None else before.drawing + (not is_same)
    edits = edit and found.may_correct
    span = before.span if before is not None and is_same and edits and before.edits else asked.span
    return View(asked.channel_id, hidden, span.start, span.end, asked.now, asked.zone.key, edits, what, drawing)
