"""Courses: made, named, found by those who are in them. Who is no student, staff or admin finds none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    and_,
    false,
    func,
    insert,
    select,
    true,
    update,
)

from domain.audit import Actor, Deed
from domain.courses import Course, CourseShown, Enrolment, Naming
from domain.errors import Conflict, Forbidden, NotFound
from domain.people import College, Person
from domain.roles import Act, Part, Role, Viewer
from models import audit, course_channels, memberships, people, rights
from models import enrolments as stored
from models.schema import channel, course, enrolment

NOT_OF_STAFF = "Only the staff of this course may do this."


def make(connection: Connection, actor: Actor, college: College, naming: Naming) -> Course:
    """Start a course; who starts it is its first staff.

    Raises Forbidden for who is neither admin nor a teacher of the college, Conflict for one that is there already.
    """
    maker = _teacher(connection, actor, college)
    _refuse_twice(connection, naming)
    values = _columns(naming) | {"created_at": actor.at}
    course_id = connection.execute(insert(course).values(values).returning(course.c.id)).scalar_one()
    first = {"course_id": course_id, "email": maker.email, "name": maker.name, "part": str(Part.STAFF)}
    connection.execute(insert(enrolment).values(first | {"person_id": maker.id}))
    people.touch(connection, maker.id)
    audit.note(connection, actor, Deed.COURSE_MADE, course_id=course_id, code=naming.code, term=naming.term)
    return Course(course_id, naming, actor.at)


def change(connection: Connection, actor: Actor, course_id: int, naming: Naming) -> None:
    """Call a course something else. Raises NotFound, Forbidden, Conflict."""
    taught(connection, actor.viewer, course_id)
    _refuse_twice(connection, naming, but=course_id)
    connection.execute(update(course).where(course.c.id == course_id).values(_columns(naming)))
    audit.note(connection, actor, Deed.COURSE_CHANGED, course_id=course_id, code=naming.code, term=naming.term)


def archive(connection: Connection, actor: Actor, course_id: int, is_archived: bool = True) -> None:
    """Put a course among the earlier ones, or take it back; its roster rests meanwhile. Raises NotFound, Forbidden."""
    taught(connection, actor.viewer, course_id)
    archived_at = actor.at if is_archived else None
    connection.execute(update(course).where(course.c.id == course_id).values(archived_at=archived_at))
    audit.note(connection, actor, Deed.COURSE_CHANGED, course_id=course_id, archived=is_archived)


def of_person(connection: Connection, viewer: Viewer) -> list[CourseShown]:
    """The courses somebody is in (an admin: all), the newest first, archived ones last."""
    return _each_once(viewer, connection.execute(_shown(viewer)))


def find(connection: Connection, viewer: Viewer, course_id: int) -> CourseShown:
    """The course as this viewer finds it. Raises NotFound for who is not in it: it does not exist for them."""
    found = _each_once(viewer, connection.execute(_shown(viewer).where(course.c.id == course_id)))
    if not found:
        raise NotFound("There is no such course that you are in.", hint="Check the address, or ask who teaches it.")
    return found[0]


def taught(connection: Connection, viewer: Viewer, course_id: int) -> CourseShown:
    """The course, for its staff and admins. Raises NotFound for who is not in it, Forbidden for its students."""
    found = find(connection, viewer, course_id)
    if not found.is_taught or viewer.is_limited_from(Act.TEACH):
        raise Forbidden(NOT_OF_STAFF, hint="Ask the staff of the course.")
    return found


def enrolments(connection: Connection, viewer: Viewer, course_id: int) -> list[Enrolment]:
    """The roster with its e-mail addresses: staff first, then by section, team and name. Raises NotFound, Forbidden."""
    taught(connection, viewer, course_id)
    return sorted(
        stored.of_course(connection, course_id),
        key=lambda one: (one.row.part, one.row.section, one.row.team, one.row.name or one.row.email),
    )


def take_up(connection: Connection, person: Person, now: int) -> None:
    """Let somebody who signs in have what rosters hold for their address: their courses and their teams' channels."""
    waits = (enrolment.c.email == person.email) & enrolment.c.person_id.is_(None)
    bound = connection.execute(
        update(enrolment)
        .where(waits)
        .values(person_id=person.id)
        .returning(enrolment.c.course_id, enrolment.c.section, enrolment.c.team, enrolment.c.part)
    ).all()
    for row in bound:
        channel_id = course_channels.of_teams(connection, row.course_id).get((row.section, row.team))
        if channel_id is not None and row.part == str(Part.STUDENT):
            memberships.join(connection, channel_id, person.id, Role.OWNER, now=now, is_from_roster=True)
    if bound:
        people.touch(connection, person.id)


