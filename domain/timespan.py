"""Spans of time and how finely a chart looks at them. Instants are µs since the epoch, UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

ROLLUP_WIDTHS = (10 * SECOND, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY)
"""Widths of the stored summaries, each a multiple of the one before."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_AGO = 100 * 366 * DAY
"""How far back a relative time reaches; what lies before it is no measurement's."""


def to_datetime(at: int) -> datetime:
    """The instant as an aware datetime in UTC, exact to the microsecond."""
    return EPOCH + timedelta(microseconds=at)


def from_datetime(moment: datetime) -> int:
    """An aware datetime as µs since the epoch, exact (floats would lose the last digits)."""
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def to_rfc3339(at: int) -> str:
    """`2026-11-20T10:00:00.25Z`: UTC, with only the digits of the second that say something."""
    text = to_datetime(at).isoformat().removesuffix("+00:00")  # strftime takes four times as long
    return (text.rstrip("0") if "." in text else text) + "Z"


_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_relative = re.compile(r"now(?:-(\d{1,9})([smhdw]))?", re.ASCII).fullmatch


def moment_from(written: str, now: int) -> int:
    """`now`, `now-2h`, RFC 3339 with a zone, or seconds since 1970, as µs. Raises ValueError for anything else."""
    written = written.strip()
    if found := _relative(written):
        return now - _length(found[1], found[2])
    if re.fullmatch(r"\d{1,11}(\.\d{1,6})?", written, re.ASCII):
        return round(float(written) * SECOND)
    moment = datetime.fromisoformat(written.replace(" ", "+") if "+" not in written else written)
    if moment.tzinfo is None:
        raise ValueError("a time needs a zone")
    return from_datetime(moment)


def _length(number: str | None, unit: str) -> int:
    length = int(number) * _UNITS[unit] if number else 0
    if length > LONGEST_AGO:
        raise ValueError("a time lies at most a hundred years back")
    return length


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """From `start` (included) to `end` (excluded)."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("a span ends before it starts")

    @property
    def length(self) -> int:
        return self.end - self.start

    @classmethod
    def last(cls, length: int, now: int) -> TimeSpan:
        """The span of `length` that ends now, the present microsecond included."""
        return cls(now + 1 - length, now + 1)


class OfferedLength(Enum):
    """Lengths of time to choose from. The value is (word in a form or an address, µs, words)."""

    _value_: tuple[str, int, str]

    @property
    def word(self) -> str:
        return self.value[0]

    @property
    def length(self) -> int:
        return self.value[1]

    @property
    def label(self) -> str:
        return self.value[2]


class Window(OfferedLength):
    """The ranges a live page offers: a length that ends now."""

    MIN_1 = ("1m", MINUTE, "Last minute")
    MIN_5 = ("5m", 5 * MINUTE, "Last 5 minutes")
    MIN_15 = ("15m", 15 * MINUTE, "Last 15 minutes")
    HOUR_1 = ("1h", HOUR, "Last hour")
    HOUR_6 = ("6h", 6 * HOUR, "Last 6 hours")
    DAY_1 = ("24h", DAY, "Last 24 hours")
    DAY_7 = ("7d", 7 * DAY, "Last 7 days")
    DAY_30 = ("30d", 30 * DAY, "Last 30 days")

    @classmethod
    def from_word(cls, word: str | None) -> Window:
        """The window of that word; the quarter of an hour where the word is missing or unknown."""
        return next((window for window in cls if window.word == word), cls.MIN_15)


def rollup_width(span: TimeSpan, points: int) -> int:
    """The widest stored summary that still gives at least `points` buckets over the span, or the finest there is."""
    wanted = span.length // max(1, points)
    return max((width for width in ROLLUP_WIDTHS if width <= wanted), default=ROLLUP_WIDTHS[0])
