"""Which of a channel's feeds is which of ThingSpeak's fields 1 to 8."""

from __future__ import annotations

from collections.abc import Mapping

from domain.channels import Channel
from domain.readings import Feed

MOST = 8


def name_of(number: int) -> str:
    return f"field{number}"


NUMBERS: Mapping[str, int] = {name_of(number): number for number in range(1, MOST + 1)}


def numbered(channel: Channel) -> dict[int, Feed]:
    """The feeds by the number of their field, ascending.

    A feed called `field3` is field 3; the others take the numbers that are left, in the channel's order. So a board
    that sends field 1 and field 5 to a channel that makes feeds by itself finds them again under these numbers.
    """
    found = {NUMBERS[feed.name]: feed for feed in channel.feeds if feed.name in NUMBERS}
    if not found:
        return dict(enumerate(channel.feeds[:MOST], 1))
    free = (number for number in range(1, MOST + 1) if number not in found)
    named = (feed for feed in channel.feeds if feed.name not in NUMBERS)
    found |= dict(zip(free, named, strict=False))
    return dict(sorted(found.items()))


def shown(channel: Channel) -> dict[int, Feed]:
    """Those that reading tells of: not the hidden ones, which are fields that were disabled. Boards may send them."""
    return {number: feed for number, feed in numbered(channel).items() if not feed.is_hidden}
