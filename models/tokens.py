"""Personal tokens: what a program carries to speak for somebody. Found by digest; the token itself is kept nowhere.

A token never does more than its owner may at that moment, never what an admin may, and it always ends.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, insert, or_, select, update

from domain.audit import Actor, Deed
from domain.channels import Channel
from domain.errors import Forbidden, Invalid, NotFound, TokenUnknown, TooMany
from domain.roles import Act, Viewer
from domain.timespan import DAY
from domain.tokens import Life, Scope, reach_of
from models import audit, channels, people, rights
from models.keys import LastUse, name_from
from models.schema import channel, person, token
from models.vault import Vault

MOST_TOKENS = 50
"""Tokens of a person that are good at once."""

SHOWN_AFTER = 30 * DAY
"""How long a token is still listed after it ended; then it is forgotten, and from where it was used with it."""


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """Who speaks with a token, and how far it reaches."""

    token_id: int
    person_id: int
    scopes: frozenset[Scope]

    @property
    def viewer(self) -> Viewer:
        """The person, within the token's reach, without an admin's rights."""
        return Viewer.person(self.person_id, acts=reach_of(self.scopes))


@dataclass(frozen=True, slots=True)
class TokenWriter:
    """Who speaks with a token to one channel, with the channel as it stood when that was looked up."""

    token_id: int
    channel: Channel


@dataclass(frozen=True, slots=True)
class TokenShown:
    """A token as its owner sees it."""

    id: int
    name: str
    scopes: frozenset[Scope]
    created_at: int
    ends_at: int
    revoked_at: int | None
    last_used_at: int | None
    last_used_from: str | None


def make(
    connection: Connection, actor: Actor, vault: Vault, name: str, scopes: Collection[Scope], life: Life, written: str
) -> int:
    """Give the actor a token and return its number; `written` is the token itself. Raises Invalid or TooMany."""
    person_id = _owner(actor)
    name = name_from(name)
    if not name:
        raise Invalid("A token needs a name: the program that will carry it, for example.")
    if not scopes:
        raise Invalid("A token that may do nothing is of no use: choose reading, writing, or both.")
    people.touch(connection, person_id)  # two made at once wait here for each other, so that their number holds
    _refuse_too_many(connection, person_id, actor.at)
    values = {
        "person_id": person_id,
        "name": name,
        "digest": vault.digest(written),
        "scopes": " ".join(sorted(scopes)),
        "created_at": actor.at,
        "ends_at": actor.at + life.length,
    }
    made = int(connection.execute(insert(token).values(values).returning(token.c.id)).scalar_one())
    audit.note(connection, actor, Deed.TOKEN_MADE, token=made, scopes=sorted(map(str, scopes)), life=life.label)
    return made


def find(connection: Connection, digest: bytes, now: int) -> TokenHolder:
    """Who speaks. Raises TokenUnknown alike for a token that never was, one that is over and one that was revoked."""
    row = connection.execute(
        select(token.c.id, token.c.person_id, token.c.scopes)
        .join(person, person.c.id == token.c.person_id)
        .where(token.c.digest == digest, person.c.email.is_not(None), _is_good(now))
    ).one_or_none()
    if row is None:
        raise TokenUnknown
    return TokenHolder(row.id, row.person_id, _scopes(row.scopes))


def find_writer(connection: Connection, digest: bytes, now: int, channel_id: int) -> TokenWriter:
    """Who sends to this channel with a token.

    Raises TokenUnknown, Forbidden for a token that may only read or an owner who may only see the channel, and NotFound
    where the token does not let its owner see it. What the token is worth is said before anything of the channel.
    """
    holder = find(connection, digest, now)
    if Scope.WRITE not in holder.scopes:
        raise Forbidden("This token is for reading alone.", hint="Make a token that may also send, at /account/tokens.")
    may_write = rights.may(holder.viewer, Act.CONTRIBUTE)
    # Not `channels.may`: a token that may only send need not see.
    seen = or_(rights.may(holder.viewer, Act.SEE), may_write)
    row = connection.execute(select(may_write.label("may")).where(channel.c.id == channel_id, seen)).one_or_none()
    if row is None:
        raise NotFound(f"There is no channel {channel_id} that you may see.")
    if not row.may:
        raise Forbidden("You may not send to this channel.", hint="Ask one of its owners to make you an editor.")
    return TokenWriter(holder.token_id, channels.known(connection, channel_id))


def list_of(connection: Connection, actor: Actor) -> list[TokenShown]:
    """The actor's own tokens: the good ones, newest first, then those that ended within 30 days."""
    rows = connection.execute(
        select(token)
        .where(token.c.person_id == _owner(actor), _ended_at() > actor.at - SHOWN_AFTER)
        .order_by((_ended_at() <= actor.at), token.c.id.desc())
    )
    return [_shown(row) for row in rows]


