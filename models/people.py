"""People: found or made when the college's provider says who signs in. Never by e-mail alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from domain.errors import AddressTaken, NotFound
from domain.people import Person
from models.schema import person


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who a provider says is signing in, after every check; `email` in its normal form."""

    issuer: str
    subject: str
    email: str
    name: str


def find(connection: Connection, person_id: int) -> Person:
    """The person of this number. Raises NotFound."""
    row = connection.execute(select(person).where(person.c.id == person_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such person.")
    return of_row(row)


def find_or_create(connection: Connection, claimed: Claimed, now: int) -> Person:
    """The person of this issuer and subject, with name and address as they are today.

    Raises AddressTaken where the address is that of somebody else: who has it must be settled by an admin first.
    """
    mine = (person.c.issuer == claimed.issuer) & (person.c.subject == claimed.subject)
    holder = connection.execute(select(person).where(person.c.email == claimed.email)).one_or_none()
    if holder is not None and (holder.issuer, holder.subject) != (claimed.issuer, claimed.subject):
        raise AddressTaken
    known = connection.execute(select(person).where(mine)).one_or_none()
    if known is None:
        values = {"issuer": claimed.issuer, "subject": claimed.subject, "created_at": now}
        connection.execute(insert(person).values(values | {"email": claimed.email, "name": claimed.name}))
    elif (known.email, known.name) != (claimed.email, claimed.name):
        connection.execute(update(person).where(mine).values(email=claimed.email, name=claimed.name))
    return of_row(connection.execute(select(person).where(mine)).one())


def touch(connection: Connection, person_id: int) -> None:
    """Say that rights or sessions of this person changed: open pages and streams of theirs are looked at again."""
    connection.execute(update(person).where(person.c.id == person_id).values(version=person.c.version + 1))


def versions(connection: Connection, person_ids: Collection[int]) -> dict[int, int]:
    """Person id → version; one that is gone has none."""
    rows = connection.execute(select(person.c.id, person.c.version).where(person.c.id.in_(person_ids)))
    return {row.id: row.version for row in rows}


def of_row(row: Row[Any]) -> Person:
    """The person in a row that has the columns of `person`."""
    return Person(
        id=row.id,
        issuer=row.issuer,
        subject=row.subject,
        email=row.email or "",
        name=row.name,
        version=row.version,
        created_at=row.created_at,
    )
