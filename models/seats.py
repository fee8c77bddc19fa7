"""Seats: what a roster gives a student on the channel of their team, many at a time.

Whoever has signed in is made an owner; for the others an invitation waits. A roster takes away only what a roster gave:
what people gave one another by hand stays, and a channel that holds readings keeps an owner.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, insert, select, tuple_, update

from domain.roles import Role
from models import bulk
from models.schema import channel, invitation, membership, person


@dataclass(frozen=True, slots=True)
class Seat:
    """A student's place on a channel. `person_id`: None for who has not signed in yet."""

    channel_id: int
    email: str
    person_id: int | None
    role: Role = Role.OWNER
    added_by: int | None = None
    added_at: int = 0

    @property
    def holder(self) -> tuple[int, int]:
        """(channel, person)."""
        return self.channel_id, self.person_id or 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking came to: the seats that were given, and members by hand who were raised, with what they were."""

    given: list[Seat] = field(default_factory=list)
    raised: list[Seat] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Left:
    """What leaving came to: the seats that ended, and those that had to stay because nobody else owns the channel."""

    ended: list[Seat] = field(default_factory=list)
    kept: list[Seat] = field(default_factory=list)


def take(connection: Connection, seats: Sequence[Seat]) -> Taken:
    """Give seats to all who are not members, or invited, already.

    Who is a member by hand, of a lower role, is raised to that of the seat, and stays when the roster lets go.
    """
    _hold(connection, seats)
    known = {
        (row.channel_id, row.person_id): row for row in _memberships(connection, {seat.channel_id for seat in seats})
    }
    present = [seat for seat in seats if seat.person_id is not None]
    new = [seat for seat in present if seat.holder not in known]
    if new:
        connection.execute(insert(membership), [_as_membership(seat) for seat in new])
    lower = [seat for seat in present if seat.holder in known and Role(known[seat.holder].role).rank > seat.role.rank]
    _give_roles(connection, lower)
    invited = _invite(connection, [seat for seat in seats if seat.person_id is None])
    return Taken(new + invited, [_as_seat(known[seat.holder], seat.email) for seat in lower])


def lower(connection: Connection, raised: Sequence[Seat]) -> None:
    """Give those who were raised what they were before, where somebody else owns the channel."""
    owned: dict[int, set[int]] = {}
    for row in _memberships(connection, {seat.channel_id for seat in raised}):
        if row.role == str(Role.OWNER):
            owned.setdefault(row.channel_id, set()).add(row.person_id)
    _give_roles(connection, [seat for seat in raised if owned.get(seat.channel_id, set()) - {seat.person_id}])


def leave(connection: Connection, seats: Sequence[Seat]) -> Left:
    """End the seats that a roster gave, and the links of their channels, which those who leave may know.

    Call it after `take`: whoever came meanwhile may be the owner that stays.
    """
    _hold(connection, seats)
    ids = {seat.channel_id for seat in seats}
    leaving = {seat.holder: seat for seat in seats}
    left = Left(ended=_uninvite(connection, seats))
    counts = _invited(connection, ids)
    filled = set(connection.scalars(select(channel.c.id).where(channel.c.id.in_(ids), channel.c.last_entry_id > 0)))
    going: list[Row[Any]] = []
    for channel_id, rows in groupby(_memberships(connection, ids), key=attrgetter("channel_id")):
        stay, go = _parted(list(rows), leaving)
        is_needed = bool(channel_id in filled or (stay and not counts.get(channel_id)))
        kept = [row for row in go if row.role == str(Role.OWNER)][:1] if is_needed and not _has_owner(stay) else []
        left.kept.extend(leaving[row.channel_id, row.person_id] for row in kept)
        going += [row for row in go if row not in kept]
    if going:
        pairs = [(row.channel_id, row.person_id) for row in going]
        ends = tuple_(membership.c.channel_id, membership.c.person_id).in_(pairs)
        connection.execute(delete(membership).where(ends))
        _end_links(connection, {row.channel_id for row in going})
    left.ended.extend(_as_seat(row, leaving[row.channel_id, row.person_id].email) for row in going)
    return left


def people_of(connection: Connection, emails: Collection[str]) -> dict[str, int]:
    """E-mail → person, of those who have signed in."""
    rows = connection.execute(select(person.c.email, person.c.id).where(person.c.email.in_(emails)))
    return {row.email: row.id for row in rows}


def still_there(connection: Connection, course_id: int, found: Sequence[Seat], known: Mapping[str, int]) -> list[Seat]:
    """Seats of old on channels that are not gone, nor another course's or nobody's by now, whoever has signed in."""
    of_it = channel.c.id.in_({seat.channel_id for seat in found}) & (channel.c.course_id == course_id)
    there = set(connection.scalars(select(channel.c.id).where(of_it, channel.c.deleted_at.is_(None))))
    return [replace(seat, person_id=known.get(seat.email)) for seat in found if seat.channel_id in there]


def touch(connection: Connection, channel_ids: Collection[int], person_ids: Collection[int]) -> None:
    """Say that rights in these channels, and of these people, changed: open pages are looked at again."""
    if channel_ids:
        bulk.lock_channels(connection, list(channel_ids))
        mine = channel.c.id.in_(channel_ids)
        connection.execute(update(channel).where(mine).values(version=channel.c.version + 1))
    if person_ids:
        theirs = person.c.id.in_(person_ids)
        connection.execute(select(person.c.id).where(theirs).order_by(person.c.id).with_for_update())
        connection.execute(update(person).where(theirs).values(version=person.c.version + 1))


def _hold(connection: Connection, seats: Iterable[Seat]) -> None:
    """Hold the channels until the commit: an owner who leaves by hand meanwhile waits, and counts."""
    ids = {seat.channel_id for seat in seats}
    if ids:
        bulk.lock_channels(connection, list(ids))


def _memberships(connection: Connection, channel_ids: Collection[int]) -> Sequence[Row[Any]]:
    """By channel, and there in the order in which they joined."""
    order = (membership.c.channel_id, membership.c.added_at, membership.c.person_id)
    return connection.execute(select(membership).where(membership.c.channel_id.in_(channel_ids)).order_by(*order)).all()


def _parted(rows: Sequence[Row[Any]], leaving: Mapping[tuple[int, int], Seat]) -> tuple[list[Row[Any]], list[Row[Any]]]:
    """(who stays, who goes) of a channel's members."""
    go = [row for row in rows if row.is_from_roster and (row.channel_id, row.person_id) in leaving]
    return [row for row in rows if row not in go], go


