"""Who owns a channel: made by somebody, handed over to somebody else. No channel is left without an owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from domain.audit import Actor, Deed
from domain.channels import Channel, Visibility
from domain.describing import About, WantedFeed, faults_about, faults_in_feeds, interval_fault
from domain.errors import Complaint, Invalid, SignInNeeded, TooMany
from domain.roles import Act, Right, Role
from models import audit, bulk, channels, feeds, keys, memberships, people
from models.appending import MOST_FEEDS
from models.channel_settings import refuse
from models.channels import NewFeed
from models.schema import membership
from models.vault import Vault

MOST_OWNED = 200
"""Channels one person may own, those in the bin among them."""


@dataclass(frozen=True, slots=True)
class NewChannel:
    """A channel as somebody wants it made."""

    name: str
    description: str = ""
    visibility: Visibility = Visibility.COLLEGE
    feeds: Sequence[WantedFeed] = ()
    accepts_new_feeds: bool = True
    expected_interval_s: float | None = None


def own_new(connection: Connection, actor: Actor, vault: Vault, written_key: str, wanted: NewChannel) -> Channel:
    """Make a channel with its first write key; who makes it owns it.

    Raises SignInNeeded, Invalid with a complaint a field (`/name`, `/feeds/0/unit`), TooMany.
    """
    if actor.person_id is None:
        raise SignInNeeded
    rows = [feeds.normal(feed) for feed in wanted.feeds]
    refuse(_faults(wanted, rows))
    owns = (membership.c.person_id == actor.person_id) & (membership.c.role == str(Role.OWNER))
    if connection.execute(select(func.count()).select_from(membership).where(owns)).scalar_one() >= MOST_OWNED:
        raise TooMany(
            f"You own {MOST_OWNED} channels, the most one person may own.",
            hint="Delete one or hand it over. A channel in the bin counts until it is gone.",
        )
    made = channels.create(
        connection,
        name=wanted.name.strip(),
        description=wanted.description.strip(),
        visibility=wanted.visibility,
        feeds=[NewFeed(row.name, row.kind, row.unit, row.title) for row in rows],
        accepts_new_feeds=wanted.accepts_new_feeds,
        expected_interval_s=wanted.expected_interval_s,
        now=actor.at,
    )
    memberships.join(connection, made.id, actor.person_id, Role.OWNER, now=actor.at)
    keys.create(connection, vault, made.id, Right.WRITE, written_key, now=actor.at, made_by=actor.person_id)
    audit.note(connection, actor, Deed.CHANNEL_MADE, channel_id=made.id, name=made.name)
    return channels.known(connection, made.id)


def transfer(connection: Connection, actor: Actor, channel_id: int, person_id: int) -> None:
    """Make another member the owner, and who hands over an editor; where an admin does it, all former owners.

    Links that make owners end: who hands over may know them.
    Raises NotFound, Forbidden, Invalid where the other is no member, or is who hands over.
    """
    bulk.lock_channels(connection, [channel_id])
    channels.may(connection, actor.viewer, Act.CONTROL, channel_id)
    role = memberships.role_of(connection, channel_id, person_id)
    if role is None:
        raise Invalid("Only a member can become the owner.", hint="Add them under Members first.")
    owners = _owners(connection, channel_id)
    leaving = [actor.person_id] if actor.person_id in owners else owners
    if person_id in leaving:
        raise Invalid("They own the channel already.")
    _set_role(connection, channel_id, [person_id], Role.OWNER)
    _set_role(connection, channel_id, leaving, Role.EDITOR)
    memberships.end_links(connection, channel_id, [Role.OWNER])
    channels.touch(connection, channel_id)
    audit.note(connection, actor, Deed.CHANNEL_TRANSFERRED, channel_id=channel_id, about_person_id=person_id)


def _owners(connection: Connection, channel_id: int) -> list[int | None]:
    owns = (membership.c.channel_id == channel_id) & (membership.c.role == str(Role.OWNER))
    return list(connection.scalars(select(membership.c.person_id).where(owns)))


def _set_role(connection: Connection, channel_id: int, person_ids: Sequence[int | None], role: Role) -> None:
    theirs = (membership.c.channel_id == channel_id) & membership.c.person_id.in_(person_ids)
    connection.execute(update(membership).where(theirs).values(role=str(role), is_from_roster=False))
    for person_id in person_ids:
        if person_id is not None:
            people.touch(connection, person_id)


def _faults(wanted: NewChannel, rows: Sequence[WantedFeed]) -> list[Complaint]:
    faults = faults_about(About(wanted.name, wanted.description))
    if fault := interval_fault(wanted.expected_interval_s):
        faults.append(Complaint("/interval", fault))
    if len(rows) > MOST_FEEDS:
        faults.append(Complaint("/feeds", f"A channel has at most {MOST_FEEDS} feeds."))
    faults += [Complaint(f"/feeds{each.pointer}", each.detail) for each in faults_in_feeds(rows)]
    return faults
