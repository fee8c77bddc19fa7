"""Which feeds of a channel over which range, from which end on: the parameters that several operations share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, field

from api.described import Query
from domain import moments, zones
from domain.downloads import MOST_FEEDS
from domain.errors import Invalid
from domain.moments import EARLIEST, FIRST
from domain.timespan import DAY, TimeSpan

AN_INSTANT = (
    "RFC 3339, seconds, ms, µs or ns since 1970, now, now-2h (s, m, h, d, w), or a date or a time without a zone: "
    "those are of the zone asked for."
)


class Order(StrEnum):
    """From which end on."""

    ASC = "asc"
    DESC = "desc"


class Ranged(Query):
    """Feeds over a range."""

    feeds: Annotated[
        tuple[str, ...],
        Meta(max_length=MOST_FEEDS, description="Names of feeds; without, all.", examples=[["temperature", "door"]]),
    ] = ()
    start: Annotated[
        str,
        Meta(
            max_length=40,
            description=f"The first instant. {AN_INSTANT} Without: the first reading's.",
            examples=["now-2h"],
        ),
    ] = field(name="from", default="")
    end: Annotated[
        str,
        Meta(
            max_length=40,
            description="The first instant after the range, written as from is; a date is meant to its end. Without: "
            "whatever is newest.",
            examples=["now"],
        ),
    ] = field(name="to", default="")
    zone: Annotated[str, Meta(max_length=64, description="The zone of dates and days.", examples=["Europe/Berlin"])] = (
        zones.WORLD
    )

    @property
    def of_zone(self) -> ZoneInfo:
        """Raises Invalid."""
        return zones.zone_named(self.zone)

    def span(self, now: int) -> TimeSpan:
        """The instants. Raises Invalid by the parameter's name."""
        zone = self.of_zone
        start = _instant("from", self.start, now, zone) if self.start not in ("", FIRST) else EARLIEST
        end = _instant("to", self.end, now, zone, is_end=True) if self.end else now + DAY
        if end < start:
            raise Invalid("The parameter to lies before from.", hint="Swap them.")
        return TimeSpan(start, end)


def _instant(name: str, written: str, now: int, zone: ZoneInfo, *, is_end: bool = False) -> int:
    try:
        return moments.instant_from(written, now, zone, is_end=is_end)
    except Invalid as refused:
        raise Invalid(f"The parameter {name}: {refused.detail}", hint=refused.hint) from None
