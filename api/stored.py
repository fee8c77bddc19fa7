"""What a channel holds, how long it keeps that, and ranges deleted and put back: for programs."""

from __future__ import annotations

from flask import Blueprint, Response

import context
from api import asking
from api.answering import answer
from api.bearers import bearer
from api.stored_told import (
    DELETE,
    HOLDS,
    KEEP,
    LIST,
    LOOK,
    UNDO,
    ChannelHolds,
    FeedCounted,
    FeedHolds,
    Keeping,
    Kept,
    RemovalSaid,
    RemovalsSaid,
    Wanted,
    WouldGo,
)
from domain import moments, zones
from domain.channels import Channel, channel_id_from
from domain.errors import Invalid
from domain.moments import EARLIEST, FIRST
from domain.removals import Preview, Removal
from domain.storage import FeedStored
from domain.timespan import TimeSpan, to_rfc3339
from domain.tokens import Scope
from models import removals, retention, storage

PATIENCE_S = 1.0
"""What takes longer goes on after the answer."""

routes = Blueprint("stored", __name__)


@HOLDS.on(routes)
def get_storage(channel: str) -> Response:
    asking.no_query()
    found = context.store().ask(storage.of_channel, context.viewer(), channel_id_from(channel))
    said = ChannelHolds(
        channel_id=found.channel.id,
        readings=found.stored.readings,
        removed=found.stored.removed,
        size_bytes=found.stored.size_bytes,
        keep_days=found.channel.keep_days,
        keep_begins_at=_at(found.channel.keep_begins_at),
        feeds=[_holds(each) for each in found.feeds],
    )
    return answer(said, visibility=found.channel.visibility)


@KEEP.on(routes)
def set_retention(channel: str) -> Response:
    actor, asked = bearer(Scope.MANAGE), asking.body(Keeping)
    asking.no_query()
    return answer(_kept(context.store().tell(retention.keep, actor, channel_id_from(channel), asked.keep_days)))


@DELETE.on(routes)
def delete_readings(channel: str) -> Response:
    actor, asked, channel_id = bearer(Scope.MANAGE), asking.body(Wanted), channel_id_from(channel)
    asking.no_query()
    span = _span(asked, actor.at)
    if asked.dry_run:
        return answer(_would_go(context.store().ask(removals.preview, actor.viewer, channel_id, asked.feeds, span)))
    begun = context.store().tell(removals.begin, actor, channel_id, asked.feeds, span)
    context.sweeper().finish(begun.id, PATIENCE_S)
    said = removal_said(context.store().ask(removals.find, actor.viewer, channel_id, begun.id))
    return answer(said, {"Location": f"/api/v1/channels/{channel_id}/removals/{begun.id}"}, status=202)


@LIST.on(routes)
def list_deletions(channel: str) -> Response:
    actor = bearer(Scope.MANAGE)
    asking.no_query()
    found = context.store().ask(removals.list_of, actor.viewer, channel_id_from(channel), actor.at)
    return answer(RemovalsSaid(removals=[removal_said(each) for each in found]))


@LOOK.on(routes)
def get_deletion(channel: str, removal: str) -> Response:
    actor = bearer(Scope.MANAGE)
    asking.no_query()
    found = context.store().ask(removals.find, actor.viewer, channel_id_from(channel), channel_id_from(removal))
    return answer(removal_said(found))


@UNDO.on(routes)
def undo_deletion(channel: str, removal: str) -> Response:
    actor, channel_id, removal_id = bearer(Scope.MANAGE), channel_id_from(channel), channel_id_from(removal)
    asking.no_query()
    context.store().tell(removals.undo, actor, channel_id, removal_id)
    context.sweeper().finish(removal_id, PATIENCE_S)
    return answer(removal_said(context.store().ask(removals.find, actor.viewer, channel_id, removal_id)), status=202)


def removal_said(found: Removal) -> RemovalSaid:
    """A deletion as programs are told of it."""
    return RemovalSaid(
        id=found.id,
        channel_id=found.channel_id,
        state=found.state,
        made_at=to_rfc3339(found.made_at),
        start=to_rfc3339(found.span.start),
        end=to_rfc3339(found.span.end),
        feeds=[feed.name for feed in found.feeds],
        readings=found.total,
        done=found.done,
        superseded=found.superseded,
        until=to_rfc3339(found.ends_at),
    )


def _span(asked: Wanted, now: int) -> TimeSpan:
    """Raises Invalid."""
    zone = zones.zone_named(asked.zone)
    start = EARLIEST if asked.start == FIRST else moments.instant_from(asked.start, now, zone)
    end = moments.instant_from(asked.end, now, zone, is_end=True)
    if end <= start:
        raise Invalid("The range ends before it begins.", pointer="/to", hint="Give a later end.")
    return TimeSpan(start, end)


def _holds(each: FeedStored) -> FeedHolds:
    return FeedHolds(
        name=each.feed.name,
        readings=each.stored.readings,
        size_bytes=each.stored.size_bytes,
        first_at=_at(each.first_at),
        last_at=_at(each.last_at),
    )


def _kept(found: Channel) -> Kept:
    return Kept(keep_days=found.keep_days, keep_begins_at=_at(found.keep_begins_at))


def _would_go(found: Preview) -> WouldGo:
    feeds = [
        FeedCounted(name=each.feed.name, readings=each.readings, first_at=_at(each.first_at), last_at=_at(each.last_at))
        for each in found.feeds
    ]
    ends = {"start": to_rfc3339(found.span.start), "end": to_rfc3339(found.span.end)}
    return WouldGo(readings=found.readings, feeds=feeds, **ends)


def _at(at: int | None) -> str | None:
    return None if at is None else to_rfc3339(at)
