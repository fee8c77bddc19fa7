"""What a language of topics has to say: what publishing means, what may be heard, and how what is stored is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from domain.readings import FreshReadings, Item


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing on a topic means: to which channel it speaks, and how its payload is read.

    `channel` None: that of the key. `read(payload, now)` raises Malformed, TooLarge or Invalid.
    """

    channel: str | None
    read: Callable[[bytes, int], list[Item]]


class Delivery(NamedTuple):
    """One message for whoever subscribed to its topic."""

    topic: str
    payload: bytes


class Language(Protocol):
    """One language of topics: a module with these three functions."""

    def publication(self, topic: str) -> Publication | None:
        """What publishing on this topic means; None where the topic is not of this language.

        Raises Invalid for a topic of this language on which nothing may be published.
        """

    def hears_readings(self, topic_filter: str, channel: str) -> bool:
        """Whether who subscribes to this hears what is stored in this channel, and nothing of another one."""

    def told(self, channel: str, run: FreshReadings, names: Mapping[int, str]) -> Iterable[Delivery]:
        """What is said of a run of entries; `names`: those of the feeds, by id."""


def matches(topic_filter: str, topic: str) -> bool:
    """Whether a subscription to the filter brings what is published on the topic (MQTT 3.1.1, 4.7)."""
    wanted, levels = topic_filter.split("/"), topic.split("/")
    if topic.startswith("$") and wanted[0] in ("#", "+"):
        return False
    for place, level in enumerate(wanted):
        if level == "#":
            return True
        if place >= len(levels) or level not in ("+", levels[place]):
            return False
    return len(wanted) == len(levels)


def is_filter(topic_filter: str) -> bool:
    """Whether it may be subscribed to at all: wildcards fill whole levels, and # is the last."""
    levels = topic_filter.split("/")
    if not topic_filter or "\0" in topic_filter or "#" in levels[:-1]:
        return False
    return all(level in ("#", "+") or not {"#", "+"} & set(level) for level in levels)
