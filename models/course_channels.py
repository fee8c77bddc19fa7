"""Channels and courses: which channels a course has, who owns them, how one is placed in it and taken out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select, update

from domain import rosters
from domain.audit import Actor, Deed
from domain.channels import Channel, Overview, Visibility
from domain.errors import NotFound
from domain.roles import Act, Right, Role, Viewer
from domain.rosters import RosterRow
from models import audit, channels, keys, rights
from models.schema import channel, course, enrolment, invitation, membership, person
from models.vault import Vault

MOST_SHOWN = 500
"""Channels of a course that its page lists."""


def of_course(connection: Connection, viewer: Viewer, course_id: int, *, now: int) -> list[Overview]:
    """The channels of a course that this viewer may see, by section, team and name."""
    ids = _ids(connection, channel.c.course_id == course_id)
    found = channels.overviews(connection, viewer, now=now, limit=MOST_SHOWN, channel_ids=ids)
    return sorted(found, key=lambda one: (one.channel.section, one.channel.team, one.channel.name, one.channel.id))


def of_teams(connection: Connection, course_id: int) -> dict[tuple[str, str], int]:
    """The channel of each (section, team) that has one: the oldest, where there are several."""
    is_of_a_team = (channel.c.course_id == course_id) & (channel.c.team != "") & channel.c.deleted_at.is_(None)
    rows = connection.execute(
        select(channel.c.section, channel.c.team, func.min(channel.c.id).label("id"))
        .where(is_of_a_team)
        .group_by(channel.c.section, channel.c.team)
    )
    return {(row.section, row.team): row.id for row in rows}


@dataclass(frozen=True, slots=True)
class NewTeam:
    """A team that has no channel yet, and what its channel will be called."""

    section: str
    team: str
    name: str


def new_teams(connection: Connection, course_id: int, rows: Iterable[RosterRow]) -> list[NewTeam]:
    """The students' teams that have no channel."""
    there = of_teams(connection, course_id)
    places = sorted({row.place for row in rows if row.place is not None})
    sections = {team: {section for section, each in places if each == team} for _, team in places}
    return [
        NewTeam(section, team, rosters.channel_name(team, section, sections[team]))
        for section, team in places
        if (section, team) not in there
    ]


def owners(connection: Connection, viewer: Viewer, channel_ids: Collection[int]) -> dict[int, list[str]]:
    """Channel id → the names of its owners, of the channels whose people this viewer may see."""
    seen = select(channel.c.id).where(channel.c.id.in_(channel_ids), rights.may(viewer, Act.SEE_PEOPLE))
    rows = connection.execute(
        select(membership.c.channel_id, person.c.name, person.c.email)
        .join(person, person.c.id == membership.c.person_id)
        .where(membership.c.channel_id.in_(seen), membership.c.role == str(Role.OWNER))
        .order_by(person.c.name, person.c.id)
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.channel_id, []).append(row.name or row.email)
    return found


def placeable(connection: Connection, viewer: Viewer) -> list[Channel]:
    """The viewer's own channels that belong to no course, by name."""
    own = select(membership.c.channel_id).where(
        membership.c.person_id == (viewer.person_id or 0), membership.c.role == str(Role.OWNER)
    )
    ids = _ids(connection, channel.c.course_id.is_(None) & channel.c.id.in_(own) & rights.may(viewer, Act.CONTROL))
    found = channels.overviews(connection, viewer, now=0, limit=MOST_SHOWN, channel_ids=ids)
    return sorted((one.channel for one in found), key=lambda one: (one.name, one.id))


def place(connection: Connection, actor: Actor, channel_id: int, course_id: int) -> None:
    """Put a channel into a course the actor is in: its owner, while it is in none; staff of its course, to another.

    It carries the actor's section and no team: on a team's channel, the roster seats the students of that team.
    Raises Forbidden, and NotFound for a channel or a course that is not theirs to find.
    """
    found = channels.find(connection, actor.viewer, channel_id)
    channels.may(connection, actor.viewer, Act.CONTROL if found.course_id is None else Act.TEACH, channel_id)
    _put(connection, actor, channel_id, course_id, _section(connection, actor.viewer, course_id))


