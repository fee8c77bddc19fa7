"""Invitations to a channel: to an e-mail address of the college, or by a link that anybody signed in may use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from domain.audit import Actor, Deed
from domain.errors import Forbidden, Invalid, NotFound, SignInNeeded, TooMany
from domain.people import College, normal_email
from domain.roles import Act, Role, Viewer
from domain.timespan import DAY
from models import audit, bulk, channels, memberships
from models.schema import channel, invitation, membership, person
from models.vault import Vault

MOST_PEOPLE = 500
"""Members and waiting invitations of one channel."""

MOST_LINKS = 20
"""Links of one channel that work at the same time."""

WAITS = 180 * DAY
"""How long an invitation waits for somebody to sign in; inviting again begins anew."""

LONGEST_LINK = 366 * DAY


class Outcome(StrEnum):
    """What became of an invitation by e-mail."""

    JOINED = "joined"
    RAISED = "raised"
    MEMBER_ALREADY = "member already"
    WAITS = "waits"
    CHANGED = "changed"
    WAITS_ALREADY = "waits already"


@dataclass(frozen=True, slots=True)
class Invited:
    """An address that was invited, what became of it, and the role it has by now."""

    email: str
    outcome: Outcome
    role: Role


@dataclass(frozen=True, slots=True)
class Waiting:
    """An invitation nobody has taken up, or a link (without an e-mail).

    `written` is the secret of a link, for those who may give its role; None for everybody else.
    """

    id: int
    role: Role
    email: str | None
    written: str | None
    is_from_roster: bool
    made_at: int
    made_by_name: str
    ends_at: int | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a link offers. `own_role`: what the one who looks is to the channel already."""

    channel_id: int
    channel_name: str
    role: Role
    made_by_name: str
    ends_at: int | None
    own_role: Role | None

    @property
    def brings_something(self) -> bool:
        """Whether joining would change what the one who looks is."""
        return self.own_role is None or self.role.rank < self.own_role.rank


def invite(connection: Connection, actor: Actor, college: College, channel_id: int, email: str, role: Role) -> Invited:
    """Make whoever has this address a member, at once where they have signed in before, else when they do.

    Raises Invalid for an address that is none, or none of the college; Forbidden, NotFound, TooMany.
    """
    _let_give(connection, actor, channel_id, role)
    address = _of_college(college, email)
    holder = connection.execute(select(person.c.id).where(person.c.email == address)).scalar_one_or_none()
    _forget_ended(connection, channel_id, actor.at)
    if holder is None:
        return _wait_for(connection, actor, channel_id, address, role)
    before = memberships.role_of(connection, channel_id, holder)
    if before is not None and before.rank <= role.rank:
        return Invited(address, Outcome.MEMBER_ALREADY, before)
    if before is None:
        _refuse_crowd(connection, channel_id)
    memberships.join(connection, channel_id, holder, role, now=actor.at, added_by=actor.person_id)
    audit.note(connection, actor, Deed.MEMBER_INVITED, channel_id=channel_id, about_person_id=holder, role=str(role))
    return Invited(address, Outcome.JOINED if before is None else Outcome.RAISED, role)


def make_link(
    connection: Connection, actor: Actor, vault: Vault, channel_id: int, role: Role, ends_at: int, written: str
) -> int:
    """Make a link by which anybody who signs in becomes a member, until then; `written` is its secret. Returns its id.

    Raises Forbidden, NotFound, TooMany, Invalid for an end that has passed or lies more than a year ahead.
    """
    _let_give(connection, actor, channel_id, role)
    if not actor.at < ends_at <= actor.at + LONGEST_LINK:
        raise Invalid("A link ends in the future, within a year.", hint="Choose another day.")
    _forget_ended(connection, channel_id, actor.at)
    if _count(connection, channel_id, invitation.c.email.is_(None)) >= MOST_LINKS:
        raise TooMany(f"This channel has {MOST_LINKS} links already.", hint="End one that is no longer needed.")
    values = _values(actor, channel_id, role, ends_at)
    values |= {"digest": vault.digest(written), "sealed": vault.seal(written)}
    made = connection.execute(insert(invitation).values(values).returning(invitation.c.id)).scalar_one()
    channels.touch(connection, channel_id)
    audit.note(connection, actor, Deed.MEMBER_INVITED, channel_id=channel_id, link=made, role=str(role))
    return int(made)


