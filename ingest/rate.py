"""How fast a key may send: a bucket of readings that refills steadily.

Instants are seconds of a monotonic clock.
"""

from __future__ import annotations

import math
from threading import Lock
from typing import NamedTuple

from domain.errors import TooFast
from domain.rates import Rate


class Verdict(NamedTuple):
    """Whether a message may pass; how many readings are left, when to come back, when the bucket is full again."""

    allowed: bool
    remaining: int
    retry_after_s: float
    reset_s: float


class Bucket:
    """What one key may still send."""

    __slots__ = ("at", "rate", "tokens")

    def __init__(self, rate: Rate, now: float) -> None:
        self.rate = rate
        self.tokens = rate.burst
        self.at = now

    def take(self, readings: int, now: float) -> Verdict:
        """Let a message of so many readings pass, or say when it may.

        A full bucket may be overdrawn by one message: a board that was offline sends its backlog at once. Then nothing
        passes until that is repaid.
        """
        burst, per_s = self.rate.burst, self.rate.per_s
        tokens = self.level(now)
        allowed = readings <= tokens or tokens >= burst
        if allowed:
            tokens -= readings
        self.tokens = tokens
        self.at = now
        wait_s = 0.0 if allowed else (min(readings, burst) - tokens) / per_s
        return Verdict(allowed, int(tokens) if tokens > 0 else 0, wait_s, (burst - tokens) / per_s)

    def level(self, now: float) -> float:
        """How many readings it holds at `now`; negative while an overdraft is repaid."""
        level = self.tokens + (now - self.at) * self.rate.per_s
        return level if level < self.rate.burst else self.rate.burst


class Buckets:
    """A bucket for each key that sends, at most `limit` of them.

    When they are too many, those that are full again go first (a new one would be no different), then those unused
    longest.
    """

    def __init__(self, rate: Rate, limit: int = 10_000) -> None:
        self.rate = rate
        self._limit = limit
        self._buckets: dict[object, Bucket] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: object, readings: int, now: float) -> Verdict:
        """As `Bucket.take`, for that key's bucket."""
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None:
                bucket = self._new(key, now)
            return bucket.take(readings, now)

    def _new(self, key: object, now: float) -> Bucket:
        if len(self._buckets) >= self._limit:
            self._make_room(now)
        bucket = self._buckets[key] = Bucket(self.rate, now)
        return bucket

    def _make_room(self, now: float) -> None:
        """Forget a tenth at least, so that the sweep is rare."""
        lately = sorted(self._buckets.items(), key=lambda entry: entry[1].at, reverse=True)
        used = [(key, bucket) for key, bucket in lately if bucket.level(now) < self.rate.burst]
        self._buckets = dict(used[: self._limit * 9 // 10])


def headers(rate: Rate, verdict: Verdict) -> dict[str, str]:
    """The fields RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-11)."""
    limit = f'"readings";r={verdict.remaining};t={math.ceil(verdict.reset_s)}'
    return {"RateLimit-Policy": rate.policy, "RateLimit": limit}


def too_fast(rate: Rate, verdict: Verdict) -> TooFast:
    """The refusal that goes with a verdict, with its headers."""
    return TooFast(
        f"This key may send {rate.per_s:g} readings a second; come back in {verdict.retry_after_s:.1f} s.",
        retry_after_s=verdict.retry_after_s,
        headers=headers(rate, verdict),
    )
