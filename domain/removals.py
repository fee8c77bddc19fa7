"""Ranges of readings that were taken away by hand, and can be put back for a while."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.readings import Feed
from domain.timespan import DAY, TimeSpan

KEPT = 30 * DAY
"""How long what was taken away can be put back."""


class State(StrEnum):
    """How far it is."""

    REMOVING = "removing"
    REMOVED = "removed"
    RESTORING = "restoring"
    RESTORED = "restored"


UNDER_WAY = frozenset({State.REMOVING, State.RESTORING})


@dataclass(frozen=True, slots=True)
class Removal:
    """A range that was taken away, or is just being.

    `feeds`: as they are today, without those that are gone. `total`: the readings there were when it began;
    `readings`: how many lie in the bin now; `superseded`: those not put back, because by then the feed held another
    for their instant. `made_by`: the name of who did it, empty where they are gone.
    """

    id: int
    channel_id: int
    made_at: int
    made_by: str
    span: TimeSpan
    feeds: tuple[Feed, ...]
    state: State
    total: int
    readings: int
    superseded: int = 0
    undone_at: int | None = None

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def done(self) -> int:
        """How many readings were moved so far, of `total`."""
        moved = self.readings if self.state in (State.REMOVING, State.REMOVED) else self.total - self.readings
        return min(max(0, moved), self.total)

    @property
    def ends_at(self) -> int:
        """Until then it can be put back."""
        return self.made_at + KEPT

    def may_be_undone(self, now: int) -> bool:
        return self.state in (State.REMOVING, State.REMOVED) and now < self.ends_at

    def days_left(self, now: int) -> int:
        """Whole days until it is gone for good, counted up."""
        return max(0, -(-(self.ends_at - now) // DAY))


@dataclass(frozen=True, slots=True)
class InRange:
    """How many readings a feed has in a range, and when the first and the last of them was; None where it has none."""

    feed: Feed
    readings: int
    first_at: int | None
    last_at: int | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be taken away."""

    span: TimeSpan
    feeds: tuple[InRange, ...]

    @property
    def readings(self) -> int:
        return sum(each.readings for each in self.feeds)
