"""What the channel page shows just now, told to the lens that is open below its chart through a store in the browser.

A lens draws when its store changes: another range, another zone, or time that went on while the page follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from dashapp.parts import Memo, memo_id
from domain import zones
from domain.selection import Selection
from domain.timespan import TimeSpan


def store_of(lens: str) -> dict[str, Any]:
    """The id of a lens's store."""
    return memo_id(Memo.SHOWN, lens)


@dataclass(frozen=True, slots=True)
class Shown:
    """A channel over a span of time, in a zone, as of `now`; the selection with which it was asked for."""

    channel_id: int
    selection: Selection
    span: TimeSpan
    zone: ZoneInfo
    now: int

    @property
    def name(self) -> str:
        """What is asked, without when: while it is the same, so is what a lens draws, but for what came meanwhile."""
        return f"{self.channel_id}{self.selection.query}"


def data(shown: Shown) -> dict[str, Any]:
    """As it is kept in the browser."""
    return {
        "channel": shown.channel_id,
        "query": shown.selection.query,
        "span": [shown.span.start, shown.span.end],
        "zone": shown.zone.key,
        "now": shown.now,
    }


def read(kept: dict[str, Any] | None, lens: str) -> Shown | None:
    """What is shown, for this lens; None while another one is open or nothing is drawn yet. Raises Invalid."""
    if not kept or "channel" not in kept:
        return None
    selection = Selection.parse(str(kept["query"]))
    if selection.lens != lens:
        return None
    start, end = kept["span"]
    zone = zones.zone_named(str(kept["zone"]))
    return Shown(int(kept["channel"]), selection, TimeSpan(int(start), int(end)), zone, int(kept["now"]))
