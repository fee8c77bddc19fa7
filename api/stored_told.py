"""What a channel holds, how long it keeps that, and ranges deleted and put back, described for programs."""

from __future__ import annotations

from types import MappingProxyType
from typing import Annotated

import msgspec
from msgspec import Meta

from api.described import LOCATION, Access, Answer, Body, Group, Operation, Query, Said, numbered
from domain import zones
from domain.errors import Conflict
from domain.retention import LONGEST_DAYS, SHORTEST_DAYS

AN_INSTANT = "As in the parameters of readings: RFC 3339, seconds since 1970, now-2h, a date, or a time of the zone."


class FeedHolds(Said):
    """What one feed holds."""

    name: str
    readings: int
    size_bytes: Annotated[int, Meta(description="About so many, on the server's disk.")]
    first_at: str | None
    last_at: str | None


class ChannelHolds(Said):
    """What a channel holds."""

    channel_id: int
    readings: int
    removed: Annotated[int, Meta(description="Deleted readings that can still be put back.")]
    size_bytes: Annotated[int, Meta(description="About so many, on the server's disk, with all that belongs to it.")]
    keep_days: Annotated[int | None, Meta(description="Readings older than so many days go; null: none ever.")]
    keep_begins_at: Annotated[str | None, Meta(description="None goes before.")]
    feeds: list[FeedHolds]


class Keeping(Body):
    """How long readings are kept."""

    keep_days: Annotated[
        int | None, Meta(description=f"{SHORTEST_DAYS} to {LONGEST_DAYS}; null: for ever. Less counts a day later.")
    ]


class Kept(Said):
    """How long readings are kept."""

    keep_days: int | None
    keep_begins_at: str | None


class Wanted(Body):
    """A range of readings to be deleted. Both ends are written, so that nothing goes by leaving one out."""

    start: Annotated[str, Meta(max_length=40, description=f"{AN_INSTANT} first: the first reading.")] = msgspec.field(
        name="from"
    )
    end: Annotated[str, Meta(max_length=40, description="The first instant after it; a date is meant to its end.")] = (
        msgspec.field(name="to")
    )
    feeds: Annotated[list[str], Meta(max_length=64)] | None = None
    zone: Annotated[str, Meta(max_length=64, description="The zone of dates, and of times without one.")] = zones.WORLD
    dry_run: Annotated[bool, Meta(description="true: say what it would be, and delete nothing.")] = False


class FeedCounted(Said):
    """How many readings of a feed it would be."""

    name: str
    readings: int
    first_at: str | None
    last_at: str | None


class WouldGo(Said):
    """What would be deleted."""

    start: str = msgspec.field(name="from")
    end: str = msgspec.field(name="to")
    readings: int
    feeds: list[FeedCounted]


class RemovalSaid(Said):
    """A range that was deleted, or is just being."""

    id: int
    channel_id: int
    state: Annotated[str, Meta(description="removing, removed, restoring or restored.")]
    made_at: str
    start: str = msgspec.field(name="from")
    end: str = msgspec.field(name="to")
    feeds: list[str]
    readings: Annotated[int, Meta(description="How many there are to be moved.")]
    done: Annotated[int, Meta(description="How many were moved so far.")]
    superseded: Annotated[
        int, Meta(description="Not put back: by then the feed held another reading for their instant.")
    ]
    until: Annotated[str, Meta(description="Until then it can be put back.")]


class RemovalsSaid(Said):
    """What was deleted in the last 30 days, the newest first."""

    removals: list[RemovalSaid]


PLACE = MappingProxyType({"removal": numbered("The number of the deletion.", 3)})
REMOVALS = "/api/v1/channels/{channel}/removals"

HOLDS = Operation(
    "getStorage",
    "GET",
    "/api/v1/channels/{channel}/storage",
    Group.READING,
    "What a channel holds, and how long it keeps that",
    query=Query,
    answers=(Answer(200, "In all and by feed.", ChannelHolds),),
)
KEEP = Operation(
    "setRetention",
    "PUT",
    "/api/v1/channels/{channel}/retention",
    Group.MANAGING,
    "Set how long readings are kept",
    "What is older goes for good, whole days of UTC at a time. A shorter time counts a day later.",
    access=Access.MANAGE_TOKEN,
    body=Keeping,
    body_example={"keep_days": 365},
    answers=(Answer(200, "It is set.", Kept),),
)
DELETE = Operation(
    "deleteReadings",
    "POST",
    REMOVALS,
    Group.MANAGING,
    "Delete a range of readings",
    "Of some feeds or of all. It can be put back for 30 days.",
    access=Access.MANAGE_TOKEN,
    body=Wanted,
    body_example={"from": "2026-03-01", "to": "2026-03-02", "feeds": ["temperature"], "dry_run": True},
    answers=(
        Answer(200, "With dry_run: what would be deleted.", WouldGo),
        Answer(202, "It is, or is being, deleted: see its state.", RemovalSaid, headers=(LOCATION,)),
    ),
)
LIST = Operation(
    "listDeletions",
    "GET",
    REMOVALS,
    Group.MANAGING,
    "What was deleted in the last 30 days",
    access=Access.MANAGE_TOKEN,
    query=Query,
    answers=(Answer(200, "They, the newest first.", RemovalsSaid),),
)
LOOK = Operation(
    "getDeletion",
    "GET",
    REMOVALS + "/{removal}",
    Group.MANAGING,
    "How far a deletion is",
    access=Access.MANAGE_TOKEN,
    query=Query,
    answers=(Answer(200, "How it stands.", RemovalSaid),),
    places=PLACE,
)
UNDO = Operation(
    "undoDeletion",
    "DELETE",
    REMOVALS + "/{removal}",
    Group.MANAGING,
    "Put deleted readings back",
    "What the feeds hold by then for the same instants stays.",
    access=Access.MANAGE_TOKEN,
    query=Query,
    answers=(Answer(202, "They are, or are being, put back: see its state.", RemovalSaid),),
    refusals=(Conflict,),
    places=PLACE,
)

OPERATIONS = (HOLDS, KEEP, DELETE, LIST, LOOK, UNDO)
