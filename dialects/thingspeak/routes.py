"""All addresses of ThingSpeak's language, for one app."""

from __future__ import annotations

from dialects.thingspeak import (
    bulk_updating,
    channel_keeping,
    channel_lists,
    entries,
    feeds,
    not_here,
    old_addresses,
    statuses,
    talkbacks,
    updating,
)
from dialects.thingspeak.door import Door
from dialects.thingspeak.feeds import Taken
from dialects.thingspeak.talkbacks import TalkBacks
from ingest.intake import Intake


def opened(
    intake: Intake, queues: TalkBacks, max_body_bytes: int, taken: Taken, *, averages_by_rows: bool = False
) -> Door:
    """The door with every route on it; `taken`: how large answers are taken."""
    door = Door(max_body_bytes)
    updating.open_on(door, intake, max_body_bytes, queues.instead)
    talkbacks.open_on(door, queues)
    bulk_updating.open_on(door, intake)
    feeds.open_on(door, taken, averages_by_rows=averages_by_rows)
    entries.open_on(door)
    statuses.open_on(door)
    channel_lists.open_on(door)
    channel_keeping.open_on(door)
    old_addresses.open_on(door)
    not_here.open_on(door)
    return door
