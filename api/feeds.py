"""Feeds of a channel made, changed and taken away by programs, with a personal token that may manage."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from flask import Blueprint, Response
from msgspec import UNSET, Meta, UnsetType

import context
from api import asking
from api.answering import answer
from api.bearers import bearer
from api.channels import FeedSaid, feed_said
from api.described import LOCATION, Access, Answer, Body, Group, Operation, Query
from api.managing import changed
from domain.channels import channel_id_from
from domain.describing import MOST_DECIMALS, MOST_NAME_CHARS, MOST_UNIT_CHARS, WantedFeed
from domain.errors import Conflict, TooMany
from domain.readings import Kind
from domain.tokens import Scope
from models import managing

routes = Blueprint("feeds", __name__)

FEEDS = "/api/v1/channels/{channel}/feeds"

Name = Annotated[str, Meta(max_length=64, description="The word that boards send.")]
Title = Annotated[str, Meta(max_length=MOST_NAME_CHARS, description="What people read; empty: the name.")]
Unit = Annotated[str | None, Meta(description=f"At most {MOST_UNIT_CHARS} characters.")]
Colour = Annotated[str | None, Meta(description="#rrggbb; null: as it comes.", examples=["#0072b2"])]
Decimals = Annotated[int | None, Meta(description=f"0 to {MOST_DECIMALS}; null: as many as tell something.")]
PlaceOf = Annotated[int, Meta(ge=0, le=63, description="Its place among the feeds, from 0.")]


class FeedSent(Body):
    """A feed to be made."""

    name: Name
    kind: Kind = Kind.NUMBER
    unit: Unit = None
    title: Title = ""
    colour: Colour = None
    decimals: Decimals = None
    is_hidden: bool = False
    place: PlaceOf | UnsetType = UNSET


class FeedChanges(Body):
    """What is to be otherwise; what is left out stays."""

    name: Name | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    unit: Unit | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    colour: Colour | UnsetType = UNSET
    decimals: Decimals | UnsetType = UNSET
    is_hidden: bool | UnsetType = UNSET
    place: PlaceOf | UnsetType = UNSET


ADD = Operation(
    "makeFeed",
    "POST",
    FEEDS,
    Group.MANAGING,
    "Add a feed",
    access=Access.EDIT_TOKEN,
    body=FeedSent,
    body_example={"name": "humidity", "unit": "%", "decimals": 1},
    answers=(Answer(201, "It is there.", FeedSaid, headers=(LOCATION,)),),
    refusals=(TooMany,),
)
CHANGE = Operation(
    "changeFeed",
    "PATCH",
    FEEDS + "/{feed}",
    Group.MANAGING,
    "Change a feed",
    "What is named is set; what is left out stays. A feed keeps its readings under a new name, which boards have to "
    "send. One that holds readings may come to hold numbers and words (mixed); its kind changes in no other way.",
    access=Access.EDIT_TOKEN,
    body=FeedChanges,
    body_example={"title": "Temperature inside", "decimals": 1},
    answers=(Answer(200, "The feed as it is now.", FeedSaid),),
    refusals=(Conflict,),
)
REMOVE = Operation(
    "removeFeed",
    "DELETE",
    FEEDS + "/{feed}",
    Group.MANAGING,
    "Take away a feed that is empty",
    "One that holds readings stays: hide it, or delete its readings first.",
    access=Access.EDIT_TOKEN,
    query=Query,
    answers=(Answer(204, "It is gone."),),
    refusals=(Conflict,),
)
OPERATIONS = (ADD, CHANGE, REMOVE)


@ADD.on(routes)
def make_feed(channel: str) -> Response:
    actor, channel_id = bearer(Scope.MANAGE), channel_id_from(channel)
    asking.no_query()
    asked = asking.body(FeedSent)
    wanted = WantedFeed(
        None, asked.name, asked.kind, asked.unit, asked.title, asked.colour, asked.decimals, asked.is_hidden
    )
    place = None if asked.place is UNSET else asked.place
    made = context.store().tell(managing.add_feed, actor, channel_id, wanted, place)
    location = f"/api/v1/channels/{channel_id}/feeds/{quote(made.name, safe='')}"
    return answer(feed_said(made), {LOCATION.name: location}, status=201)


@CHANGE.on(routes)
def change_feed(channel: str, feed: str) -> Response:
    actor, channel_id = bearer(Scope.MANAGE), channel_id_from(channel)
    asking.no_query()
    changes = changed(asking.body(FeedChanges))
    place = changes.pop("place", None)
    return answer(feed_said(context.store().tell(managing.change_feed, actor, channel_id, feed, changes, place)))


@REMOVE.on(routes)
def remove_feed(channel: str, feed: str) -> Response:
    actor, channel_id = bearer(Scope.MANAGE), channel_id_from(channel)
    asking.no_query()
    context.store().tell(managing.remove_feed, actor, channel_id, feed)
    return Response(status=204)
