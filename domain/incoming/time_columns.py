"""Which column of a table holds the instants, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from domain.errors import Invalid
from domain.imports import NOWHERE, DateOrder
from domain.incoming.instants import Clock
from domain.timespan import DAY, from_datetime
from domain.zones import zone_named

TIME_NAMES = ("time_utc", "created_at", "at", "timestamp", "datetime", "date_time", "time", "date", "when", "day")
"""What a column of instants is usually called, the surest first."""
PLAUSIBLE_FROM = from_datetime(datetime(2000, 1, 1, tzinfo=UTC))
"""Numbers that would be earlier instants are taken for readings."""

_slashed = re.compile(r"(\d{1,2})([./-])(\d{1,2})[./-]\d{2,4}\b", re.ASCII).match


class Times:
    """Which column holds the instants, and how they are written."""

    def __init__(self, zone: str, now: int) -> None:
        self._zone = zone_named(zone)
        self._now = now

    def find(self, names: Sequence[str], columns: Sequence[Sequence[str]]) -> tuple[int, int, DateOrder]:
        """The places of the column of times and of the time of day (NOWHERE: in the same), and how they are written."""
        ranked = sorted(
            range(len(columns)), key=lambda place: TIME_NAMES.index(names[place]) if names[place] in TIME_NAMES else 99
        )
        usual = [place for place in ranked if names[place] in TIME_NAMES]
        tried = [(place, 0.5) for place in ranked] + [(place, 0.0) for place in usual]
        for place, share in tried:
            order = self.order_of(columns[place][:50], share)
            if order is not None:
                return place, self._clock_beside(place, names, columns), order
        raise Invalid(
            "No column of the file holds times.",
            hint="Write times as 2026-03-08T14:05:00Z, 2026-03-08 14:05, or seconds since 1970.",
        )

    def order_of(self, sample: Sequence[str], share: float = 0.5) -> DateOrder | None:
        """How the cells are written as times; None where not more than this share of them are any."""
        written = [cell.strip() for cell in sample if cell.strip()]
        if not written:
            return None
        for order in self._orders(written):
            found: list[Any] = Clock(order, self._zone, self._now + DAY).column(written)
            if sum(type(at) is int and at >= PLAUSIBLE_FROM for at in found) > share * len(found):
                return order
        return None

    def _orders(self, written: Sequence[str]) -> Sequence[DateOrder]:
        parts = [found for cell in written if (found := _slashed(cell))]
        if not parts:
            return (DateOrder.ISO,) if all(cell[:4].isdigit() for cell in written[:1]) else ()
        if any(int(part[3]) > 12 for part in parts):
            return (DateOrder.MONTH_FIRST,)
        if any(int(part[1]) > 12 for part in parts) or parts[0][2] == ".":
            return (DateOrder.DAY_FIRST,)
        return (DateOrder.MONTH_FIRST, DateOrder.DAY_FIRST)

    def _clock_beside(self, place: int, names: Sequence[str], columns: Sequence[Sequence[str]]) -> int:
        """The place of the time of day, where the dates have none."""
        if any(":" in cell for cell in columns[place][:5]) or not any(
            "-" in c or "/" in c or "." in c for c in columns[place][:1]
        ):
            return NOWHERE
        clocks = [
            other for other, cells_of in enumerate(columns) if cells_of and re.match(r"\d{1,2}:\d\d", cells_of[0])
        ]
        return clocks[0] if clocks else NOWHERE
