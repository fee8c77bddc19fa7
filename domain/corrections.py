"""Readings put right by hand: what an editor writes, against what the feed holds."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from domain.errors import Invalid
from domain.readings import Feed, Kind
from domain.spelling import fault_in_text, number_from, spelled


@dataclass(frozen=True, slots=True)
class Change:
    """One reading to be put right, or taken away where `to` is None.

    `was` is its spelling when the editor looked: what somebody else changed meanwhile is not written over.
    """

    feed_id: int
    at: int
    was: str
    to: str | None


@dataclass(frozen=True, slots=True)
class PutRight:
    """How many readings were corrected, and how many deleted."""

    corrected: int
    deleted: int


def spelling(value: float | None, text: str | None) -> str:
    """A stored reading as it was sent, with every digit."""
    if text is not None:
        return text
    return "" if value is None else spelled(value)


def reading_from(feed: Feed, written: str) -> tuple[float | None, str | None]:
    """What is stored, as (value, text), for what was written: as if a board had sent it as a text.

    Raises Invalid where the feed cannot hold it.
    """
    number = None if feed.kind is Kind.TEXT else number_from(written)
    if number is not None:
        return _number(feed, number, written.strip())
    if feed.kind is Kind.NUMBER:
        raise _invalid(feed, f"{_quoted(written)} is not a number", "Write digits and a decimal point, as in 21.4.")
    if feed.kind is Kind.MIXED and _is_no_number(written):
        raise _invalid(feed, f"{_quoted(written)} is not a reading", "To take the reading away, leave the cell empty.")
    fault = fault_in_text(written)
    if fault is not None:
        raise _invalid(feed, f"the text {fault}", "Write a shorter text.")
    return None, written


def _number(feed: Feed, number: float, written: str) -> tuple[float, str | None]:
    if not isfinite(number):
        raise _invalid(feed, "the number is too great to be stored", "The greatest is 1.8e308.")
    return number, None if written == spelled(number) else written


def _is_no_number(written: str) -> bool:
    """Whether it is how programs write that there is no number."""
    try:
        return not isfinite(float(written))
    except ValueError:
        return False


def _invalid(feed: Feed, why: str, hint: str) -> Invalid:
    return Invalid(f"{feed.label}: {why}.", hint=hint)


def _quoted(written: str) -> str:
    return f'"{written[:40]}"'
