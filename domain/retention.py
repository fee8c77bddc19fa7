"""How long a channel keeps its readings: for ever, or for some days."""

from __future__ import annotations

from domain.timespan import DAY

SHORTEST_DAYS, LONGEST_DAYS = 1, 3660

GRACE = DAY
"""A shorter time begins to count this long after it was set, so that a slip can be mended."""


def keeping_fault(days: int | None) -> str | None:
    """What is wrong with a number of days; None when nothing is."""
    if days is None or SHORTEST_DAYS <= days <= LONGEST_DAYS:
        return None
    return f"Keep readings for {SHORTEST_DAYS} to {LONGEST_DAYS} days, or leave it empty to keep them for ever."


def horizon(days: int, now: int) -> int:
    """What lies before this instant is no longer kept: whole days of UTC, so that a day goes as a whole."""
    at = now - days * DAY
    return at - at % DAY


def begins_at(before: int | None, days: int | None, now: int, begun_at: int | None) -> int | None:
    """From when on readings are taken away, once this is set in place of `before`, which counted from `begun_at` on."""
    if days is None:
        return None
    is_shorter = before is None or days < before
    return now + GRACE if is_shorter else begun_at


def kept_in_words(days: int | None) -> str:
    """`for ever`, `for 30 days`."""
    return "for ever" if days is None else f"for {days} day{'' if days == 1 else 's'}"
