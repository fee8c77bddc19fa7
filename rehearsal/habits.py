"""Things that happen now and then and last a while: a visit, a run, a shower, a gap."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from rehearsal.noise import Scene, between, chance, slot


class Stretch(NamedTuple):
    """From `start_s` (included) to `end_s` (excluded), seconds since the epoch."""

    start_s: float
    end_s: float

    def holds(self, at_s: float) -> bool:
        return self.start_s <= at_s < self.end_s

    def part(self, at_s: float) -> float:
        """How much of it is over, 0 to 1."""
        return min(1.0, max(0.0, (at_s - self.start_s) / (self.end_s - self.start_s)))

    def swell(self, at_s: float) -> float:
        """0 outside, rising to 1 in its middle and falling again, without a corner at either end."""
        return math.sin(math.pi * self.part(at_s)) ** 2


@dataclass(frozen=True, slots=True)
class Habit:
    """At most once in each slot of `every_s` seconds, with these odds, for `shortest_s` to `longest_s` seconds."""

    stream: str
    every_s: float
    odds: float
    shortest_s: float
    longest_s: float

    def in_slot(self, scene: Scene, index: int) -> Stretch | None:
        """The one that falls into this slot, wholly inside it, or None."""
        if chance(scene, f"{self.stream}: whether", index) >= self.odds:
            return None
        length_s = between(scene, f"{self.stream}: how long", index, self.shortest_s, self.longest_s)
        start_s = index * self.every_s + between(scene, f"{self.stream}: when", index, 0.0, self.every_s - length_s)
        return Stretch(start_s, start_s + length_s)

    def at(self, scene: Scene, at_s: float) -> Stretch | None:
        """The one going on at that moment, or None."""
        found = self.in_slot(scene, slot(at_s, self.every_s)[0])
        return found if found and found.holds(at_s) else None

    def begun(self, scene: Scene, at_s: float, slots: int) -> list[Stretch]:
        """Those begun by that moment within the last `slots` slots, newest first, the present one included."""
        index, _ = slot(at_s, self.every_s)
        found = (self.in_slot(scene, earlier) for earlier in range(index, index - slots, -1))
        return [stretch for stretch in found if stretch and stretch.start_s <= at_s]

    def between(self, scene: Scene, after_s: float, until_s: float) -> list[Stretch]:
        """Those that touch the time after `after_s` up to `until_s`, oldest first."""
        first, _ = slot(after_s, self.every_s)
        last, _ = slot(until_s, self.every_s)
        found = (self.in_slot(scene, index) for index in range(first, last + 1))
        return [stretch for stretch in found if stretch and stretch.end_s > after_s and stretch.start_s <= until_s]
