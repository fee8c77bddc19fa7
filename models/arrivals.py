"""People come in and go: what happens in one transaction when somebody signs in or out."""

from __future__ import annotations

from sqlalchemy import Connection

from domain.audit import Actor, Deed
from domain.people import Person
from domain.roles import Viewer
from models import audit, courses, memberships, people, sessions
from models.people import Claimed


def arrive(connection: Connection, claimed: Claimed, *, address: str, now: int) -> Person:
    """Who signs in, with all that waited for their address: invitations, courses, their team's channel.

    Raises AddressTaken; then nothing is changed.
    """
    person = people.find_or_create(connection, claimed, now)
    memberships.take_up(connection, person, now)
    courses.take_up(connection, person, now)
    actor = Actor(Viewer.person(person.id), address, now)
    audit.note(connection, actor, Deed.SIGNED_IN, issuer=claimed.issuer)
    return person


def leave(connection: Connection, actor: Actor, session_id: int) -> None:
    """End one session of whoever signs out. Raises NotFound where it is over already."""
    sessions.revoke(connection, actor.person_id or 0, session_id, actor.at)
    audit.note(connection, actor, Deed.SIGNED_OUT)
