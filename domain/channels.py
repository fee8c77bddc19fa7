"""Channels as they are shown: what a card, a page or a list needs to know."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import NotFound
from domain.readings import Feed, Point, Position

USUAL_PACE_MS = 1000
"""The least time between two updates in ThingSpeak's language, where a channel says no other."""


class Visibility(StrEnum):
    """Who may see a channel without being its member."""

    PUBLIC = "public"
    COLLEGE = "college"
    MEMBERS = "members"


@dataclass(frozen=True, slots=True)
class Besides:
    """What programs that speak ThingSpeak's language say of a channel besides.

    `elevation` in metres above sea level. The others are texts as they were sent: nothing here follows or runs them.
    """

    elevation: float | None = None
    web_address: str = ""
    metadata: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """One project or board, holding many feeds. `cursor` is its newest entry's number, 0 before the first."""

    id: int
    name: str
    description: str
    visibility: Visibility
    accepts_new_feeds: bool
    is_rehearsal: bool
    expected_interval_s: float | None
    cursor: int
    version: int
    created_at: int
    feeds: tuple[Feed, ...] = ()
    course_id: int | None = None
    section: str = ""
    team: str = ""
    tags: tuple[str, ...] = ()
    place: str = ""
    position: Position | None = None
    archived_at: int | None = None
    keep_days: int | None = None
    """Readings older than this are taken away; None: none ever."""
    keep_begins_at: int | None = None
    """None is taken away before this instant."""
    pace_ms: int | None = None
    """The least time between two updates in ThingSpeak's language; None: the usual one."""
    besides: Besides = Besides()

    @property
    def least_pace_s(self) -> float:
        """The least time between two updates in ThingSpeak's language, in seconds; 0: as fast as they come."""
        return (USUAL_PACE_MS if self.pace_ms is None else self.pace_ms) / 1000

    @property
    def slug(self) -> str:
        """The address of its page, below /channels/."""
        return str(self.id)

    def feed_named(self, name: str) -> Feed:
        """Raises NotFound."""
        found = next((feed for feed in self.feeds if feed.name == name), None)
        if found is None:
            raise NotFound(f'There is no feed "{name[:64]}" in channel {self.id}.', hint="Check the spelling.")
        return found

    def feeds_named(self, names: Collection[str]) -> list[Feed]:
        """The feeds of these names, in the channel's order. Raises NotFound."""
        wanted = {self.feed_named(name).id for name in sorted(names)}
        return [feed for feed in self.feeds if feed.id in wanted]


@dataclass(frozen=True, slots=True)
class Pulse:
    """How lately and how regularly a channel spoke, by the server's clock.

    `interval_s` is the expected interval: the channel's setting, else the median of the last 20 gaps between
    arrivals; None before the second arrival. `has_key`: a write key exists. `is_archived`: nothing more is taken.
    """

    last_received_at: int | None
    interval_s: float | None
    refused: int = 0
    has_key: bool = False
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class Overview:
    """A channel with its pulse and the newest reading of each feed (by feed id; a feed without one is absent).

    `may_contribute`: whether who looks may connect boards to it.
    """

    channel: Channel
    pulse: Pulse
    latest: dict[int, Point]
    door: str | None = None
    may_contribute: bool = False


def channel_id_from(written: str) -> int:
    """The id in an address. Raises NotFound for anything that is none."""
    if not written.isascii() or not written.isdecimal() or len(written) > 9:
        raise NotFound
    return int(written)
