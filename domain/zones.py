"""Zones of time: which offset holds when, what a day is there. The rules are those of the tz database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from domain.errors import Invalid
from domain.timespan import DAY, SECOND, TimeSpan, from_datetime, to_datetime

WORLD = "UTC"
_STEP = 15 * DAY
"""No zone changed its clocks twice within so short a time and back; changes are looked for at this pace."""


def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name such as `America/Los_Angeles`. Raises Invalid for any other word."""
    if name not in names():
        raise Invalid(f'There is no time zone "{name[:60]}".', hint="Zones have names such as Europe/Berlin or UTC.")
    return ZoneInfo(name)


@cache
def names() -> frozenset[str]:
    """The zones people may choose: places, and UTC."""
    every = available_timezones()
    places = (name for name in every if "/" in name and not name.startswith(("Etc/", "posix", "right")))
    return frozenset({WORLD, *places})


def local(at: int, zone: ZoneInfo) -> datetime:
    """What the clocks say there at an instant, exact to the microsecond."""
    return to_datetime(at).astimezone(zone)


def times(at: Sequence[int], zone: ZoneInfo) -> list[str]:
    """Each of these instants, in their order, as the clocks there say it; with the day where there are several."""
    shown = [local(one, zone) for one in at]
    is_one_day = len({moment.date() for moment in shown[:1] + shown[-1:]}) <= 1
    return [f"{moment:%H:%M:%S}" if is_one_day else f"{moment.day} {moment:%b %H:%M:%S}" for moment in shown]


def instant(naive: datetime, zone: ZoneInfo) -> int:
    """The instant at which the clocks there say this; of an hour that comes twice its first time.

    A time that clocks leap over is as far after the leap as it would have been.
    """
    return from_datetime(naive.replace(tzinfo=zone, fold=0).astimezone(UTC))


def start_of_day(day: date, zone: ZoneInfo) -> int:
    """The first instant of a day there; clocks may leap over midnight."""
    return instant(datetime.combine(day, time()), zone)


def day(on: date, zone: ZoneInfo) -> TimeSpan:
    """A whole day there: 23, 24 or 25 hours long."""
    return TimeSpan(start_of_day(on, zone), start_of_day(on + timedelta(days=1), zone))


def offset_us(zone: ZoneInfo, at: int) -> int:
    """How far the clocks there are ahead of UTC."""
    ahead = local(at, zone).utcoffset() or timedelta()
    return (ahead.days * 86_400 + ahead.seconds) * SECOND


def changes(zone: ZoneInfo, span: TimeSpan) -> list[int]:
    """The instants within the span, its start excluded, at which the clocks there are put forward or back."""
    found, before = [], span.start
    while before < span.end - 1:
        after = min(before + _STEP, span.end - 1)
        if offset_us(zone, before) != offset_us(zone, after):
            found.append(_change_between(zone, before, after))
        before = after
    return found


def abbreviation(zone: ZoneInfo, at: int) -> str:
    """`PST`, or `UTC-03:00` where a zone has no letters of its own."""
    name = local(at, zone).tzname() or ""
    return name if name.isalpha() else offset_name(zone, at)


def offset_name(zone: ZoneInfo, at: int) -> str:
    """`UTC+05:30`."""
    minutes = offset_us(zone, at) // (60 * SECOND)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}" if minutes else WORLD


def _change_between(zone: ZoneInfo, before: int, after: int) -> int:
    old = offset_us(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if offset_us(zone, middle) == old else (before, middle)
    return after
