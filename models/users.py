"""People as programs see them that speak of users: by login. Shown are oneself, and owners of public channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, false, or_, select

from domain.channels import Visibility
from domain.errors import NotFound
from domain.logins import person_id_in
from domain.roles import Act, Role, Viewer
from models.schema import channel, membership, person


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with an account. `email` is None for everybody but themselves."""

    id: int
    created_at: int
    email: str | None = None


def find(connection: Connection, viewer: Viewer, login: str) -> User:
    """The person of this login; oneself by one's e-mail address, too, or what stands before its @.

    A login goes before what stands before an @, which somebody else may be called. Raises NotFound, also where somebody
    else owns no public channel.
    """
    seen = (person.c.id == person_id_in(login)) & person.c.id.in_(_with_public_channels())
    oneself = _is_oneself(viewer, login)
    found = select(person.c.id, person.c.created_at, person.c.email, oneself.label("is_oneself"))
    named = found.where(person.c.email.is_not(None), or_(seen, oneself))
    row = connection.execute(named.order_by((person.c.id == person_id_in(login)).desc()).limit(1)).one_or_none()
    if row is None:
        raise NotFound("There is no such user.")
    is_told = row.is_oneself and not viewer.is_limited_from(Act.SEE_PEOPLE)
    return User(row.id, row.created_at, row.email if is_told else None)


def _is_oneself(viewer: Viewer, login: str) -> ColumnElement[bool]:
    if viewer.person_id is None:
        return false()
    called = [person.c.email == login.lower()]
    if "@" not in login:
        called.append(person.c.email.startswith(f"{login.lower()}@", autoescape=True))
        called.append(person.c.id == person_id_in(login))
    return (person.c.id == viewer.person_id) & or_(*called)


def _with_public_channels() -> Select[Any]:
    owns = (membership.c.channel_id == channel.c.id) & (membership.c.role == str(Role.OWNER))
    is_public = (channel.c.visibility == str(Visibility.PUBLIC)) & channel.c.deleted_at.is_(None)
    return select(membership.c.person_id).join(channel, owns).where(is_public)
