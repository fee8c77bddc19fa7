"""Feeds as they are being written by hand, in rows of a form: read from the browser, moved about, made into wishes.

What is typed lives in the browser until it is saved. Whatever changes the rows (one up, one more) reads all of them and
draws them anew, so nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dash import State
from dash.dependencies import ALL, Wildcard

from dashapp.figures.palette import LIGHT
from domain.describing import WantedFeed
from domain.readings import Kind

AUTOMATIC = "auto"
OWN = "own"
"""Choices of a colour: what the palette has for it, and one that is none of the palette's."""

COLOURS = {
    colour.lower(): word
    for colour, word in zip(LIGHT, ("Blue", "Pink", "Olive", "Plum", "Violet", "Umber"), strict=True)
}
"""The palette's colours by name; each follows the theme."""


class Cell(StrEnum):
    """A control in a row."""

    NAME = "name"
    TITLE = "title"
    UNIT = "unit"
    KIND = "kind"
    DECIMALS = "decimals"
    COLOUR = "colour"
    OWN = "own"
    SHOWN = "shown"


class Press(StrEnum):
    """A button in a row."""

    UP = "up"
    DOWN = "down"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Form:
    """The rows of one page: what is asked of each feed, and whether they can be put in another order."""

    page: str
    cells: tuple[Cell, ...]
    has_order: bool

    def id_of(self, part: Cell | Press, of: int | Wildcard) -> dict[str, Any]:
        """The id of one control of one row."""
        return {"feeds": self.page, "part": str(part), "of": of}

    def states(self) -> list[State]:
        """What `drafts` reads the rows from; last among a callback's dependencies."""
        values = [State(self.id_of(cell, ALL), "value") for cell in self.cells]
        return [State(self.id_of(self.cells[0], ALL), "id"), *values]

    def drafts(self, columns: Sequence[Sequence[Any]]) -> list[Draft]:
        """The rows as they stand in the browser, from the values of `states`."""
        ids, *values = columns
        rows = zip(*values, strict=True)
        return [
            Draft(int(one["of"]), **{str(cell): value for cell, value in zip(self.cells, row, strict=True)})
            for one, row in zip(ids, rows, strict=True)
        ]


BRIEF = Form("new", (Cell.NAME, Cell.UNIT, Cell.KIND), has_order=False)
"""What is asked of a feed when its channel is made."""

FULL = Form("settings", tuple(Cell), has_order=True)


@dataclass(frozen=True, slots=True)
class Draft:
    """A feed as it is being written. `of` is its number; below zero: one to be made."""

    of: int
    name: str | None = ""
    title: str | None = ""
    unit: str | None = ""
    kind: str = str(Kind.NUMBER)
    decimals: float | str | None = None
    colour: str | None = AUTOMATIC
    own: str | None = ""
    shown: bool = True

    def wanted(self) -> WantedFeed:
        """The feed that is wanted by this."""
        colour = {OWN: self.own, AUTOMATIC: ""}.get(self.colour or AUTOMATIC, self.colour)
        return WantedFeed(
            feed_id=self.of if self.of > 0 else None,
            name=(self.name or "").strip(),
            kind=Kind(self.kind),
            unit=(self.unit or "").strip() or None,
            title=(self.title or "").strip(),
            colour=(colour or "").strip() or None,
            decimals=_whole(self.decimals),
            is_hidden=not self.shown,
        )

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written yet."""
        return self.of < 0 and not (self.name or "").strip() and not (self.unit or "").strip()


def of_feed(feed: WantedFeed) -> Draft:
    """A feed as it is."""
    colour = (feed.colour or "").lower()
    is_own = bool(colour) and colour not in COLOURS
    return Draft(
        of=feed.feed_id or -1,
        name=feed.name,
        title=feed.title,
        unit=feed.unit or "",
        kind=str(feed.kind),
        decimals=feed.decimals,
        colour=OWN if is_own else colour or AUTOMATIC,
        own=colour if is_own else "",
        shown=not feed.is_hidden,
    )


def with_one_more(drafts: Sequence[Draft]) -> list[Draft]:
    """The rows, and an empty one after them."""
    return [*drafts, Draft(min([0, *(draft.of for draft in drafts)]) - 1)]


def after_press(drafts: Sequence[Draft], press: Press, of: int) -> list[Draft]:
    """The rows after a button of one of them was pressed."""
    rows = list(drafts)
    place = next((place for place, draft in enumerate(rows) if draft.of == of), None)
    if place is None:
        return rows
    row = rows.pop(place)
    if press is not Press.REMOVE:
        rows.insert(max(0, place - 1 if press is Press.UP else place + 1), row)
    return rows


def _whole(written: float | str | None) -> int | None:
    """A whole number; None for nothing, -1 for what is none."""
    if written is None or written == "":
        return None
    try:
        number = float(written)
    except ValueError:
        return -1
    return int(number) if number.is_integer() else -1
