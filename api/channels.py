"""Channels and feeds for programs: what there is to read, and what it means."""

from __future__ import annotations

from typing import Annotated

from flask import Blueprint, Response
from msgspec import UNSET, Meta, UnsetType

import context
from api import asking
from api.answering import answer, next_page
from api.described import ENTITY_TAG, IF_NONE_MATCH, LINK, UNCHANGED, Access, Answer, Group, Operation, Query, Said
from domain.channels import USUAL_PACE_MS, Channel, Overview, Visibility, channel_id_from
from domain.readings import Feed, Kind, Point
from domain.timespan import to_rfc3339
from models import catalogue, channels
from models.catalogue import Wanted

MOST_CHANNELS = 500

routes = Blueprint("channels", __name__)


class NewestSaid(Said):
    """The newest reading of a feed."""

    at: Annotated[str, Meta(description="RFC 3339, UTC.")]
    value: Annotated[float | str, Meta(description="A number or a word.")]


class FeedSaid(Said):
    """One quantity of a channel over time."""

    name: Annotated[str, Meta(description="What it is called in addresses, messages and files.")]
    title: Annotated[str, Meta(description="What people read; empty: the name.")]
    kind: Annotated[Kind, Meta(description="What it holds.")]
    unit: str | None
    colour: str | None
    decimals: Annotated[int | None, Meta(description="How many are shown; null: as many as tell something.")]
    is_hidden: Annotated[bool, Meta(description="Left out of charts and of files that name no feeds.")]
    last: Annotated[
        NewestSaid | UnsetType | None, Meta(description="Its newest reading; null before the first; absent in lists.")
    ] = UNSET


class ChannelSaid(Said):
    """One project or board, holding many feeds."""

    id: int
    name: str
    description: str
    visibility: Annotated[Visibility, Meta(description="Who may see it without being its member.")]
    course_id: int | None
    section: str
    team: str
    tags: list[str]
    place: str
    latitude: float | None
    longitude: float | None
    expected_interval_s: Annotated[
        float | None, Meta(description="How often it is expected to speak; null: its usual pace.")
    ]
    accepts_new_feeds: Annotated[bool, Meta(description="Whether its boards make feeds by naming them.")]
    pace_ms: Annotated[
        int | None, Meta(description=f"The least time between ThingSpeak updates, in ms; null: {USUAL_PACE_MS}.")
    ]
    is_rehearsal: Annotated[bool, Meta(description="Whether what it holds is made up.")]
    created_at: str
    archived_at: Annotated[str | None, Meta(description="Since when it takes nothing more.")]
    entry_id: Annotated[int, Meta(description="The number of its newest entry; 0 before the first.")]
    feeds: list[FeedSaid]


class ChannelsSaid(Said):
    """A page of channels, by their number."""

    channels: list[ChannelSaid]


class FeedsSaid(Said):
    """The feeds of a channel in their order, each with its newest reading."""

    channel_id: int
    feeds: list[FeedSaid]


class Listed(Query):
    """Which channels."""

    course: Annotated[int, Meta(ge=0, le=999_999_999, description="Of this course; 0: of any and of none.")] = 0
    tag: Annotated[str, Meta(max_length=100, description="With this tag.", examples=["kiln"])] = ""
    mine: Annotated[bool, Meta(description="Only those of which the token's owner is a member.")] = False
    limit: Annotated[int, Meta(ge=1, le=MOST_CHANNELS, description="At most so many on a page.")] = 100
    cursor: Annotated[
        int, Meta(ge=0, le=999_999_999, description="The number of the last channel of the page before.")
    ] = 0


