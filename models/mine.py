"""The channels somebody belongs to, as their own list shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from domain.channels import Overview
from domain.roles import Role, Viewer
from domain.storage import Stored
from models import channels, storage
from models.schema import channel, course, membership

MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class Mine:
    """A channel of somebody's: how it is, what they are to it, how many belong to it, its course, what it holds."""

    overview: Overview
    role: Role
    members: int
    course_code: str
    stored: Stored


def list_of(connection: Connection, viewer: Viewer, now: int) -> list[Mine]:
    """The channels the viewer is a member of; those that spoke last come first."""
    others = membership.alias()
    members = select(func.count()).where(others.c.channel_id == channel.c.id).correlate(channel).scalar_subquery()
    rows = connection.execute(
        select(channel.c.id, membership.c.role, members.label("members"), course.c.code)
        .join(membership, membership.c.channel_id == channel.c.id)
        .outerjoin(course, course.c.id == channel.c.course_id)
        .where(membership.c.person_id == viewer.person_id)
        .order_by(channel.c.id.desc())
        .limit(MOST_LISTED)
    ).all()
    known = {row.id: row for row in rows}
    found = channels.overviews(connection, viewer, now=now, limit=MOST_LISTED, channel_ids=list(known))
    held = storage.of_channels(connection, [overview.channel.id for overview in found])
    return [_mine(overview, known[overview.channel.id], held[overview.channel.id]) for overview in found]


def _mine(overview: Overview, row: Row[*tuple[Any, ...]], held: Stored) -> Mine:
    return Mine(overview, Role(row.role), row.members, row.code or "", held)
