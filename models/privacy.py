"""What somebody may ask about themselves: all that is kept of them, and that it be erased.

Erasing leaves no name, e-mail or provider's number behind. The audit log knows people by a number of ours alone, and
keeps it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, or_, select, update

from domain.audit import Actor, Deed
from domain.errors import Conflict, Invalid
from domain.roles import Role
from models import audit, bulk, channels, deleting, people
from models.schema import channel, course, enrolment, invitation, membership, person, roster, session, token


class Fate(StrEnum):
    """What becomes of a channel when one of its members is erased."""

    LEFT = "left"
    """The person does not own it, or others do, too: it stays as it is."""
    BINNED = "binned"
    """They alone own it and nobody else is its member: it goes into the bin."""
    OPEN = "open"
    """They alone own it, and others are its members: it must be said who shall, or that it goes into the bin."""


@dataclass(frozen=True, slots=True)
class Heir:
    """A member who could own a channel from now on."""

    person_id: int
    name: str
    email: str
    role: Role


@dataclass(frozen=True, slots=True)
class Stake:
    """A channel somebody is a member of, and what becomes of it without them."""

    channel_id: int
    name: str
    fate: Fate
    heirs: tuple[Heir, ...] = ()


@dataclass(frozen=True, slots=True)
class Erasure:
    """What erasing somebody would do: to their channels, and how much else goes."""

    stakes: tuple[Stake, ...]
    courses: tuple[str, ...]
    sessions: int
    tokens: int
    invitations: int

    def of_fate(self, fate: Fate) -> list[Stake]:
        return [stake for stake in self.stakes if stake.fate is fate]


Decisions = Mapping[int, int | None]
"""Channel id → the person who shall own it; None: into the bin."""


def erasing(connection: Connection, actor: Actor) -> Erasure:
    """What would happen if this person were erased now. Nothing is changed."""
    person_id = people.behind(connection, actor).id
    addresses = _addresses(connection, person_id)
    courses = connection.scalars(
        select(course.c.code).join(enrolment).where(_enrolled(person_id, addresses)).order_by(course.c.code).distinct()
    )
    return Erasure(
        stakes=tuple(_stakes(connection, person_id)),
        courses=tuple(courses),
        sessions=_count(connection, session, (session.c.person_id == person_id) & session.c.revoked_at.is_(None)),
        tokens=_count(connection, token, (token.c.person_id == person_id) & token.c.revoked_at.is_(None)),
        invitations=_count(connection, invitation, invitation.c.email.in_(addresses)),
    )


def erase(connection: Connection, actor: Actor, decisions: Decisions) -> None:
    """Erase this person. What they leave behind is settled first: no channel with members loses its last owner.

    Raises Invalid where a channel needs a decision and has none, or is left to somebody who is not its member;
    Conflict where the person's channels changed meanwhile. Then nothing is erased.
    """
    person_id = people.behind(connection, actor).id
    _hold(connection, person_id)
    stakes = _stakes(connection, person_id)
    for stake in stakes:
        _settle(connection, actor, stake, decisions)
    addresses = _addresses(connection, person_id)
    connection.execute(delete(enrolment).where(_enrolled(person_id, addresses)))
    connection.execute(delete(invitation).where(invitation.c.email.in_(addresses)))
    _take_out_of_rosters(connection, addresses)
    # With the person go sessions, tokens and memberships; what they made stays, made by nobody.
    connection.execute(delete(person).where(person.c.id == person_id))
    audit.note(connection, actor, Deed.PERSON_ERASED, about_person_id=person_id, channels=len(stakes))


def _hold(connection: Connection, person_id: int) -> None:
    """Let nobody change this person's channels before the commit. Raises Conflict when somebody just did."""
    before = _channel_ids(connection, person_id)
    bulk.lock_channels(connection, before or [0])
    connection.execute(select(person.c.id).where(person.c.id == person_id).with_for_update())
    if _channel_ids(connection, person_id) != before:
        raise Conflict("Your channels have just changed.", hint="Look at what would happen now, then decide again.")


def _channel_ids(connection: Connection, person_id: int) -> list[int]:
    ids = select(membership.c.channel_id).where(membership.c.person_id == person_id)
    return list(connection.scalars(ids.order_by(membership.c.channel_id)))


def _stakes(connection: Connection, person_id: int) -> list[Stake]:
    """The person's channels, by name. Those in the bin stay there."""
    mine = connection.execute(
        select(channel.c.id, channel.c.name, membership.c.role)
        .join(membership, membership.c.channel_id == channel.c.id)
        .where(membership.c.person_id == person_id, channel.c.deleted_at.is_(None))
        .order_by(func.lower(channel.c.name), channel.c.id)
    ).all()
    others = _other_members(connection, person_id, [row.id for row in mine])
    return [_stake(row.id, row.name, Role(row.role), others[row.id]) for row in mine]


