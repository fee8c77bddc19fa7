"""Instants and lengths as people write them: `now-2h`, a date, a time of some zone."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain import zones
from domain.errors import Invalid
from domain.timespan import DAY, HOUR, LONGEST_AGO, MINUTE, SECOND, from_datetime, to_rfc3339

FIRST = "first"
"""The instant of a channel's first reading."""
NOW = "now"
EARLIEST, LATEST = -LONGEST_AGO, 8000 * 365 * DAY
"""What the calendar can hold in every zone; nobody measured before or after."""

UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
UNIT_WORDS = {"w": "week", "d": "day", "h": "hour", "m": "minute", "s": "second"}
HINT = "Write now, now-2h, 2026-03-08, 2026-03-08 14:05, or a full time such as 2026-03-08T14:05:00Z."

_length = re.compile(r"(\d{1,9})([smhdw])", re.ASCII).fullmatch
_relative = re.compile(r"now-(\d{1,9}[smhdw])", re.ASCII).fullmatch
_date = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII).fullmatch
_epoch = re.compile(r"(?:0|\d{9,20})(\.\d{1,9})?", re.ASCII).fullmatch
_plus_lost = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*) (\d\d:?\d\d)", re.ASCII).fullmatch
_SECONDS_BELOW = 10**11


def instant_from(written: str, now: int, zone: ZoneInfo, *, is_end: bool = False) -> int:
    """The instant, in µs. A bare date is its first instant in the zone, or as an end the first instant after it.

    A time without a zone is one of `zone`; seconds, milliseconds, microseconds and nanoseconds since 1970 are told
    apart by size. Raises Invalid.
    """
    at = _instant(written.strip(), now, zone, is_end=is_end)
    if not EARLIEST <= at <= LATEST:
        raise Invalid(f'"{written[:40]}" is too far away.', hint=HINT)
    return at


def _instant(words: str, now: int, zone: ZoneInfo, *, is_end: bool) -> int:
    if words == NOW:
        return now
    if found := _relative(words):
        return now - length_from(found[1])
    if _epoch(words):
        return since_1970(words)
    try:
        if is_date(words):
            on = date.fromisoformat(words)
            return zones.start_of_day(on + timedelta(days=1) if is_end else on, zone)
        lost = _plus_lost(words)  # an address says + as a blank
        moment = datetime.fromisoformat(f"{lost[1]}+{lost[2]}" if lost else words)
        return zones.instant(moment, zone) if moment.tzinfo is None else from_datetime(moment)
    except (ValueError, OverflowError):
        raise Invalid(f'"{words[:40]}" is not a time.', hint=HINT) from None


def since_1970(written: str) -> int:
    """Seconds, milliseconds, microseconds or nanoseconds, told apart by size, in µs."""
    number = float(written) if "." in written else int(written)
    if number < _SECONDS_BELOW:
        return round(number * SECOND)
    if number < _SECONDS_BELOW * 1000:
        return round(number * 1000)
    return round(number) if number < _SECONDS_BELOW * SECOND else int(number) // 1000


def length_from(written: str) -> int:
    """`90s`, `10m`, `2h`, `7d`, `1w` in µs; more than nothing, at most a hundred years. Raises Invalid."""
    found = _length(written.strip())
    length = int(found[1]) * UNITS[found[2]] if found else 0
    if not 0 < length <= LONGEST_AGO:
        raise Invalid(f'"{written[:20]}" is not a length of time.', hint="Write 90s, 10m, 2h or 7d.")
    return length


def length_written(length: int) -> str:
    """The shortest way to write a length: `90s`, `2h`. To the second, at least one."""
    seconds = max(1, round(length / SECOND)) * SECOND
    unit = next(unit for unit in ("d", "h", "m", "s") if seconds % UNITS[unit] == 0)
    return f"{seconds // UNITS[unit]}{unit}"


def length_in_words(length: int) -> str:
    """`15 minutes`, `1 hour`, `2.5 seconds`: in the largest unit that divides it."""
    unit = next((unit for unit in UNIT_WORDS if length % UNITS[unit] == 0), "s")
    count = length / UNITS[unit]
    return f"{count:g} {UNIT_WORDS[unit]}{'' if count == 1 else 's'}"


def is_date(written: str) -> bool:
    """Whether this is a bare date: which instants it means is a matter of the zone."""
    return bool(_date(written))


def settled(written: str, zone: ZoneInfo) -> str:
    """The same as it may stand in an address: a time without a zone as the instant it means. Raises Invalid."""
    words = written.strip()
    at = instant_from(words, 0, zone) if words != FIRST else 0
    is_instant = not (words in (FIRST, NOW) or _relative(words) or is_date(words))
    return canonical(at) if is_instant else words


def canonical(at: int) -> str:
    """An instant as it stands in an address."""
    return to_rfc3339(at)
