"""Sessions of people, kept on the server: what the cookie carries is only the way to find one."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from domain.audit import Actor, Deed
from domain.errors import NotFound
from domain.people import Person
from domain.timespan import DAY, HOUR, MINUTE
from models import audit, people
from models.schema import person, session

IDLE = 8 * HOUR
ABSOLUTE = 7 * DAY
SEEN_EVERY = MINUTE
"""How exact `seen_at` is: a session is written at most this often."""


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in of a person on one browser."""

    id: int
    person: Person
    made_at: int
    seen_at: int
    agent: str
    address: str


def digest_of(carried: str) -> bytes:
    """What a session is found by: the cookie's value is random enough for a plain hash (ASVS 5, 6.5.2)."""
    return hashlib.sha256(carried.encode()).digest()


def begin(
    connection: Connection,
    person_id: int,
    carried: str,
    *,
    now: int,
    agent: str = "",
    address: str = "",
    instead_of: str = "",
) -> int:
    """Start a session for whoever carries this from now on; returns its number. What was carried before ends."""
    if instead_of:
        _end_carried(connection, instead_of, now)
    values = {
        "person_id": person_id,
        "digest": digest_of(carried),
        "made_at": now,
        "seen_at": now,
        "agent": agent[:300],
        "address": address[:64],
    }
    return int(connection.execute(insert(session).values(values).returning(session.c.id)).scalar_one())


def find(connection: Connection, carried: str, now: int) -> Session | None:
    """The session somebody carries; None for one that never was, was ended, or is over."""
    found = _found(connection, session.c.digest == digest_of(carried), now)
    return found[0] if found else None


def of_person(connection: Connection, person_id: int, now: int) -> list[Session]:
    """Somebody's own sessions, the one used last first."""
    return _found(connection, session.c.person_id == person_id, now)


def seen(connection: Connection, session_id: int, now: int) -> None:
    """Note that the session was used."""
    connection.execute(update(session).where(session.c.id == session_id).values(seen_at=now))


def revoke(connection: Connection, person_id: int, session_id: int, now: int) -> None:
    """End one session of a person. Raises NotFound where it is none of theirs, or over."""
    mine = (session.c.id == session_id) & (session.c.person_id == person_id) & session.c.revoked_at.is_(None)
    if not connection.execute(update(session).where(mine).values(revoked_at=now)).rowcount:
        raise NotFound("There is no such session of yours.")
    people.touch(connection, person_id)


def revoke_all(connection: Connection, person_id: int, now: int, *, but: int | None = None) -> int:
    """End all sessions of a person (but one); returns how many."""
    mine = (session.c.person_id == person_id) & session.c.revoked_at.is_(None)
    if but is not None:
        mine &= session.c.id != but
    ended = connection.execute(update(session).where(mine).values(revoked_at=now)).rowcount
    people.touch(connection, person_id)
    return ended


def end(connection: Connection, actor: Actor, session_id: int) -> None:
    """End one of one's own sessions, as its owner asked. Raises NotFound where it is none of theirs, or over."""
    revoke(connection, _whose(actor), session_id, actor.at)
    audit.note(connection, actor, Deed.SESSIONS_ENDED, ended=1)


def end_all(connection: Connection, actor: Actor, *, but: int | None = None) -> int:
    """End all of one's own sessions (but one), as their owner asked; returns how many."""
    ended = revoke_all(connection, _whose(actor), actor.at, but=but)
    audit.note(connection, actor, Deed.SESSIONS_ENDED, ended=ended)
    return ended


def holding(connection: Connection, session_ids: Collection[int], now: int) -> set[int]:
    """Those of the sessions that hold."""
    return set(connection.scalars(select(session.c.id).where(session.c.id.in_(session_ids), *_holds(now))))


def forget_old(connection: Connection, now: int) -> None:
    """Forget sessions that ended, or can never be used again."""
    connection.execute(delete(session).where((session.c.made_at < now - ABSOLUTE) | (session.c.revoked_at < now - DAY)))


def _whose(actor: Actor) -> int:
    if actor.person_id is None or actor.viewer.acts is not None:
        raise NotFound("There is no such session of yours.")
    return actor.person_id


def _end_carried(connection: Connection, carried: str, now: int) -> None:
    mine = (session.c.digest == digest_of(carried)) & session.c.revoked_at.is_(None)
    ended = update(session).where(mine).values(revoked_at=now).returning(session.c.person_id)
    person_id = connection.execute(ended).scalar_one_or_none()
    if person_id is not None:
        people.touch(connection, person_id)


def _holds(now: int) -> tuple[ColumnElement[bool], ...]:
    return (session.c.revoked_at.is_(None), session.c.seen_at > now - IDLE, session.c.made_at > now - ABSOLUTE)


def _found(connection: Connection, which: ColumnElement[bool], now: int) -> list[Session]:
    columns = [session.c[name].label(f"session_{name}") for name in ("id", "made_at", "seen_at", "agent", "address")]
    rows = connection.execute(
        select(person, *columns)
        .join(session, session.c.person_id == person.c.id)
        .where(which, *_holds(now))
        .order_by(session.c.seen_at.desc(), session.c.id.desc())
    )
    return [
        Session(
            row.session_id,
            people.of_row(row),
            row.session_made_at,
            row.session_seen_at,
            row.session_agent,
            row.session_address,
        )
        for row in rows
    ]
