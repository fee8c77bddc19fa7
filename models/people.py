"""People: found or made when the college's provider says who signs in. Never by e-mail alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from domain.audit import Actor, Deed
from domain.errors import AddressTaken, NotFound
from domain.people import Person
from models import audit
from models.schema import person, session, token

AWAITED = ""
"""The issuer of somebody who has been handed over: the next account with their address becomes theirs."""


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


def with_address(connection: Connection, email: str) -> Person:
    """The person of this e-mail address in its normal form. Raises NotFound."""
    row = connection.execute(select(person).where(person.c.email == email)).one_or_none()
    if row is None:
        raise NotFound(f"Nobody has the address {email}.", hint="They sign in once, and then they are known.")
    return of_row(row)


def behind(connection: Connection, actor: Actor) -> Person:
    """The person who acts. Raises NotFound for nobody, for a token of theirs, and for one who is gone."""
    if actor.person_id is None or actor.viewer.acts is not None:
        raise NotFound("There is no such person.")
    return find(connection, actor.person_id)


def find_or_create(connection: Connection, claimed: Claimed, now: int) -> Person:
    """The person of this issuer and subject, with name and address as they are today.

    Raises AddressTaken where the address is that of somebody else: who has it must be settled by an admin first.
    """
    mine = (person.c.issuer == claimed.issuer) & (person.c.subject == claimed.subject)
    known = connection.execute(select(person).where(mine)).one_or_none()
    holder = connection.execute(select(person).where(person.c.email == claimed.email)).one_or_none()
    if known is None and holder is not None and holder.issuer == AWAITED:
        account = {"issuer": claimed.issuer, "subject": claimed.subject}
        connection.execute(update(person).where(person.c.id == holder.id).values(account))
        known = connection.execute(select(person).where(mine)).one()
    elif holder is not None and (holder.issuer, holder.subject) != (claimed.issuer, claimed.subject):
        raise AddressTaken
    if known is None:
        values = {"issuer": claimed.issuer, "subject": claimed.subject, "created_at": now}
        connection.execute(insert(person).values(values | {"email": claimed.email, "name": claimed.name}))
    elif (known.email, known.name) != (claimed.email, claimed.name):
        connection.execute(update(person).where(mine).values(email=claimed.email, name=claimed.name))
        touch(connection, known.id)
    return of_row(connection.execute(select(person).where(mine)).one())


def every(connection: Connection) -> list[Person]:
    """Everybody who has signed in, by address; last those whose address was freed."""
    rows = connection.execute(select(person).order_by(person.c.email.is_(None), person.c.email, person.c.id))
    return [of_row(row) for row in rows]


def release(connection: Connection, actor: Actor, email: str) -> Person:
    """Free an address: its holder keeps what they have but cannot sign in; who signs in with it next begins anew.

    For an address that the college has given to somebody else. Raises NotFound.
    """
    return _part_from_account(connection, actor, email, "freed", {"email": None})


def hand_over(connection: Connection, actor: Actor, email: str) -> Person:
    """Part a person from their account: the next account that signs in with their address has all that is theirs.

    For somebody whose account was made anew, or moved to another provider. Raises NotFound.
    """
    return _part_from_account(connection, actor, email, "handed over", {"issuer": AWAITED})


def touch(connection: Connection, person_id: int) -> None:
    """Say that rights or sessions of this person changed: open pages and streams of theirs are looked at again."""
    connection.execute(update(person).where(person.c.id == person_id).values(version=person.c.version + 1))


def versions(connection: Connection, person_ids: Collection[int]) -> dict[int, int]:
    """Person id → version; one that is gone has none."""
    rows = connection.execute(select(person.c.id, person.c.version).where(person.c.id.in_(person_ids)))
    return {row.id: row.version for row in rows}


def _part_from_account(
    connection: Connection, actor: Actor, email: str, how: str, values: Mapping[str, str | None]
) -> Person:
    parted = with_address(connection, email)
    if "issuer" in values:
        values = {**values, "subject": str(parted.id)}
    connection.execute(update(person).where(person.c.id == parted.id).values(**values))
    for each in (session, token):
        theirs = (each.c.person_id == parted.id) & each.c.revoked_at.is_(None)
        connection.execute(update(each).where(theirs).values(revoked_at=actor.at))
    touch(connection, parted.id)
    audit.note(connection, actor, Deed.ADDRESS_RELEASED, about_person_id=parted.id, how=how)
    return parted


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
