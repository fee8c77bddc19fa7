"""The audit log: only ever added to, in the very transaction of the deed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, or_, select

from domain.audit import Actor, Deed, told
from domain.errors import NotFound
from domain.roles import Viewer
from models.schema import audit, channel, course, person


@dataclass(frozen=True, slots=True)
class Party:
    """A person an entry is about. Of one who was erased the number alone is left: name and e-mail are empty."""

    person_id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One deed. `who` is None for the command line, which has no address, and for a visitor, who has one.

    `channel` and `course` are what those are called today; empty where there is none, or no longer.
    """

    id: int
    at: int
    deed: Deed
    who: Party | None
    about: Party | None
    channel_id: int | None
    channel: str
    course_id: int | None
    course: str
    detail: str
    address: str


def note(
    connection: Connection,
    actor: Actor,
    deed: Deed,
    *,
    channel_id: int | None = None,
    course_id: int | None = None,
    about_person_id: int | None = None,
    **detail: Any,
) -> None:
    """Write down that it was done. `detail` holds plain values, never an e-mail or a secret: it cannot be erased."""
    connection.execute(
        insert(audit).values(
            at=actor.at,
            act=str(deed),
            person_id=actor.person_id,
            channel_id=channel_id,
            course_id=course_id,
            about_person_id=about_person_id,
            detail=json.dumps(detail, ensure_ascii=False, default=str) if detail else "",
            address=actor.address[:64],
        )
    )


def entries(
    connection: Connection,
    viewer: Viewer,
    *,
    before_id: int | None = None,
    limit: int = 100,
    deed: Deed | None = None,
    person_id: int | None = None,
    email: str | None = None,
    channel_id: int | None = None,
    course_id: int | None = None,
) -> list[AuditEntry]:
    """The newest entries, or those before one; of a person: what they did and what was done about them.

    For admins alone. Raises NotFound for everybody else: for them there is no log.
    """
    if not viewer.is_admin or viewer.acts is not None:
        raise NotFound
    conditions = [
        *([audit.c.id < before_id] if before_id is not None else []),
        *([audit.c.act == str(deed)] if deed is not None else []),
        *([_concerns(person_id)] if person_id is not None else []),
        *([_concerns(select(person.c.id).where(person.c.email == email).scalar_subquery())] if email else []),
        *([audit.c.channel_id == channel_id] if channel_id is not None else []),
        *([audit.c.course_id == course_id] if course_id is not None else []),
    ]
    rows = connection.execute(_told_in_full().where(*conditions).order_by(audit.c.id.desc()).limit(limit))
    return [_entry(row) for row in rows]


def _concerns(who: Any) -> ColumnElement[bool]:
    return or_(audit.c.person_id == who, audit.c.about_person_id == who)


_who, _about = person.alias("who"), person.alias("about")


def _told_in_full() -> Any:
    """Entries with the names of what their numbers stand for."""
    return (
        select(
            audit,
            _who.c.name.label("who_name"),
            _who.c.email.label("who_email"),
            _about.c.name.label("about_name"),
            _about.c.email.label("about_email"),
            channel.c.name.label("channel_name"),
            course.c.code.label("course_code"),
        )
        .outerjoin(_who, _who.c.id == audit.c.person_id)
        .outerjoin(_about, _about.c.id == audit.c.about_person_id)
        .outerjoin(channel, channel.c.id == audit.c.channel_id)
        .outerjoin(course, course.c.id == audit.c.course_id)
    )


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        at=row.at,
        deed=Deed(row.act),
        who=_party(row.person_id, row.who_name, row.who_email),
        about=_party(row.about_person_id, row.about_name, row.about_email),
        channel_id=row.channel_id,
        channel=row.channel_name or "",
        course_id=row.course_id,
        course=row.course_code or "",
        detail=told(json.loads(row.detail)) if row.detail else "",
        address=row.address,
    )


def _party(person_id: int | None, name: str | None, email: str | None) -> Party | None:
    return None if person_id is None else Party(person_id, name or "", email or "")