def revoke(connection: Connection, actor: Actor, token_id: int) -> None:
    """End one of the actor's tokens, at once and in every process. Raises NotFound."""
    person_id = _owner(actor)
    mine = (token.c.id == token_id) & (token.c.person_id == person_id) & _is_good(actor.at)
    people.touch(connection, person_id)
    if not connection.execute(update(token).where(mine).values(revoked_at=actor.at)).rowcount:
        raise NotFound("There is no such token of yours, or it is over already.")
    audit.note(connection, actor, Deed.TOKEN_REVOKED, token=token_id)


def end_due(connection: Connection, now: int) -> None:
    """Revoke the tokens whose time is over, so that the streams they hold open end with them."""
    due = (token.c.ends_at <= now) & token.c.revoked_at.is_(None)
    for person_id in sorted(connection.scalars(select(token.c.person_id).where(due).distinct()).all()):
        people.touch(connection, person_id)
        connection.execute(update(token).where(token.c.person_id == person_id, due).values(revoked_at=token.c.ends_at))


def forget_old(connection: Connection, now: int) -> None:
    """Forget the tokens that ended long ago."""
    connection.execute(delete(token).where(_ended_at() <= now - SHOWN_AFTER))


def note_uses(connection: Connection, uses: Mapping[int, LastUse]) -> None:
    """Write down the last uses collected in memory, by token id."""
    if not uses:
        return
    rows = [  # in the order of their ids, so that two processes never wait for each other in a circle
        {"which": token_id, "at": use.at, "address": use.address[:64]} for token_id, use in sorted(uses.items())
    ]
    statement = (
        update(token)
        .where(token.c.id == bindparam("which"))
        .values(last_used_at=bindparam("at"), last_used_from=bindparam("address"))
    )
    connection.execute(statement, rows)


def _owner(actor: Actor) -> int:
    """Who acts, in person: a token makes and ends no tokens. Raises Forbidden."""
    if actor.person_id is None or actor.viewer.acts is not None:
        raise Forbidden("Tokens are made and ended by people who are signed in.", hint="Sign in first.")
    return actor.person_id


def _refuse_too_many(connection: Connection, person_id: int, now: int) -> None:
    mine = (token.c.person_id == person_id) & _is_good(now)
    if connection.execute(select(func.count()).select_from(token).where(mine)).scalar_one() >= MOST_TOKENS:
        raise TooMany(f"A person has at most {MOST_TOKENS} tokens.", hint="Revoke one that is not used any more.")


def _is_good(now: int) -> ColumnElement[bool]:
    return token.c.revoked_at.is_(None) & (token.c.ends_at > now)


def _ended_at() -> ColumnElement[Any]:
    return func.coalesce(token.c.revoked_at, token.c.ends_at)


def _scopes(stored: str) -> frozenset[Scope]:
    return frozenset(Scope(word) for word in stored.split())


def _shown(row: Row[Any]) -> TokenShown:
    return TokenShown(
        id=row.id,
        name=row.name,
        scopes=_scopes(row.scopes),
        created_at=row.created_at,
        ends_at=row.ends_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
        last_used_from=row.last_used_from,
    )
