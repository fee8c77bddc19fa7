"""Days and what is to come, in words; how long ago something was is `age`."""

from __future__ import annotations

from domain.timespan import DAY, HOUR, MINUTE, to_datetime


def day_text(at: int) -> str:
    """`20 Nov 2026`, UTC."""
    moment = to_datetime(at)
    return f"{moment.day} {moment:%b %Y}"


def until_text(ends_at: int, now: int) -> str:
    """`in 23 h`, in whole units, at least a minute."""
    left = max(ends_at - now, MINUTE)
    for length, unit in ((DAY, "d"), (HOUR, "h")):
        if left > length:
            return f"in {-(-left // length)} {unit}"
    return f"in {-(-left // MINUTE)} min"
