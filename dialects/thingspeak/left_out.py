"""What of an update is stored nowhere: ThingSpeak passes over it without a word, here the channel's owner is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from dialects.thingspeak.asking import BULK_KEY_FIELD, KEY_FIELDS, as_text
from dialects.thingspeak.fields import NUMBERS
from domain.errors import Complaint
from domain.readings import Item

PLACE = frozenset({"lat", "latitude", "long", "longitude", "elevation"})
KNOWN = (
    PLACE
    | NUMBERS.keys()
    | frozenset(map(str, NUMBERS.values()))
    | frozenset(KEY_FIELDS)
    | {"status", "created_at", "delta_t", "timezone", "offset", BULK_KEY_FIELD, "talkback_key"}
    | {"twitter", "tweet", "tstream", "headers", "callback"}
)
"""The parameters that mean something, or are known to mean nothing."""

NO_TIME = Complaint(
    "",
    "created_at is not a time; the entry has that of its arrival.",
    "Write it as 2026-11-20T10:00:00Z.",
)
NO_HEIGHT = Complaint(
    "", "elevation is not a number of metres, and not stored.", "Send a number alone, such as elevation=340."
)
HEIGHT_ALONE = Complaint("", "elevation is not stored without a place.", "Send latitude and longitude with it.")
NO_PLACE = Complaint(
    "",
    "latitude and longitude are no place on Earth, and not stored.",
    "Send both in degrees: latitude from -90 to 90, longitude from -180 to 180.",
)
MOST_QUOTED_CHARS = 40


def complaints(said: Mapping[str, Any], item: Item, row: int | None = None) -> list[Complaint]:
    """What was said and is not in the item. `row`: which of many updates it is, counted from 0."""
    found = list(_complaints(said, item))
    return found if row is None else [replace(each, detail=f"Row {row + 1}: {each.detail}") for each in found]


def _complaints(said: Mapping[str, Any], item: Item) -> Iterator[Complaint]:
    if item.at is None and _is_said(said, "created_at"):
        yield NO_TIME
    if not said.keys().isdisjoint(PLACE):
        yield from _about_place(said, item)
    if not (item.values or item.status or item.position):
        unknown = next((name for name in said if name not in KNOWN), None)
        if unknown is not None:
            yield _no_value(unknown)


def _about_place(said: Mapping[str, Any], item: Item) -> Iterator[Complaint]:
    has_height = _is_said(said, "elevation")
    if item.position is None:
        if any(_is_said(said, name) for name in PLACE - {"elevation"}):
            yield NO_PLACE
        elif has_height:
            yield HEIGHT_ALONE
    elif has_height and item.position.elevation is None:
        yield NO_HEIGHT


def _no_value(name: str) -> Complaint:
    shown = "".join(char if char.isprintable() else "?" for char in name[:MOST_QUOTED_CHARS])
    return Complaint(
        "", f'Nothing in this update is a value, but there is "{shown}".', "Values are called field1 to field8."
    )


def _is_said(said: Mapping[str, Any], name: str) -> bool:
    """An empty text is how many a library says nothing."""
    return bool((as_text(said.get(name)) or "").strip())
