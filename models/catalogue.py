"""Channels as a list for programs: all that a viewer may see, by their number, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, exists, select

from domain.channels import Channel
from domain.roles import Act, Viewer
from models import channels, rights
from models.schema import channel, membership


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which channels: of a course, with a tag, or only those the viewer is a member of; without any, all."""

    course_id: int | None = None
    tag: str = ""
    is_mine: bool = False


def page(connection: Connection, viewer: Viewer, wanted: Wanted, after: int, limit: int) -> list[Channel]:
    """The first `limit` channels with a number above `after`, ascending, archived ones too."""
    found = select(channel).where(channel.c.id > after, rights.may(viewer, Act.SEE), *_narrowed(viewer, wanted))
    return channels.with_feeds(connection, connection.execute(found.order_by(channel.c.id).limit(limit)).all())


def _narrowed(viewer: Viewer, wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    if wanted.course_id is not None:
        yield channel.c.course_id == wanted.course_id
    if wanted.tag:
        yield channel.c.tags.contains(f" {wanted.tag.lower()} ", autoescape=True)
    if wanted.is_mine:
        yield exists().where(membership.c.channel_id == channel.c.id, membership.c.person_id == (viewer.person_id or 0))
