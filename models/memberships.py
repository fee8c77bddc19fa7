"""Members of a channel: listed, joined, changed, removed. A channel that has an owner keeps one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from domain.audit import Actor, Deed
from domain.errors import Forbidden, LastOwner, NotFound
from domain.people import Person
from domain.roles import Act, Role, Viewer
from models import audit, bulk, channels, people, rights
from models.schema import channel, invitation, membership, person


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs to a channel. `is_from_roster`: the roster of its course made them a member."""

    person_id: int
    name: str
    email: str
    role: Role
    is_from_roster: bool
    added_at: int
    added_by_name: str


def of_channel(connection: Connection, viewer: Viewer, channel_id: int) -> list[Member]:
    """The members of a channel, owners first, then by name.

    Raises NotFound where the viewer may not see the channel, Forbidden where they may see it but not its people.
    """
    channels.may(connection, viewer, Act.SEE_PEOPLE, channel_id)
    one, giver = membership.alias(), person.alias()
    rows = connection.execute(
        select(one, person.c.name, person.c.email, giver.c.name.label("added_by_name"))
        .join(channel, channel.c.id == one.c.channel_id)
        .join(person, person.c.id == one.c.person_id)
        .outerjoin(giver, giver.c.id == one.c.added_by)
        .where(one.c.channel_id == channel_id, rights.may(viewer, Act.SEE_PEOPLE))
    )
    found = [_member(row) for row in rows]
    return sorted(found, key=lambda each: (each.role.rank, (each.name or each.email).lower(), each.person_id))


def role_of(connection: Connection, channel_id: int, person_id: int | None) -> Role | None:
    """What somebody is to a channel; None for who is no member of it."""
    mine = (membership.c.channel_id == channel_id) & (membership.c.person_id == person_id)
    found = connection.execute(select(membership.c.role).where(mine)).scalar_one_or_none()
    return None if found is None else Role(found)


def join(
    connection: Connection,
    channel_id: int,
    person_id: int,
    role: Role,
    *,
    now: int,
    added_by: int | None = None,
    is_from_roster: bool = False,
) -> None:
    """Make somebody a member, or what they are already a higher role. Whoever asks has seen to it that this may be.

    A role is never lowered, but for one a roster gave and a roster changes. What was given by hand, be it on top of a
    roster, is from then on no matter of the roster's. The last owner stays one.
    """
    bulk.lock_channels(connection, [channel_id])
    mine = (membership.c.channel_id == channel_id) & (membership.c.person_id == person_id)
    known = connection.execute(select(membership).where(mine)).one_or_none()
    if known is None:
        values = {"channel_id": channel_id, "person_id": person_id, "role": str(role), "added_at": now}
        more = {"added_by": added_by, "is_from_roster": is_from_roster}
        connection.execute(insert(membership).values(values | more))
    else:
        may_lower = is_from_roster and known.is_from_roster and not _is_last_owner(connection, channel_id, person_id)
        reached = role if may_lower else min(role, Role(known.role), key=lambda one: one.rank)
        kept = {"role": str(reached), "is_from_roster": is_from_roster and known.is_from_roster}
        connection.execute(update(membership).where(mine).values(kept))
    _touch(connection, channel_id, person_id)


def take_up(connection: Connection, person: Person, now: int) -> None:
    """Make somebody a member wherever their e-mail address is invited to. An invitation that is over brings nothing."""
    theirs = invitation.c.email == person.email
    waits = theirs & (invitation.c.ends_at.is_(None) | (invitation.c.ends_at > now))
    channel_ids = connection.scalars(
        select(invitation.c.channel_id).where(waits).order_by(invitation.c.channel_id)
    ).all()
    if not channel_ids:
        return
    bulk.lock_channels(connection, list(channel_ids))
    held = waits & invitation.c.channel_id.in_(channel_ids)  # one may have been ended before the lock was ours
    found = connection.execute(select(invitation).where(held).order_by(invitation.c.channel_id)).all()
    newcomer = Actor(Viewer.person(person.id), "", now)
    for row in found:
        role, by = Role(row.role), row.made_by
        join(connection, row.channel_id, person.id, role, now=now, added_by=by, is_from_roster=row.is_from_roster)
        audit.note(connection, newcomer, Deed.MEMBER_JOINED, channel_id=row.channel_id, role=row.role, by="e-mail")
    connection.execute(delete(invitation).where(invitation.c.id.in_([row.id for row in found])))


def change_role(connection: Connection, actor: Actor, channel_id: int, person_id: int, role: Role) -> None:
    """Make a member something else. Links that give more than the new role end: who is lowered may know them.

    Raises NotFound, Forbidden for who may not change this member or give this role, LastOwner.
    """
    before = _changeable(connection, actor, channel_id, person_id, role)
    if before is role:
        return
    if role.rank > before.rank:
        _keep_an_owner(connection, channel_id, person_id)
        end_links(connection, channel_id, [each for each in Role if each.rank < role.rank])
    mine = (membership.c.channel_id == channel_id) & (membership.c.person_id == person_id)
    connection.execute(update(membership).where(mine).values(role=str(role), is_from_roster=False))
    _touch(connection, channel_id, person_id)
    audit.note(
        connection,
        actor,
        Deed.MEMBER_CHANGED,
        channel_id=channel_id,
        about_person_id=person_id,
        before=str(before),
        role=str(role),
    )


