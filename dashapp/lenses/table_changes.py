"""What an editor wrote into the table and has not saved: kept in the browser, said in words, shown in its cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.components.faults import fault
from dashapp.components.readings_grid import Cells, Clock, exact_field, exact_in, shown_field
from domain.corrections import Change, PutRight, reading_from
from domain.errors import Invalid
from domain.readings import Feed

MOST_SAID = 6
"""So many changes are listed; of the others the number is said."""


@dataclass(frozen=True, slots=True)
class Drafts:
    """Changes of one channel's readings. `turn` grows with whatever was done, so that the cells are drawn again."""

    channel_id: int
    changes: tuple[Change, ...] = ()
    turn: int = 0

    @classmethod
    def read(cls, kept: Mapping[str, Any] | None, channel_id: int) -> Drafts:
        """As kept in the browser; none where those are another channel's."""
        if not kept or kept.get("channel") != channel_id:
            return cls(channel_id)
        changes = tuple(Change(int(feed), int(at), str(was), to) for feed, at, was, to in kept["changes"])
        return cls(channel_id, changes, int(kept["turn"]))

    @property
    def data(self) -> dict[str, Any]:
        changes = [[each.feed_id, str(each.at), each.was, each.to] for each in self.changes]
        return {"channel": self.channel_id, "changes": changes, "turn": self.turn}

    def next(self, changes: Sequence[Change]) -> Drafts:
        return replace(self, changes=tuple(changes), turn=self.turn + 1)

    def with_one(self, change: Change) -> Drafts:
        """With this change in place of one of the same reading; without both where it leaves all as it was."""
        others = [each for each in self.changes if (each.feed_id, each.at) != (change.feed_id, change.at)]
        return self.next([*others, change] if change.to != change.was else others)


def written(drafts: Drafts, feeds: Iterable[Feed], event: Mapping[str, Any], clock: Clock) -> Drafts:
    """The drafts with what was written into a cell; an emptied one means that the reading is to be deleted.

    Raises Invalid where the feed cannot hold it, or where there was no reading.
    """
    feed = next((each for each in feeds if shown_field(each.id) == event["colId"]), None)
    if feed is None:
        return drafts
    at = int(event["data"]["at"])
    was = event["data"].get(exact_field(feed.id), event.get("oldValue"))
    to = event.get("value")
    if was is None:
        raise Invalid(
            f"{feed.label} has no reading at {clock.text(at)}.", hint="What was never sent cannot be corrected."
        )
    if to in (None, ""):
        return drafts.with_one(Change(feed.id, at, str(was), None))
    reading_from(feed, str(to))
    return drafts.with_one(Change(feed.id, at, str(was), str(to)))


def without_rows(drafts: Drafts, feeds: Sequence[Feed], rows: Iterable[Mapping[str, Any]]) -> Drafts:
    """The drafts with every reading of these rows of the grid to be deleted."""
    for cells in rows:
        for feed in feeds:
            was = exact_in(cells, feed.id)
            if was is not None:
                drafts = drafts.with_one(Change(feed.id, int(cells["at"]), was, None))
    return drafts


def in_cells(drafts: Drafts, cells: Cells) -> Cells:
    """A row of the grid as it will be once the drafts are saved; in full (`x7`) it still says what is stored."""
    for change in drafts.changes:
        if str(change.at) == cells["at"]:
            cells = cells | {shown_field(change.feed_id): change.to or "", exact_field(change.feed_id): change.was}
    return cells


def said(drafts: Drafts, feeds: Iterable[Feed], clock: Clock, refused: Invalid | None) -> list[Component]:
    """What is not saved yet, a line each, and what was refused."""
    names = {feed.id: feed.label for feed in feeds}
    lines = [html.Li(_line(names.get(each.feed_id, ""), each, clock)) for each in drafts.changes[-MOST_SAID:]]
    left = len(drafts.changes) - len(lines)
    more = [html.Li(f"and {left} more")] if left else []
    parts: list[Component] = [html.Strong(_count(drafts)), html.Ul([*lines, *more])] if lines else []
    if refused is not None:
        parts.append(fault(" ".join(filter(None, (refused.detail, refused.hint)))))
    return parts


def done(result: PutRight) -> str:
    """`2 readings corrected, 1 deleted.`"""
    parts = [
        *([f"{_readings(result.corrected)} corrected"] if result.corrected else []),
        *([f"{_readings(result.deleted)} deleted"] if result.deleted else []),
    ]
    return f"{', '.join(parts)}."


def _count(drafts: Drafts) -> str:
    count = len(drafts.changes)
    return f"{count} change{'' if count == 1 else 's'} not saved yet"


def _readings(count: int) -> str:
    return f"{count} reading{'' if count == 1 else 's'}"


def _line(name: str, change: Change, clock: Clock) -> list[Any]:
    head = f"{name}, {clock.text(change.at)}: "
    if change.to is None:
        return [head, html.Del(change.was), " is deleted"]
    return [head, html.Del(change.was), " → ", html.Strong(change.to)]