LIST = Operation(
    "listChannels",
    "GET",
    "/api/v1/channels",
    Group.READING,
    "The channels one may see",
    "By their number, archived ones too. A visitor is told of public channels; a read key adds its own; a personal "
    "token, all that its owner may see.",
    access=Access.SEE_THEIRS,
    query=Listed,
    headers=(IF_NONE_MATCH,),
    answers=(Answer(200, "A page of channels.", ChannelsSaid, (LINK, ENTITY_TAG)), UNCHANGED),
)
ONE = Operation(
    "getChannel",
    "GET",
    "/api/v1/channels/{channel}",
    Group.READING,
    "A channel with its feeds",
    query=Query,
    headers=(IF_NONE_MATCH,),
    answers=(Answer(200, "The channel; its feeds with their newest readings.", ChannelSaid, (ENTITY_TAG,)), UNCHANGED),
)
FEEDS = Operation(
    "listFeeds",
    "GET",
    "/api/v1/channels/{channel}/feeds",
    Group.READING,
    "The feeds of a channel with their newest readings",
    "One request for everything a display needs to show.",
    query=Query,
    headers=(IF_NONE_MATCH,),
    answers=(Answer(200, "The feeds in their order.", FeedsSaid, (ENTITY_TAG,)), UNCHANGED),
)
FEED = Operation(
    "getFeed",
    "GET",
    "/api/v1/channels/{channel}/feeds/{feed}",
    Group.READING,
    "A feed with its newest reading",
    query=Query,
    headers=(IF_NONE_MATCH,),
    answers=(Answer(200, "The feed.", FeedSaid, (ENTITY_TAG,)), UNCHANGED),
)


@LIST.on(routes)
def list_channels() -> Response:
    asked = asking.query(Listed)
    wanted = Wanted(asked.course or None, asked.tag, asked.mine)
    found = context.store().ask(catalogue.page, context.viewer(), wanted, asked.cursor, asked.limit + 1)
    shown = [channel_said(channel) for channel in found[: asked.limit]]
    links = next_page(cursor=str(shown[-1].id)) if len(found) > asked.limit else {}
    return answer(ChannelsSaid(channels=shown), links)


@ONE.on(routes)
def get_channel(channel: str) -> Response:
    asking.no_query()
    overview = _overview(channel)
    return answer(channel_said(overview.channel, overview), visibility=overview.channel.visibility)


@FEEDS.on(routes)
def list_feeds(channel: str) -> Response:
    asking.no_query()
    overview = _overview(channel)
    feeds = [feed_said(feed, overview) for feed in overview.channel.feeds]
    return answer(FeedsSaid(channel_id=overview.channel.id, feeds=feeds), visibility=overview.channel.visibility)


@FEED.on(routes)
def get_feed(channel: str, feed: str) -> Response:
    asking.no_query()
    overview = _overview(channel)
    return answer(feed_said(overview.channel.feed_named(feed), overview), visibility=overview.channel.visibility)


def channel_said(channel: Channel, overview: Overview | None = None) -> ChannelSaid:
    """A channel as programs are told of it; with an overview also the newest reading of each feed."""
    where = channel.position
    return ChannelSaid(
        id=channel.id,
        name=channel.name,
        description=channel.description,
        visibility=channel.visibility,
        course_id=channel.course_id,
        section=channel.section,
        team=channel.team,
        tags=list(channel.tags),
        place=channel.place,
        latitude=where.latitude if where else None,
        longitude=where.longitude if where else None,
        expected_interval_s=channel.expected_interval_s,
        accepts_new_feeds=channel.accepts_new_feeds,
        pace_ms=channel.pace_ms,
        is_rehearsal=channel.is_rehearsal,
        created_at=to_rfc3339(channel.created_at),
        archived_at=None if channel.archived_at is None else to_rfc3339(channel.archived_at),
        entry_id=channel.cursor,
        feeds=[feed_said(feed, overview) for feed in channel.feeds],
    )


def feed_said(feed: Feed, overview: Overview | None = None) -> FeedSaid:
    """A feed as programs are told of it."""
    return FeedSaid(
        name=feed.name,
        title=feed.title,
        kind=feed.kind,
        unit=feed.unit,
        colour=feed.colour,
        decimals=feed.decimals,
        is_hidden=feed.is_hidden,
        last=UNSET if overview is None else _newest_said(overview.latest.get(feed.id)),
    )


def _newest_said(point: Point | None) -> NewestSaid | None:
    return None if point is None else NewestSaid(at=to_rfc3339(point.at), value=told(point.value, point.text))


def told(value: float | None, text: str | None) -> float | str:
    """What a reading says: its number, or else its word."""
    return value if value is not None else text or ""


def _overview(channel: str) -> Overview:
    return context.store().ask(channels.overview, context.viewer(), channel_id_from(channel), now=context.now())


OPERATIONS = (LIST, ONE, FEEDS, FEED)