def remove(connection: Connection, actor: Actor, channel_id: int, person_id: int) -> None:
    """End somebody's membership. All links of the channel end, too: who is removed may know them.

    Raises NotFound, Forbidden for who may not remove this member, LastOwner.
    """
    before = _changeable(connection, actor, channel_id, person_id)
    _end(connection, channel_id, person_id)
    end_links(connection, channel_id, list(Role))
    audit.note(
        connection, actor, Deed.MEMBER_REMOVED, channel_id=channel_id, about_person_id=person_id, role=str(before)
    )


def leave(connection: Connection, actor: Actor, channel_id: int) -> None:
    """End one's own membership. Raises NotFound for who is no member, LastOwner."""
    bulk.lock_channels(connection, [channel_id])
    channels.find(connection, actor.viewer, channel_id)
    person_id = actor.person_id
    before = role_of(connection, channel_id, person_id)
    if person_id is None or before is None:
        raise NotFound("You are no member of this channel.")
    _end(connection, channel_id, person_id)
    audit.note(
        connection,
        actor,
        Deed.MEMBER_REMOVED,
        channel_id=channel_id,
        about_person_id=person_id,
        role=str(before),
        left=True,
    )


def reach(connection: Connection, viewer: Viewer, channel_id: int) -> frozenset[Role]:
    """The roles a viewer may change, and give to members: all for who controls the channel, else up to one's own.

    None for a token: what it brought in would stay when the token ends. Raises NotFound.
    """
    acts = channels.acts(connection, viewer, channel_id)
    if viewer.acts is not None:
        return frozenset()
    if Act.CONTROL in acts:
        return frozenset(Role)
    own = role_of(connection, channel_id, viewer.person_id)
    if Act.CONTRIBUTE not in acts or own is None:
        return frozenset()
    return frozenset(role for role in Role if own.may_give(role))


def end_links(connection: Connection, channel_id: int, roles: Collection[Role]) -> None:
    """End the channel's links that make somebody one of these."""
    is_link = (invitation.c.channel_id == channel_id) & invitation.c.email.is_(None)
    connection.execute(delete(invitation).where(is_link, invitation.c.role.in_(map(str, roles))))


def count(connection: Connection, channel_id: int) -> int:
    """How many members a channel has."""
    of_it = membership.c.channel_id == channel_id
    return int(connection.execute(select(func.count()).select_from(membership).where(of_it)).scalar_one())


def _changeable(
    connection: Connection, actor: Actor, channel_id: int, person_id: int, role: Role | None = None
) -> Role:
    """What a member is, held until the commit, for an actor who may change this member, and to that role."""
    bulk.lock_channels(connection, [channel_id])
    reached = reach(connection, actor.viewer, channel_id)
    if not reached:
        raise Forbidden("Your role in this channel does not let you change its members.", hint="Ask one of its owners.")
    before = role_of(connection, channel_id, person_id)
    if before is None:
        raise NotFound("They are no member of this channel.")
    if before not in reached:
        raise Forbidden(f"Your role does not let you change an {before}.", hint="Ask one of the owners.")
    if role is not None and role not in reached:
        raise Forbidden(f"Your role does not let you make somebody {role}.", hint="Ask one of the owners.")
    return before


def _end(connection: Connection, channel_id: int, person_id: int) -> None:
    _keep_an_owner(connection, channel_id, person_id)
    mine = (membership.c.channel_id == channel_id) & (membership.c.person_id == person_id)
    connection.execute(delete(membership).where(mine))
    _touch(connection, channel_id, person_id)


def _keep_an_owner(connection: Connection, channel_id: int, person_id: int) -> None:
    if _is_last_owner(connection, channel_id, person_id):
        raise LastOwner("They are the only owner of this channel.")


def _is_last_owner(connection: Connection, channel_id: int, person_id: int) -> bool:
    owns = (membership.c.channel_id == channel_id) & (membership.c.role == str(Role.OWNER))
    return list(connection.scalars(select(membership.c.person_id).where(owns).limit(2))) == [person_id]


def _touch(connection: Connection, channel_id: int, person_id: int) -> None:
    channels.touch(connection, channel_id)
    people.touch(connection, person_id)


def _member(row: Row[Any]) -> Member:
    return Member(
        person_id=row.person_id,
        name=row.name,
        email=row.email or "",
        role=Role(row.role),
        is_from_roster=row.is_from_roster,
        added_at=row.added_at,
        added_by_name=row.added_by_name or "",
    )