def _has_owner(rows: Iterable[Row[Any]]) -> bool:
    return any(row.role == str(Role.OWNER) for row in rows)


def _give_roles(connection: Connection, seats: Sequence[Seat]) -> None:
    if not seats:
        return
    mine = (membership.c.channel_id == bindparam("which")) & (membership.c.person_id == bindparam("whose"))
    rows = [{"which": seat.channel_id, "whose": seat.person_id, "given": str(seat.role)} for seat in seats]
    connection.execute(update(membership).where(mine).values(role=bindparam("given")), rows)


def _end_links(connection: Connection, channel_ids: Collection[int]) -> None:
    is_link = invitation.c.channel_id.in_(channel_ids) & invitation.c.email.is_(None)
    connection.execute(delete(invitation).where(is_link))


def _invite(connection: Connection, seats: Sequence[Seat]) -> list[Seat]:
    """Invite those who are not invited to the channel already."""
    pairs = [(seat.channel_id, seat.email) for seat in seats]
    rows = connection.execute(select(invitation.c.channel_id, invitation.c.email).where(_is_for(pairs)))
    known = {tuple(row) for row in rows}
    new = [seat for seat in seats if (seat.channel_id, seat.email) not in known]
    if new:
        connection.execute(insert(invitation), [_as_invitation(seat) for seat in new])
    return new


def _uninvite(connection: Connection, seats: Sequence[Seat]) -> list[Seat]:
    """End the invitations that a roster made for these."""
    is_theirs = _is_for([(seat.channel_id, seat.email) for seat in seats]) & invitation.c.is_from_roster
    rows = connection.execute(delete(invitation).where(is_theirs).returning(*invitation.c)).all()
    return [Seat(row.channel_id, row.email, None, Role(row.role), row.made_by, row.made_at) for row in rows]


def _invited(connection: Connection, channel_ids: Collection[int]) -> dict[int, int]:
    """By channel: how many a roster has invited who have not come yet; one of them will own it."""
    waits = invitation.c.channel_id.in_(channel_ids) & invitation.c.is_from_roster
    rows = connection.execute(
        select(invitation.c.channel_id, func.count()).where(waits).group_by(invitation.c.channel_id)
    )
    return {row[0]: row[1] for row in rows}


def _is_for(pairs: Sequence[tuple[int, str]]) -> ColumnElement[bool]:
    return tuple_(invitation.c.channel_id, invitation.c.email).in_(pairs)


def _as_membership(seat: Seat) -> dict[str, Any]:
    return {
        "channel_id": seat.channel_id,
        "person_id": seat.person_id,
        "role": str(seat.role),
        "is_from_roster": True,
        "added_by": seat.added_by,
        "added_at": seat.added_at,
    }


def _as_invitation(seat: Seat) -> dict[str, Any]:
    return {
        "channel_id": seat.channel_id,
        "email": seat.email,
        "role": str(seat.role),
        "is_from_roster": True,
        "made_by": seat.added_by,
        "made_at": seat.added_at,
    }


def _as_seat(row: Row[Any], email: str) -> Seat:
    return Seat(row.channel_id, email, row.person_id, Role(row.role), row.added_by, row.added_at)
