"""When a reading was taken: the forms of `at` and `age_ms` → µs since the epoch, UTC.

A board may name the instant (RFC 3339 with a zone, or seconds, milliseconds, microseconds or nanoseconds since 1970,
told apart by size), or say how old the reading is. What cannot be true is refused with the reason.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from domain.errors import Invalid
from domain.spelling import number_from
from domain.timespan import DAY, EPOCH, SECOND, from_datetime, to_rfc3339
from ingest.faults import quoted

EARLIEST = from_datetime(datetime(2015, 1, 1, tzinfo=UTC))
"""Nothing was measured here before 2015: an earlier time comes from a clock that is not set."""

MOST_AHEAD = DAY
"""How far a time may lie in the future: clocks set to local time instead of UTC are off by less."""

OLDEST_AGE = 30 * DAY

MICROPYTHON_EPOCH = from_datetime(datetime(2000, 1, 1, tzinfo=UTC))
"""MicroPython's time.time() counts from here on most boards."""

NOT_SET = (
    'The board\'s clock is not set. Set it by NTP, or leave "at" out: the server then notes the arrival. '
    'For a reading kept for a while, send "age_ms".'
)
COUNTS_FROM_2000 = "This looks like MicroPython's time, which counts from 2000: add 946684800 seconds."
AHEAD = "Check the board's clock and its time zone: a time is UTC, or names its zone."
HOW_TO_WRITE = "Write 2026-11-20T10:00:00Z, or the seconds since 1970."
NEEDS_ZONE = 'Add the zone: Z for UTC, or the distance from it, such as "+01:00".'

_SECONDS_BELOW = 100_000_000_000
_YEAR = 366 * DAY
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII).fullmatch
_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(?:\.(\d{1,9}))?(?:([Zz])|([+\- ])(\d\d):?(\d\d))?", re.ASCII
).fullmatch

_parse = datetime.fromisoformat


def instant_from(raw: object, now: int) -> int:
    """The instant `raw` names, in µs; digits beyond the microsecond are dropped.

    A leap second counts as the second after it. Raises Invalid when it names none, is before 2015, or is more than a
    day ahead of `now`.
    """
    if type(raw) is str:
        # The usual form, 2026-11-20T10:00:00Z, is told by its punctuation.
        at = _from_usual_text(raw) if raw[4::3] == "--T::Z" and len(raw) == 20 else _from_text(raw.strip())
    else:
        at = raw * SECOND if type(raw) is int and 0 <= raw < _SECONDS_BELOW else _from_number(raw)
    if EARLIEST <= at <= now + MOST_AHEAD:
        return at
    raise _implausible(raw, at, now)


def instant_of_age(raw: object, now: int) -> int:
    """The instant `raw` milliseconds before `now`; a fraction is kept to the microsecond.

    Raises Invalid for an age that is negative, over 30 days, or no number.
    """
    age_ms = _number(raw)
    if age_ms is None:
        raise Invalid(
            f"{_shown(raw)} is not a number of milliseconds", hint='Write "age_ms": 1500 for 1.5 seconds ago.'
        )
    if not 0 <= age_ms <= OLDEST_AGE // 1000:
        raise Invalid(
            f"an age of {_shown(raw)} ms is not between 0 and 30 days",
            hint='For an older reading send its time as "at".',
        )
    return now - round(age_ms * 1000)


def _from_usual_text(raw: str) -> int:
    try:
        since = _parse(raw) - EPOCH
        return (since.days * 86_400 + since.seconds) * SECOND
    except ValueError:
        return _from_text(raw)


def _from_number(raw: object) -> int:
    """Seconds, ms, µs or ns by size: each unit's years 1973 to 5138 lie above the unit before."""
    if not isinstance(raw, (int, float)) or isinstance(raw, bool) or not 0 <= raw < 1e20:
        raise Invalid(f"{_shown(raw)} is not a time", hint=HOW_TO_WRITE)
    if raw < _SECONDS_BELOW:
        return round(raw * SECOND)
    if raw < _SECONDS_BELOW * 1000:
        return round(raw * 1000)
    return round(raw) if raw < _SECONDS_BELOW * SECOND else int(raw) // 1000


def _from_text(text: str) -> int:
    written = _RFC3339(text)
    if written is not None:
        return _from_rfc3339(text, *written.groups())
    if _DATE(text):
        raise Invalid(f"{quoted(text)} is a day without a time", hint=HOW_TO_WRITE)
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 20 else number_from(text)
    if number is None:
        raise Invalid(f"{quoted(text)} is not a time", hint=HOW_TO_WRITE)
    return _from_number(number)


def _from_rfc3339(
    text: str,
    day: str,
    minute: str,
    second: str,
    fraction: str | None,
    utc: str | None,
    sign: str | None,
    hours: str | None,
    minutes: str | None,
) -> int:
    """RFC 3339 §5.6; besides, a zone without its colon, and a blank where an address or a form lost the `+`."""
    if utc is None and sign is None:
        raise Invalid(f"{quoted(text)} does not say its time zone", hint=NEEDS_ZONE)
    leap = second == "60"
    whole = _whole_seconds(text, f"{day}T{minute}:{'59' if leap else second}+00:00")
    whole -= _offset(text, sign, hours, minutes)
    if leap:
        whole = _after_leap_second(text, whole)
    return whole + int(((fraction or "") + "000000")[:6])


def _whole_seconds(text: str, written: str) -> int:
    try:
        return from_datetime(_parse(written))
    except ValueError as error:
        raise Invalid(f"{quoted(text)} is not in the calendar or on the clock", hint=HOW_TO_WRITE) from error


def _offset(text: str, sign: str | None, hours: str | None, minutes: str | None) -> int:
    if sign is None or hours is None or minutes is None:
        return 0
    if int(hours) > 23 or int(minutes) > 59:
        raise Invalid(f"{quoted(text)} has no such time zone", hint=NEEDS_ZONE)
    offset = (int(hours) * 3600 + int(minutes) * 60) * SECOND
    return -offset if sign == "-" else offset


def _after_leap_second(text: str, second_59: int) -> int:
    after = second_59 + SECOND
    if after % DAY:
        raise Invalid(f"{quoted(text)}: a second 60 exists only at 23:59:60 UTC", hint=HOW_TO_WRITE)
    return after


def _implausible(raw: object, at: int, now: int) -> Invalid:
    shown = _shown(raw) if type(raw) is str else f"{_shown(raw)} ({to_rfc3339(at)})"
    if at > now:
        return Invalid(f"{shown} is more than a day ahead of the server's clock ({to_rfc3339(now)})", hint=AHEAD)
    return Invalid(f"{shown} is before 2015", hint=_why_before_2015(at, now))


def _why_before_2015(at: int, now: int) -> str:
    if EARLIEST <= at + MICROPYTHON_EPOCH <= now + MOST_AHEAD:
        return COUNTS_FROM_2000
    if 0 <= at < _YEAR or 0 <= at - MICROPYTHON_EPOCH < _YEAR:
        return NOT_SET
    return HOW_TO_WRITE


def _number(raw: object) -> float | None:
    if type(raw) is str:
        return number_from(raw)
    if type(raw) is int or type(raw) is float:
        return raw
    return None


def _shown(raw: object) -> str:
    """The value as it was sent, shortened; a structure by what it is."""
    if isinstance(raw, str):
        return quoted(raw)
    if raw is None:
        return "null"
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, (int, float)):
        return f"{raw:.17g}" if abs(raw) < 1e20 else "a number of this size"
    return "a list" if isinstance(raw, list) else "an object"