def _teacher(connection: Connection, actor: Actor, college: College) -> Person:
    found = people.find(connection, actor.person_id or 0)
    may = actor.viewer.is_admin or college.may_teach(found)
    if not may or actor.viewer.is_limited_from(Act.TEACH):
        raise Forbidden(
            "Only teachers may start a course.", hint="Ask whoever runs this server to list you among the teachers."
        )
    return found


def _refuse_twice(connection: Connection, naming: Naming, but: int | None = None) -> None:
    same = (course.c.code == naming.code) & (course.c.term == naming.term) & (course.c.id != (but or 0))
    if connection.execute(select(course.c.id).where(same)).first() is not None:
        raise Conflict(
            f"There is a course {naming.words} already.",
            hint="Give it another code or term, or ask its staff to put you on the roster.",
        )


def _columns(naming: Naming) -> dict[str, str]:
    return {"code": naming.code, "title": naming.title, "term": naming.term}


def _shown(viewer: Viewer) -> Select[Any]:
    """The question for the courses a viewer is in, with what they are there and how much there is."""
    mine = and_(enrolment.c.course_id == course.c.id, enrolment.c.person_id == _person_id(viewer))
    seen = select(func.count()).select_from(channel).where(channel.c.course_id == course.c.id)
    return (
        select(
            course,
            enrolment.c.part,
            enrolment.c.section,
            enrolment.c.team,
            _team_channel_id().label("team_channel_id"),
            _count(Part.STUDENT).label("students"),
            _count(Part.STAFF).label("staff"),
            seen.where(rights.may(viewer, Act.SEE)).scalar_subquery().label("channels"),
        )
        .select_from(course)
        .outerjoin(enrolment, mine)
        .where(_may_find(viewer))
        # Somebody may stand on a roster with two addresses; staff counts first.
        .order_by(course.c.archived_at.is_not(None), course.c.id.desc(), enrolment.c.part)
    )


def _may_find(viewer: Viewer) -> ColumnElement[bool]:
    """The condition under which a course exists for a viewer."""
    if viewer.person_id is None or viewer.is_limited_from(Act.SEE):
        return false()
    return true() if viewer.is_admin else enrolment.c.person_id == viewer.person_id


def _person_id(viewer: Viewer) -> int:
    """The viewer's number. Never None, which would be everybody on a roster who has not signed in yet."""
    return viewer.person_id or 0


def _team_channel_id() -> ScalarSelect[Any]:
    return (
        select(func.min(channel.c.id))
        .where(
            channel.c.course_id == course.c.id,
            channel.c.section == enrolment.c.section,
            channel.c.team == enrolment.c.team,
            channel.c.team != "",
            channel.c.deleted_at.is_(None),
            enrolment.c.part == str(Part.STUDENT),
        )
        .scalar_subquery()
    )


def _count(part: Part) -> ScalarSelect[Any]:
    counted = enrolment.alias()
    of_it = (counted.c.course_id == course.c.id) & (counted.c.part == str(part))
    return select(func.count()).select_from(counted).where(of_it).scalar_subquery()


def _each_once(viewer: Viewer, rows: Iterable[Row[Any]]) -> list[CourseShown]:
    first = {row.id: row for row in reversed(list(rows))}
    return [_course_shown(viewer, row) for row in reversed(first.values())]


def _course_shown(viewer: Viewer, row: Row[Any]) -> CourseShown:
    part = Part(row.part) if row.part else None
    return CourseShown(
        course=Course(row.id, Naming(row.code, row.title, row.term), row.created_at, row.archived_at),
        part=part,
        is_taught=viewer.is_admin or part is Part.STAFF,
        section=row.section or "",
        team=row.team or "",
        team_channel_id=row.team_channel_id,
        students=row.students,
        staff=row.staff,
        channels=row.channels,
    )