def take_out(connection: Connection, actor: Actor, channel_id: int) -> None:
    """Let a channel belong to no course; for its course's staff and admins. Raises NotFound, Forbidden."""
    channels.may(connection, actor.viewer, Act.TEACH, channel_id)
    _put(connection, actor, channel_id, None, "")


def make_for_teams(
    connection: Connection,
    actor: Actor,
    vault: Vault,
    new_key: Callable[[], str],
    course_id: int,
    after: Iterable[RosterRow],
) -> list[int]:
    """A channel with a write key for each team that has none; their ids."""
    return [
        keys.create_channel(
            connection,
            vault,
            {Right.WRITE: new_key()},
            now=actor.at,
            made_by=actor.person_id,
            name=new.name,
            visibility=Visibility.COLLEGE,
            course_id=course_id,
            section=new.section,
            team=new.team,
        ).id
        for new in new_teams(connection, course_id, after)
    ]


def bin_forsaken(connection: Connection, actor: Actor, channel_ids: Collection[int]) -> list[int]:
    """Put those channels into the bin that hold nothing and belong to nobody any more; returns which."""
    forsaken = _forsaken(connection, channel_ids)
    connection.execute(update(channel).where(channel.c.id.in_(forsaken)).values(deleted_at=actor.at))
    return forsaken


def take_from_bin(connection: Connection, channel_ids: Collection[int]) -> None:
    """Take channels out again that `bin_forsaken` put there."""
    connection.execute(update(channel).where(channel.c.id.in_(channel_ids)).values(deleted_at=None))


def _section(connection: Connection, viewer: Viewer, course_id: int) -> str:
    """The viewer's section in a course that is not archived; none for an admin who is not in it. Raises NotFound."""
    theirs = (enrolment.c.course_id == course_id) & (enrolment.c.person_id == (viewer.person_id or 0))
    mine = select(enrolment.c.section).where(theirs).order_by(enrolment.c.part).limit(1)
    is_open = select(course.c.id).where(course.c.id == course_id, course.c.archived_at.is_(None))
    section = connection.execute(mine).scalar_one_or_none()
    if connection.execute(is_open).first() is None or (section is None and not viewer.is_admin):
        raise NotFound("There is no such course that you are in.", hint="Choose one of your courses.")
    return section or ""


def _put(connection: Connection, actor: Actor, channel_id: int, course_id: int | None, section: str) -> None:
    is_it = channel.c.id == channel_id
    before = connection.execute(select(channel.c.course_id).where(is_it)).scalar_one()
    connection.execute(update(channel).where(is_it).values(course_id=course_id, section=section, team=""))
    channels.touch(connection, channel_id)
    change = {"before": before, "after": course_id}
    audit.note(
        connection, actor, Deed.CHANNEL_CHANGED, channel_id=channel_id, course_id=course_id or before, course=change
    )


def _ids(connection: Connection, which: ColumnElement[bool]) -> list[int]:
    return list(connection.scalars(select(channel.c.id).where(which).order_by(channel.c.id).limit(MOST_SHOWN)))


def _forsaken(connection: Connection, channel_ids: Collection[int]) -> list[int]:
    """Those of the channels that hold no reading, and to which nobody belongs or is invited."""
    belongs = select(membership.c.person_id).where(membership.c.channel_id == channel.c.id).exists()
    waits = select(invitation.c.id).where(invitation.c.channel_id == channel.c.id).exists()
    is_empty = (channel.c.last_entry_id == 0) & channel.c.deleted_at.is_(None) & ~belongs & ~waits
    return list(connection.scalars(select(channel.c.id).where(channel.c.id.in_(channel_ids), is_empty)))
