"""What people may write about a channel and its feeds, and what is wrong with what they wrote.

Faults are complaints: the pointer says which field of the form (`/name`, or `/2/unit` for the third feed).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain import names
from domain.channels import Besides
from domain.errors import Complaint
from domain.leaks import is_leaking
from domain.readings import Kind, Position

MOST_NAME_CHARS = 200
MOST_DESCRIPTION_CHARS = 2000
MOST_PLACE_CHARS = 200
MOST_TAGS = 20
MOST_TAG_CHARS = 32
MOST_UNIT_CHARS = 32
MOST_DECIMALS = 10
SHORTEST_INTERVAL_S = 0.01
LONGEST_INTERVAL_S = 366 * 86_400.0
LONGEST_PACE_MS = 3_600_000
MOST_METADATA_CHARS = 10_000
MOST_ADDRESS_CHARS = 255
HIGHEST_M = 1e7

_TAG = re.compile(r"\w[\w.+-]*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class About:
    """What a channel says of itself. `position` in degrees (WGS 84); None: nowhere in particular."""

    name: str
    description: str = ""
    tags: tuple[str, ...] = ()
    place: str = ""
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class WantedFeed:
    """A feed as somebody wants it. `feed_id` None: one to be made.

    `colour` is `#rrggbb`, None: as the palette has it; `decimals` None: as many as the number needs.
    """

    feed_id: int | None
    name: str
    kind: Kind = Kind.NUMBER
    unit: str | None = None
    title: str = ""
    colour: str | None = None
    decimals: int | None = None
    is_hidden: bool = False


def tags_in(written: str) -> tuple[str, ...]:
    """The words of a line, in lower case, each once: blanks and commas part them, a # before one is dropped."""
    words = (word.lstrip("#").lower() for word in re.split(r"[\s,;]+", written))
    return tuple(dict.fromkeys(word for word in words if word))


def faults_about(about: About) -> list[Complaint]:
    """What is wrong with it, field by field."""
    faults = [
        ("/name", name_fault(about.name)),
        ("/description", _text_fault("The description", about.description, MOST_DESCRIPTION_CHARS)),
        ("/tags", _tags_fault(about.tags)),
        ("/place", _text_fault("The place", about.place, MOST_PLACE_CHARS)),
        ("/position", _position_fault(about.position)),
    ]
    return [Complaint(pointer, fault) for pointer, fault in faults if fault]


def name_fault(name: str) -> str | None:
    """What is wrong with a channel's name; None when nothing is."""
    if not name.strip():
        return "Give the channel a name."
    if not name.isprintable():
        return "The name contains an invisible character."
    return _text_fault("The name", name, MOST_NAME_CHARS)


def faults_besides(besides: Besides) -> list[Complaint]:
    """What is wrong with it, member by member."""
    is_on_earth = besides.elevation is None or abs(besides.elevation) <= HIGHEST_M
    faults = [
        ("/elevation", None if is_on_earth else "The elevation is no height in metres."),
        ("/url", _text_fault("The address", besides.web_address, MOST_ADDRESS_CHARS)),
        ("/metadata", _text_fault("The metadata", besides.metadata, MOST_METADATA_CHARS)),
    ]
    return [Complaint(pointer, fault) for pointer, fault in faults if fault]


def interval_fault(interval_s: float | None) -> str | None:
    """What is wrong with an expected interval; None when nothing is."""
    if interval_s is None or SHORTEST_INTERVAL_S <= interval_s <= LONGEST_INTERVAL_S:
        return None
    return "The interval must lie between a hundredth of a second and a year."


def pace_fault(pace_ms: int | None) -> str | None:
    """What is wrong with a least time between updates; None when nothing is."""
    if pace_ms is None or 0 <= pace_ms <= LONGEST_PACE_MS:
        return None
    return f"The least time between updates lies between 0 and {LONGEST_PACE_MS // 1000} seconds."


def faults_in_feeds(feeds: Sequence[WantedFeed]) -> list[Complaint]:
    """What is wrong with the feeds of one channel taken together, row by row."""
    times = Counter(feed.name for feed in feeds)
    return [
        Complaint(f"/{row}/{field}", fault)
        for row, feed in enumerate(feeds)
        for field, fault in _faults_in_feed(feed, times[feed.name])
    ]


def _faults_in_feed(feed: WantedFeed, times: int) -> Iterator[tuple[str, str]]:
    if fault := _feed_name_fault(feed.name, times):
        yield "name", fault
    if long := _text_fault("The title", feed.title, MOST_NAME_CHARS):
        yield "title", long
    if long := _text_fault("The unit", feed.unit or "", MOST_UNIT_CHARS):
        yield "unit", long
    if feed.colour is not None and not _COLOUR.fullmatch(feed.colour):
        yield "colour", "Write a colour like #0072b2."
    if feed.decimals is not None and not 0 <= feed.decimals <= MOST_DECIMALS:
        yield "decimals", f"Choose 0 to {MOST_DECIMALS} decimals, or leave it empty."


def _feed_name_fault(name: str, times: int) -> str | None:
    if not name:
        return "Give the feed a name: the word your board sends."
    if fault := names.fault_in(name):
        return f"The name {fault}."
    if is_leaking(name):
        return "The name is a key, which others could read there."
    return f"Another feed is called {name}, too." if times > 1 else None


def _text_fault(what: str, text: str, most: int) -> str | None:
    if len(text) > most:
        return f"{what} is longer than {most} characters."
    if "\x00" in text:
        return f"{what} contains a character that cannot be stored."
    return f"{what} holds a key or a token, which others could read there." if is_leaking(text) else None


def _tags_fault(tags: Sequence[str]) -> str | None:
    if len(tags) > MOST_TAGS:
        return f"A channel has at most {MOST_TAGS} tags; these are {len(tags)}."
    unfit = next((tag for tag in tags if len(tag) > MOST_TAG_CHARS or not _TAG.fullmatch(tag)), None)
    return None if unfit is None else f"“{unfit[:MOST_TAG_CHARS]}” is no tag: a tag is one word of letters and digits."


def _position_fault(position: Position | None) -> str | None:
    if position is None or (-90 <= position.latitude <= 90 and -180 <= position.longitude <= 180):
        return None
    return "The latitude lies between -90 and 90 degrees, the longitude between -180 and 180."
