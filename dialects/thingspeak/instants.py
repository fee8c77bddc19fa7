"""Times as ThingSpeak reads and writes them: to the second, in the zone that the request names."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from dialects.thingspeak.asking import Asked
from domain import zones
from domain.errors import Invalid
from domain.timespan import DAY, EPOCH, SECOND, from_datetime

_SPELLED = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?)?\s*"
    r"(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}|(?<=\d )\d{2}:?\d{2})?",  # last: a plus that was not written as %2B
    re.IGNORECASE | re.ASCII,
)
_EPOCH = re.compile(r"\d{9,10}(\.\d{1,9})?")
LONGEST = 40
EARLIEST = 946_684_800 * SECOND
"""2000: what says it is older comes from a clock that is not set."""
MOST_AHEAD = DAY
MOST_HOURS = 14


def zone_of(asked: Asked) -> tzinfo:
    """The zone named in `timezone`, else `offset` hours from UTC, else UTC; what is unknown is UTC, too."""
    name, hours = asked.text("timezone"), asked.text("offset")
    if name:
        return _known(name)
    try:
        shift = int(float(hours or 0))
    except (ValueError, OverflowError):
        return UTC
    return timezone(timedelta(hours=shift)) if shift and abs(shift) <= MOST_HOURS else UTC


def instant_from(written: str, zone: tzinfo) -> int | None:
    """The instant (µs) of a time in any of the usual spellings, in `zone` where it names none; None for no time."""
    written = written.strip()
    if len(written) > LONGEST:
        return None
    if _EPOCH.fullmatch(written):
        return round(float(written) * SECOND)
    found = _SPELLED.fullmatch(written)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    fraction = int(f"{found[7] or 0:0<6}"[:6]) if found[7] else 0
    try:
        local = datetime(year, month, day, hour, minute, second, fraction, tzinfo=_shift(found[8]) or zone)
        return from_datetime(local.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def believed(at: int, now: int) -> int:
    """The instant. Raises Invalid where nothing can have been measured then."""
    if at < EARLIEST:
        raise Invalid(
            f"created_at says {iso(at)}.", hint="The board's clock is not set: set it, or leave the time out."
        )
    if at > now + MOST_AHEAD:
        raise Invalid(f"created_at says {iso(at)}, which is to come.", hint="Check the board's clock and its zone.")
    return at


def iso(at: int, zone: tzinfo = UTC) -> str:
    """`2018-01-23T21:32:26Z`; in another zone `2018-01-23T22:32:26+01:00`."""
    local = _local(at, zone)
    return local.strftime("%Y-%m-%dT%H:%M:%S") + ("Z" if zone is UTC else local.isoformat()[-6:])


def plain(at: int, zone: tzinfo = UTC) -> str:
    """As it stands in CSV: `2018-01-23 21:32:26 UTC`, with the zone's abbreviation, or `-0500` where it has none."""
    local = _local(at, zone)
    name = local.tzname() or ""
    return local.strftime("%Y-%m-%d %H:%M:%S ") + (name if name.isalpha() else local.strftime("%z"))


def _local(at: int, zone: tzinfo) -> datetime:
    return (EPOCH + timedelta(seconds=at // SECOND)).astimezone(zone)


def _known(name: str) -> tzinfo:
    return ZoneInfo(name) if name in zones.names() and name != zones.WORLD else UTC


def _shift(written: str | None) -> tzinfo | None:
    if not written:
        return None
    if written.upper() in ("Z", "UTC", "GMT"):
        return UTC
    sign = -1 if written[0] == "-" else 1
    digits = written.lstrip("+-").replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0)))
