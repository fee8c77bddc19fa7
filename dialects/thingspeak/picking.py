"""Which of a channel's entries a request asks for: so many of the newest, those of a span of time, or some numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from dialects.thingspeak.asking import Asked
from dialects.thingspeak.instants import instant_from, zone_of
from dialects.thingspeak.withheld import looked_up
from domain.timespan import DAY, MINUTE, SECOND, TimeSpan
from models import entry_rows
from models.entry_rows import ALWAYS, Rows

USUAL = 100
"""So many entries are told where a request names neither a number of them nor a range."""

MOST = 8000

AT_ONCE = 1000
"""More than so many are fetched where long questions wait for their turn."""

WIDENING = ("days", "start", "end", "start_entry_id", "end_entry_id")
"""Whoever names one of these is told up to MOST; `minutes` is none of them."""

LAST_NUMBER = 10**12
"""No entry has a higher number."""

_whole = re.compile(r"[0-9]{1,12}").fullmatch


@dataclass(frozen=True, slots=True)
class Pick:
    """The newest `limit` entries of the span or, where `numbers` are named, of those from the first to the last one."""

    span: TimeSpan
    limit: int
    numbers: tuple[int, int] | None = None

    @classmethod
    def of(cls, asked: Asked, now: int, *, usual: int = USUAL, usual_days: int | None = None) -> Pick:
        """What a request asks for; what cannot be understood in it counts as not said."""
        is_wide = any(asked.text(name) for name in WIDENING)
        results = whole(asked, "results")
        limit = (MOST if is_wide else usual) if results is None else min(results, MOST)
        return cls(_span(asked, now, usual_days), limit, _numbers(asked))


def entries(asked: Asked, channel_id: int, pick: Pick, look_up: Callable[..., Rows] = looked_up) -> Rows:
    """Those entries, ascending in time, for whoever asks; `look_up` decides who that is. Raises Withheld."""
    is_long = pick.limit > AT_ONCE
    if pick.numbers is not None:
        return look_up(asked, channel_id, entry_rows.numbered, *pick.numbers, pick.limit, is_long=is_long)
    return look_up(asked, channel_id, entry_rows.newest, pick.span, pick.limit, is_long=is_long)


def whole(asked: Asked, name: str) -> int | None:
    """A parameter that is a whole number, 0 or more; None where it is missing or something else."""
    found = (asked.text(name) or "").strip()
    return int(found) if _whole(found) else None


def _span(asked: Asked, now: int, usual_days: int | None) -> TimeSpan:
    """From the start to the end, both included to the second."""
    days, minutes = whole(asked, "days"), whole(asked, "minutes")
    start, end = _instant(asked, "start"), _instant(asked, "end")
    if start is None and minutes is not None:
        start = now - minutes * MINUTE
    elif start is None and (days is not None or usual_days is not None):
        start = now - (days if days is not None else usual_days or 0) * DAY
    first = ALWAYS.start if start is None else max(start, ALWAYS.start)
    return TimeSpan(first, max(first, ALWAYS.end if end is None else end + SECOND))


def _instant(asked: Asked, name: str) -> int | None:
    at = instant_from(asked.text(name) or "", zone_of(asked))
    return None if at is None else at - at % SECOND


def _numbers(asked: Asked) -> tuple[int, int] | None:
    first, last = whole(asked, "start_entry_id"), whole(asked, "end_entry_id")
    if first is None and last is None:
        return None
    return first or 1, LAST_NUMBER if last is None else last
