"""Enrolments: the rows of a course's roster as they are stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from domain.courses import Enrolment
from domain.roles import Part
from domain.rosters import Diff, RosterRow
from models import seats
from models.schema import enrolment, person


def of_course(connection: Connection, course_id: int) -> list[Enrolment]:
    """The roster for the server's own use, whoever may see it."""
    rows = connection.execute(select(enrolment).where(enrolment.c.course_id == course_id))
    return [
        Enrolment(RosterRow(row.email, row.name, row.section, row.team, Part(row.part)), row.person_id) for row in rows
    ]


def known(connection: Connection, enrolments: Sequence[Enrolment]) -> dict[str, int]:
    """E-mail → person, of those who have signed in: whom the address was bound to, else who has it."""
    bound = {one.row.email: one.person_id for one in enrolments if one.person_id is not None}
    there = set(connection.scalars(select(person.c.id).where(person.c.id.in_(bound.values()))))
    found = seats.people_of(connection, [one.row.email for one in enrolments])
    return found | {email: person_id for email, person_id in bound.items() if person_id in there}


def write(connection: Connection, course_id: int, diff: Diff, known: Mapping[str, int]) -> None:
    """Bring the enrolments up to date."""
    of_it = enrolment.c.course_id == course_id
    if diff.removed:
        emails = [row.email for row in diff.removed]
        connection.execute(delete(enrolment).where(of_it, enrolment.c.email.in_(emails)))
    if diff.changed:
        named: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("name", "section", "team", "part")}
        rows = [
            {"which": change.after.email} | {f"new_{name}": str(getattr(change.after, name)) for name in named}
            for change in diff.changed
        ]
        connection.execute(update(enrolment).where(of_it, enrolment.c.email == bindparam("which")).values(named), rows)
    if diff.added:
        connection.execute(insert(enrolment), [_columns(course_id, row, known) for row in diff.added])


def _columns(course_id: int, row: RosterRow, known: Mapping[str, int]) -> dict[str, object]:
    return {
        "course_id": course_id,
        "email": row.email,
        "name": row.name,
        "section": row.section,
        "team": row.team,
        "part": str(row.part),
        "person_id": known.get(row.email),
    }
