"""What an update says: the values of fields 1 to 8, a time, a place and a status, as an item for the way in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from dialects.thingspeak.asking import as_text
from dialects.thingspeak.fields import MOST, NUMBERS, name_of, numbered
from dialects.thingspeak.instants import instant_from
from domain.channels import Channel
from domain.errors import Invalid
from domain.readings import Item, Kind, Position
from domain.spelling import number_from

MOST_VALUE_BYTES = 255
"""Of one value, and of the status."""

_NUMBERS = {str(number): number for number in range(1, MOST + 1)} | dict(NUMBERS)
"""The number of a field by its short name and by its long one."""

_TAIL = re.compile(r"(\\[nr]|[\r\n\0])+$")
_ENDS = frozenset("nr\r\n\0")


def item_from(said: Mapping[str, Any], channel: Channel, zone: tzinfo, address: str) -> Item:
    """The item of one update. `address`: the sender's, for the value `IP_ADDRESS`.

    Raises Invalid for a value of more than 255 bytes.
    """
    written = _text(said, "created_at")
    at = instant_from(written, zone) if written else None
    status = _text(said, "status")
    if status:
        status = _within("status", status.replace("\0", ""))
    return Item(_values(said, channel, address), at, status or None, position_from(said))


def position_from(said: Mapping[str, Any]) -> Position | None:
    """Where it was taken; None where no place is said, or none that is on Earth."""
    latitude = _number(said, 90.0, "latitude", "lat")
    longitude = _number(said, 180.0, "longitude", "long")
    if latitude is None or longitude is None:
        return None
    return Position(latitude, longitude, _number(said, 1e7, "elevation"))


def _values(said: Mapping[str, Any], channel: Channel, address: str) -> dict[str, Any]:
    """The values by feed name; a field without a feed goes by its own name, and may make one.

    An empty text is a value to a feed of texts alone. A list or an object is passed on, to be refused with the reason.
    """
    sent = _sent(said)
    feeds = numbered(channel) if sent else {}
    found: dict[str, Any] = {}
    for number in sorted(sent):
        feed, value = feeds.get(number), sent[number]
        text = as_text(value)
        if text is not None:
            value = _within(name_of(number), _without_tail(text))
            if value == "" and (feed is None or feed.kind is not Kind.TEXT):
                continue
            if len(value) == len("IP_ADDRESS") and value.upper() == "IP_ADDRESS":
                value = address
        found[feed.name if feed else name_of(number)] = value
    return found


def _sent(said: Mapping[str, Any]) -> dict[int, Any]:
    """What was sent by the number of its field; the long name goes before the short one."""
    found: dict[int, Any] = {}
    for name, value in said.items():
        number = _NUMBERS.get(name)
        if number is not None and value is not None and (number not in found or name in NUMBERS):
            found[number] = value
    return found


def _text(said: Mapping[str, Any], *names: str) -> str | None:
    """The first of these that is a single value, without the line ends that boards write after it."""
    for name in names:
        if name in said and (text := as_text(said[name])) is not None:
            return _without_tail(text)
    return None


def _without_tail(text: str) -> str:
    return _TAIL.sub("", text) if text[-1:] in _ENDS else text


def _within(name: str, text: str) -> str:
    if len(text) * 4 > MOST_VALUE_BYTES < len(text.encode()):  # no character has more than four
        raise Invalid(f"{name} has more than {MOST_VALUE_BYTES} bytes.", hint="Send a shorter text.")
    return text


def _number(said: Mapping[str, Any], most: float, *names: str) -> float | None:
    text = _text(said, *names)
    found = number_from(text) if text else None
    return found if found is not None and -most <= found <= most else None