def waiting(connection: Connection, viewer: Viewer, vault: Vault, channel_id: int, now: int) -> list[Waiting]:
    """The links and invitations that are not over, newest first, for those who may change members; others see none.

    Raises NotFound.
    """
    reached = memberships.reach(connection, viewer, channel_id)
    if not reached:
        return []
    own = memberships.role_of(connection, channel_id, viewer.person_id)
    rows = connection.execute(
        select(invitation, person.c.name.label("made_by_name"))
        .outerjoin(person, person.c.id == invitation.c.made_by)
        .where(invitation.c.channel_id == channel_id, _holds(now))
        .order_by(invitation.c.made_at.desc(), invitation.c.id.desc())
    )
    return [_waiting(row, vault, own) for row in rows]


def end(connection: Connection, actor: Actor, channel_id: int, invitation_id: int) -> None:
    """End a link or an invitation of the channel. Raises NotFound, Forbidden for one that gives more than one may."""
    bulk.lock_channels(connection, [channel_id])
    reached = memberships.reach(connection, actor.viewer, channel_id)
    if not reached:
        raise Forbidden("Your role in this channel does not let you invite.", hint="Ask one of its owners.")
    which = (invitation.c.id == invitation_id) & (invitation.c.channel_id == channel_id)
    role = connection.execute(select(invitation.c.role).where(which)).scalar_one_or_none()
    if role is None:
        raise NotFound("There is no such invitation, or it has been taken up.", hint="Look at the members.")
    _refuse_above(reached, Role(role))
    connection.execute(delete(invitation).where(which))
    channels.touch(connection, channel_id)
    audit.note(connection, actor, Deed.INVITATION_ENDED, channel_id=channel_id, invitation=invitation_id, role=role)


