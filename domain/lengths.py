"""Lengths of time, written short."""

from __future__ import annotations

from domain.timespan import DAY, HOUR, MINUTE, SECOND

_PAIRS = ((DAY, "d", HOUR, "h"), (HOUR, "h", MINUTE, "min"), (MINUTE, "min", SECOND, "s"))


def short(length: int) -> str:
    """`250 µs`, `12.5 ms`, `3.25 s`, `4 min 5 s`, `2 h 30 min`, `3 d 4 h`: the two units that say most of it."""
    if length < 1_000:
        return f"{length} µs"
    if length < SECOND:
        return f"{length / 1_000:.3g} ms" if length < 999_500 else "1 s"
    if length < MINUTE:
        return f"{length / SECOND:.3g} s" if length < MINUTE - SECOND // 20 else "1 min"
    for place, (unit, name, part, part_name) in enumerate(_PAIRS):
        parts = round(length / part)
        if parts >= unit // part or place == len(_PAIRS) - 1:
            whole, rest = divmod(parts, unit // part)
            return f"{whole} {name} {rest} {part_name}" if rest else f"{whole} {name}"
    raise AssertionError
