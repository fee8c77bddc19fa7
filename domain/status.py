"""The status word of a channel: the same vocabulary, with the same rules, on every page."""

from __future__ import annotations

from enum import StrEnum

from domain.channels import Pulse

LIVE_AT_LEAST_S = 5.0
"""A channel quicker than this is still called live for so long: a hiccup of a second is not lateness."""

UNKNOWN_INTERVAL_S = 60.0
"""Assumed between the first reading and the second, when nothing is known of the rhythm."""


class Status(StrEnum):
    LIVE = "Live"
    LATE = "Late"
    SILENT = "Silent"
    REFUSED = "Refused"
    NEVER = "Never connected"
    ARCHIVED = "Archived"


def status_of(pulse: Pulse, now: int) -> Status:
    """The word for a channel at `now` (µs): live under twice its interval, late up to five times, then silent.

    What people have set goes before all of it. Refusals of the last minutes are told before lateness: whoever looks can
    mend them.
    """
    if pulse.is_archived:
        return Status.ARCHIVED
    if pulse.refused and (pulse.last_received_at is None or age_s(pulse, now) >= live_for_s(pulse)):
        return Status.REFUSED
    if pulse.last_received_at is None:
        return Status.NEVER
    age = age_s(pulse, now)
    if age < live_for_s(pulse):
        return Status.LIVE
    return Status.LATE if age < late_for_s(pulse) else Status.SILENT


def age_s(pulse: Pulse, now: int) -> float:
    """Seconds since the last arrival; never negative, whatever the clocks did."""
    return max(0.0, (now - (pulse.last_received_at or now)) / 1e6)


def live_for_s(pulse: Pulse) -> float:
    """How long after an arrival the channel stays Live."""
    return max(LIVE_AT_LEAST_S, 2 * interval_s(pulse))


def late_for_s(pulse: Pulse) -> float:
    """How long after an arrival the channel turns from Late to Silent."""
    return max(LIVE_AT_LEAST_S * 2.5, 5 * interval_s(pulse))


def interval_s(pulse: Pulse) -> float:
    return pulse.interval_s if pulse.interval_s else UNKNOWN_INTERVAL_S