def _other_members(connection: Connection, person_id: int, channel_ids: Collection[int]) -> dict[int, list[Heir]]:
    found: dict[int, list[Heir]] = {channel_id: [] for channel_id in channel_ids}
    rows = connection.execute(
        select(membership.c.channel_id, membership.c.role, person.c.id, person.c.name, person.c.email)
        .join(person, person.c.id == membership.c.person_id)
        .where(membership.c.channel_id.in_(found), membership.c.person_id != person_id)
        .order_by(func.lower(person.c.name), person.c.id)
    )
    for row in rows:
        found[row.channel_id].append(Heir(row.id, row.name, row.email or "", Role(row.role)))
    return found


def _stake(channel_id: int, name: str, own_role: Role, others: Sequence[Heir]) -> Stake:
    if own_role is not Role.OWNER or any(other.role is Role.OWNER for other in others):
        return Stake(channel_id, name, Fate.LEFT)
    if not others:
        return Stake(channel_id, name, Fate.BINNED)
    by_role = sorted(others, key=lambda heir: heir.role.rank)
    return Stake(channel_id, name, Fate.OPEN, tuple(by_role))


def _settle(connection: Connection, actor: Actor, stake: Stake, decisions: Decisions) -> None:
    heir_id = None
    if stake.fate is Fate.OPEN:
        heir_id = _heir_of(stake, decisions)
    if heir_id is not None:
        _hand_over(connection, actor, stake, heir_id)
    elif stake.fate is not Fate.LEFT:
        deleting.put_into_bin(connection, actor, stake.channel_id)
    channels.touch(connection, stake.channel_id)


def _heir_of(stake: Stake, decisions: Decisions) -> int | None:
    if stake.channel_id not in decisions:
        raise Invalid(f"It is not said what becomes of “{stake.name}”.", hint="Choose who shall own it, or delete it.")
    heir_id = decisions[stake.channel_id]
    if heir_id is not None and heir_id not in {heir.person_id for heir in stake.heirs}:
        raise Invalid(f"“{stake.name}” can only be left to one of its members.")
    return heir_id


def _hand_over(connection: Connection, actor: Actor, stake: Stake, heir_id: int) -> None:
    theirs = (membership.c.channel_id == stake.channel_id) & (membership.c.person_id == heir_id)
    connection.execute(update(membership).where(theirs).values(role=str(Role.OWNER), is_from_roster=False))
    people.touch(connection, heir_id)
    audit.note(connection, actor, Deed.CHANNEL_TRANSFERRED, channel_id=stake.channel_id, about_person_id=heir_id)


def _addresses(connection: Connection, person_id: int) -> list[str]:
    """The person's own address, and others under which a roster knows them."""
    own = select(person.c.email).where(person.c.id == person_id, person.c.email.is_not(None))
    enrolled = select(enrolment.c.email).where(enrolment.c.person_id == person_id)
    return sorted(connection.scalars(own.union(enrolled)))


def _enrolled(person_id: int, addresses: Collection[str]) -> ColumnElement[bool]:
    return or_(enrolment.c.person_id == person_id, enrolment.c.email.in_(addresses))


def _count(connection: Connection, table: Any, which: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(which)).scalar_one())


def _take_out_of_rosters(connection: Connection, addresses: Collection[str]) -> None:
    """Undoing a roster must not bring back somebody who was erased."""
    for row in connection.execute(select(roster.c.id, roster.c.before)).all():
        if any(address in row.before.lower() for address in addresses):
            kept = json.dumps(without(json.loads(row.before), addresses), ensure_ascii=False)
            connection.execute(update(roster).where(roster.c.id == row.id).values(before=kept))


def without(value: Any, addresses: Collection[str]) -> Any:
    """What JSON holds, without the objects of every list, and the entries of every object, that name an address."""
    if isinstance(value, list):
        return [without(each, addresses) for each in value if not _names(each, addresses)]
    if isinstance(value, dict):
        return {name: without(each, addresses) for name, each in value.items() if not _is_one(name, addresses)}
    return value


def _names(value: Any, addresses: Collection[str]) -> bool:
    """Whether a row of a list is about one of the addresses."""
    if isinstance(value, dict):
        return any(_is_one(each, addresses) for each in (*value, *value.values()))
    if isinstance(value, list):
        return any(_is_one(each, addresses) for each in value)
    return _is_one(value, addresses)


def _is_one(value: Any, addresses: Collection[str]) -> bool:
    return isinstance(value, str) and value.lower() in addresses
