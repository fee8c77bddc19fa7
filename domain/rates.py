"""How fast a key may send: so many readings a second, and how many at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

DEFAULT_BURST_S = 10
"""Without a burst of its own, a rate allows this many seconds' worth at once."""

_UNITS_S = {"s": 1, "m": 60, "min": 60, "h": 3600}
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*(s|min|m|h)(?:\s+burst\s+(\d+))?", re.ASCII).fullmatch


@dataclass(frozen=True, slots=True)
class Rate:
    """So many readings a second in the long run, and at most `burst` at once."""

    per_s: float
    burst: float
    policy: str = field(init=False)
    """The field RateLimit-Policy of draft-ietf-httpapi-ratelimit-headers-11: `burst` readings, refilled in `w` s."""

    def __post_init__(self) -> None:
        window_s = max(1, round(self.burst / self.per_s))
        object.__setattr__(self, "policy", f'"readings";q={int(self.burst)};w={window_s}')


def parse_rate(text: str) -> Rate | None:
    """`10/s`, `600/m`, `10/s burst 100` → the rate; `off` → None.

    Raises ValueError with a sentence that fits behind the name of the setting.
    """
    text = text.strip().lower()
    if text == "off":
        return None
    written = _RATE(text)
    if written is None:
        raise ValueError(f'"{text}" is not a rate: write 10/s, 600/m, 10/s burst 100, or off')
    per_s = float(written[1]) / _UNITS_S[written[2]]
    if per_s <= 0 or (written[3] and int(written[3]) < 1):
        raise ValueError(f'"{text}" would let nothing pass: write off for no limit')
    return Rate(per_s, float(written[3]) if written[3] else max(1.0, per_s * DEFAULT_BURST_S))