def look_up(connection: Connection, viewer: Viewer, digest: bytes, now: int) -> Offer:
    """What a link offers to somebody. Raises NotFound alike for one that never was, was ended, or is over."""
    own = select(membership.c.role).where(
        membership.c.channel_id == channel.c.id, membership.c.person_id == viewer.person_id
    )
    row = connection.execute(
        select(invitation, channel.c.name, person.c.name.label("made_by_name"), own.scalar_subquery().label("own_role"))
        .join(channel, channel.c.id == invitation.c.channel_id)
        .outerjoin(person, person.c.id == invitation.c.made_by)
        .where(invitation.c.digest == digest, _holds(now), channel.c.deleted_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound(
            "This link does not work, or no longer.",
            hint="Links end on the day that was chosen for them. Ask whoever sent it for a new one.",
        )
    own_role = None if row.own_role is None else Role(row.own_role)
    return Offer(row.channel_id, row.name, Role(row.role), row.made_by_name or "", row.ends_at, own_role)


def accept(connection: Connection, actor: Actor, digest: bytes) -> int:
    """Make the actor a member as the link offers, and return the channel's id.

    Who is that or more already stays what they are. Raises NotFound, TooMany, SignInNeeded.
    """
    person_id = actor.person_id
    if person_id is None:
        raise SignInNeeded
    offer = look_up(connection, actor.viewer, digest, actor.at)
    bulk.lock_channels(connection, [offer.channel_id])
    offer = look_up(connection, actor.viewer, digest, actor.at)  # it may have been ended before the lock was ours
    if not offer.brings_something:
        return offer.channel_id
    if offer.own_role is None:
        _refuse_crowd(connection, offer.channel_id)
    made_by = connection.execute(select(invitation.c.made_by).where(invitation.c.digest == digest)).scalar_one()
    memberships.join(connection, offer.channel_id, person_id, offer.role, now=actor.at, added_by=made_by)
    audit.note(
        connection,
        actor,
        Deed.MEMBER_JOINED,
        channel_id=offer.channel_id,
        about_person_id=person_id,
        role=str(offer.role),
        by="link",
    )
    return offer.channel_id


def forget_ended(connection: Connection, now: int) -> None:
    """Forget invitations and links that are over."""
    connection.execute(delete(invitation).where(~_holds(now)))


def _let_give(connection: Connection, actor: Actor, channel_id: int, role: Role) -> None:
    """Hold the channel for an actor who may make somebody this in it."""
    bulk.lock_channels(connection, [channel_id])
    channels.may(connection, actor.viewer, Act.CONTRIBUTE, channel_id)
    _refuse_above(memberships.reach(connection, actor.viewer, channel_id), role)


def _refuse_above(reached: frozenset[Role], role: Role) -> None:
    if role not in reached:
        raise Forbidden(f"Your role does not let you make somebody {role}.", hint="Ask one of the owners.")


def _of_college(college: College, email: str) -> str:
    address = normal_email(email)
    if not college.takes(address):
        domains = " or ".join(f"@{domain}" for domain in sorted(college.domains)) or "nothing yet (COLLEGE_DOMAINS)"
        raise Invalid(
            f"{address} is not an address of the college: those end in {domains}.",
            hint="Only people of the college can sign in here, so nobody else can become a member.",
        )
    return address


def _wait_for(connection: Connection, actor: Actor, channel_id: int, address: str, role: Role) -> Invited:
    which = (invitation.c.channel_id == channel_id) & (invitation.c.email == address)
    values = _values(actor, channel_id, role, actor.at + WAITS)
    known = connection.execute(select(invitation).where(which)).one_or_none()
    if known is None:
        _refuse_crowd(connection, channel_id)
        connection.execute(insert(invitation).values(values | {"email": address}))
        outcome = Outcome.WAITS
    else:
        _refuse_above(memberships.reach(connection, actor.viewer, channel_id), Role(known.role))
        connection.execute(update(invitation).where(which).values(values | {"is_from_roster": False}))
        outcome = Outcome.WAITS_ALREADY if known.role == str(role) else Outcome.CHANGED
    channels.touch(connection, channel_id)
    audit.note(connection, actor, Deed.MEMBER_INVITED, channel_id=channel_id, role=str(role))
    return Invited(address, outcome, role)


def _values(actor: Actor, channel_id: int, role: Role, ends_at: int) -> dict[str, Any]:
    return {
        "channel_id": channel_id,
        "role": str(role),
        "made_by": actor.person_id,
        "made_at": actor.at,
        "ends_at": ends_at,
    }


def _refuse_crowd(connection: Connection, channel_id: int) -> None:
    people = memberships.count(connection, channel_id) + _count(connection, channel_id, invitation.c.email.is_not(None))
    if people >= MOST_PEOPLE:
        raise TooMany(
            f"This channel has {MOST_PEOPLE} members and invitations, the most it can have.",
            hint="Remove members who no longer take part. To show it to everybody, make the channel public instead.",
        )


def _count(connection: Connection, channel_id: int, kind: ColumnElement[bool]) -> int:
    of_it = (invitation.c.channel_id == channel_id) & kind
    return int(connection.execute(select(func.count()).select_from(invitation).where(of_it)).scalar_one())


def _forget_ended(connection: Connection, channel_id: int, now: int) -> None:
    connection.execute(delete(invitation).where(invitation.c.channel_id == channel_id, ~_holds(now)))


def _holds(now: int) -> ColumnElement[bool]:
    """The condition under which an invitation is not over."""
    return invitation.c.ends_at.is_(None) | (invitation.c.ends_at > now)


def _waiting(row: Row[Any], vault: Vault, own: Role | None) -> Waiting:
    role = Role(row.role)
    may_show = row.sealed is not None and own is not None and own.may_give(role)
    return Waiting(
        id=row.id,
        role=role,
        email=row.email,
        written=vault.try_unseal(row.sealed) if may_show else None,
        is_from_roster=row.is_from_roster,
        made_at=row.made_at,
        made_by_name=row.made_by_name or "",
        ends_at=row.ends_at,
    )
