"""Keys: made, found by digest, rotated, revoked. The key itself is only kept sealed, by a secret outside the database.

Whatever changes a key touches its channel, in this order, so that two changes never wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, insert, or_, select, update

from domain.audit import Actor, Deed
from domain.channels import Channel
from domain.errors import Forbidden, Invalid, KeyUnknown, NotFound, TooMany
from domain.keys import Grace
from domain.leaks import refuse_leak
from domain.readings import Door
from domain.roles import Act, Right, Viewer
from domain.timespan import DAY
from models import audit, bulk, channels
from models.schema import channel, key, person
from models.vault import Vault

MOST_KEYS = 50
"""Keys of a channel that work at once."""

MOST_NAME_CHARS = 100

SHOWN_AFTER = 30 * DAY
"""How long a revoked key is still listed."""


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who speaks with a key: what it allows, and the channel it belongs to as it stood when the key was looked up.

    `ends_at`: when it stops to work by itself; None: never.
    """

    key_id: int
    right: Right
    channel: Channel
    ends_at: int | None = None


@dataclass(frozen=True, slots=True)
class LastUse:
    """When a key was last used, by which door, from which address."""

    at: int
    door: Door
    address: str


@dataclass(frozen=True, slots=True)
class KeyShown:
    """A key as its channel's people see it. `written` is None for an admin, and where it cannot be unsealed any more.

    `made_by` is empty where the command line made it, or who did is gone. A rotated key works until `ends_at`.
    """

    id: int
    right: Right
    name: str
    written: str | None
    created_at: int
    made_by: str
    ends_at: int | None
    revoked_at: int | None
    last_used_at: int | None
    last_used_door: str | None
    last_used_from: str | None


def create(
    connection: Connection,
    vault: Vault,
    channel_id: int,
    right: Right,
    written: str,
    *,
    now: int,
    name: str = "",
    made_by: int | None = None,
) -> int:
    """Add a key to a channel and return its id; `written` is the key itself. Raises NotFound.

    For the server's own use: who may is asked by `make`.
    """
    channels.known(connection, channel_id)
    values = {
        "channel_id": channel_id,
        "right": str(right),
        "name": name,
        "digest": vault.digest(written),
        "sealed": vault.seal(written),
        "created_at": now,
        "made_by": made_by,
    }
    channels.touch(connection, channel_id)
    return int(connection.execute(insert(key).values(values).returning(key.c.id)).scalar_one())


def make(
    connection: Connection, actor: Actor, vault: Vault, channel_id: int, right: Right, written: str, name: str
) -> int:
    """Add a key to a channel and return its id. Raises NotFound, Forbidden, Invalid for the name, or TooMany."""
    bulk.lock_channels(connection, [channel_id])
    channels.may(connection, actor.viewer, Act.CONTROL, channel_id)
    name = name_from(name)
    _refuse_too_many(connection, channel_id)
    made = create(
        connection, vault, channel_id, right, written, now=actor.at, name=name, made_by=actor.viewer.person_id
    )
    audit.note(connection, actor, Deed.KEY_MADE, channel_id=channel_id, key=made, right=str(right))
    return made


def rotate(
    connection: Connection, actor: Actor, vault: Vault, channel_id: int, key_id: int, written: str, grace: Grace
) -> int:
    """Put a new key in the place of one, which ends after the grace; return the new one's id.

    Raises NotFound, Forbidden or TooMany, and Invalid for a key that is ending already.
    """
    bulk.lock_channels(connection, [channel_id])
    channels.may(connection, actor.viewer, Act.CONTROL, channel_id)
    old = _working(connection, channel_id, key_id, actor.at)
    if old.ends_at is not None:
        raise Invalid("This key was rotated already: another one is in its place.")
    revoked_at = None if grace.length else actor.at
    ending = {"ends_at": actor.at + grace.length, "revoked_at": revoked_at}
    connection.execute(update(key).where(key.c.id == key_id).values(ending))
    _refuse_too_many(connection, channel_id)
    made = create(
        connection,
        vault,
        channel_id,
        Right(old.right),
        written,
        now=actor.at,
        name=old.name,
        made_by=actor.viewer.person_id,
    )
    audit.note(connection, actor, Deed.KEY_ROTATED, channel_id=channel_id, key=key_id, new_key=made, grace=grace.word)
    return made


def revoke_one(connection: Connection, actor: Actor, channel_id: int, key_id: int) -> None:
    """End a key of a channel; it counts in every process from the commit on. Raises NotFound or Forbidden."""
    channels.may(connection, actor.viewer, Act.CONTROL, channel_id)
    channels.touch(connection, channel_id)
    _working(connection, channel_id, key_id, actor.at)
    connection.execute(update(key).where(key.c.id == key_id).values(revoked_at=actor.at))
    audit.note(connection, actor, Deed.KEY_REVOKED, channel_id=channel_id, key=key_id)


def list_of(
    connection: Connection, vault: Vault, viewer: Viewer, channel_id: int, *, revoked_since: int | None = None
) -> list[KeyShown]:
    """The keys of a channel that work, oldest first, and those revoked since then, the last one first.

    Unsealed for its editors and owners; an admin sees that there are keys, not the keys. Raises NotFound where the
    viewer may not see the channel, Forbidden where they may not see its keys: a token never does.
    """
    acts = channels.acts(connection, viewer, channel_id)
    if viewer.acts is not None or acts.isdisjoint({Act.CONTRIBUTE, Act.CONTROL}):
        raise Forbidden("Only its editors and owners see the keys of this channel.", hint="Ask one of its owners.")
    return _listed(connection, vault if Act.CONTRIBUTE in acts else None, channel_id, revoked_since)


def named(connection: Connection, viewer: Viewer, channel_id: int) -> list[KeyShown]:
    """The keys of a channel that work, oldest first, without the keys themselves: for programs too.

    Raises NotFound where the viewer may not see the channel, Forbidden where they may not end its keys.
    """
    channels.may(connection, viewer, Act.CONTROL, channel_id)
    return _listed(connection, None, channel_id, None)


def _listed(connection: Connection, vault: Vault | None, channel_id: int, revoked_since: int | None) -> list[KeyShown]:
    listed: ColumnElement[bool] = key.c.revoked_at.is_(None)
    if revoked_since is not None:
        listed = or_(listed, key.c.revoked_at >= revoked_since)
    rows = connection.execute(
        select(key, person.c.name.label("made_by_name"))
        .outerjoin(person, person.c.id == key.c.made_by)
        .where(key.c.channel_id == channel_id, listed)
        .order_by(key.c.revoked_at.is_not(None), key.c.revoked_at.desc(), key.c.id)
    )
    return [_shown(row, vault) for row in rows]


def create_channel(
    connection: Connection,
    /,
    vault: Vault,
    written: Mapping[Right, str],
    *,
    now: int,
    made_by: int | None = None,
    **channel: Any,
) -> Channel:
    """Make a channel, as `channels.create`, together with its first keys: never one without the other."""
    made = channels.create(connection, now=now, **channel)
    for right, key_written in written.items():
        create(connection, vault, made.id, right, key_written, now=now, made_by=made_by)
    return channels.known(connection, made.id)


def find(connection: Connection, digest: bytes, now: int) -> KeyHolder:
    """Who speaks. Raises KeyUnknown for a key that never was or is over, and one whose channel is gone."""
    row = connection.execute(
        select(key.c.id, key.c.right, key.c.channel_id, key.c.ends_at)
        .join(channel, channel.c.id == key.c.channel_id)
        .where(key.c.digest == digest, channel.c.deleted_at.is_(None), _works(now))
    ).one_or_none()
    if row is None:
        raise _unknown(connection, digest)
    return KeyHolder(row.id, Right(row.right), channels.known(connection, row.channel_id), row.ends_at)


def _unknown(connection: Connection, digest: bytes) -> KeyUnknown:
    """What to tell who holds this: where its channel lies in the bin, that it was deleted; no more."""
    in_bin = select(key.c.id).join(channel, channel.c.id == key.c.channel_id)
    in_bin = in_bin.where(key.c.digest == digest, key.c.revoked_at.is_(None), channel.c.deleted_at.is_not(None))
    if connection.execute(in_bin).first() is None:
        return KeyUnknown()
    return KeyUnknown("The channel of this key was deleted.", hint="Its owners can restore it for 30 days.")


def revoke(connection: Connection, digest: bytes, *, now: int) -> int:
    """End a key and return its channel's id; it counts in every process from the commit on. Raises NotFound.

    For whoever runs the server; `revoke_one` asks who may.
    """
    mine = (key.c.digest == digest) & key.c.revoked_at.is_(None)
    channel_id = connection.execute(select(key.c.channel_id).where(mine)).scalar_one_or_none()
    if channel_id is not None:
        channels.touch(connection, channel_id)
    if channel_id is None or not connection.execute(update(key).where(mine).values(revoked_at=now)).rowcount:
        raise NotFound("There is no such key, or it is revoked already.")
    return int(channel_id)


def end_due(connection: Connection, now: int) -> None:
    """Revoke the keys whose time is over, so that the streams they hold open end with them."""
    due = (key.c.ends_at <= now) & key.c.revoked_at.is_(None)
    for channel_id in sorted(connection.scalars(select(key.c.channel_id).where(due).distinct()).all()):
        channels.touch(connection, channel_id)
        connection.execute(update(key).where(key.c.channel_id == channel_id, due).values(revoked_at=key.c.ends_at))


def note_uses(connection: Connection, uses: Mapping[int, LastUse]) -> None:
    """Write down the last uses collected in memory, by key id."""
    if not uses:
        return
    rows = [  # in the order of their ids, so that two processes never wait for each other in a circle
        {"which": key_id, "at": use.at, "door": str(use.door), "address": use.address[:64]}
        for key_id, use in sorted(uses.items())
    ]
    statement = (
        update(key)
        .where(key.c.id == bindparam("which"))
        .values(last_used_at=bindparam("at"), last_used_door=bindparam("door"), last_used_from=bindparam("address"))
    )
    connection.execute(statement, rows)


def name_from(written: str) -> str:
    """A key's or a token's name. Raises Invalid."""
    name = " ".join(written.replace("\x00", "").split())
    if len(name) > MOST_NAME_CHARS:
        raise Invalid(f"The name is longer than {MOST_NAME_CHARS} characters.")
    return refuse_leak(name)


def _works(now: int) -> ColumnElement[bool]:
    return key.c.revoked_at.is_(None) & or_(key.c.ends_at.is_(None), key.c.ends_at > now)


def _working(connection: Connection, channel_id: int, key_id: int, now: int) -> Row[Any]:
    mine = (key.c.id == key_id) & (key.c.channel_id == channel_id)
    row = connection.execute(select(key).where(mine, _works(now))).one_or_none()
    if row is None:
        raise NotFound("There is no such key, or it is revoked already.")
    return row


def _refuse_too_many(connection: Connection, channel_id: int) -> None:
    mine = (key.c.channel_id == channel_id) & key.c.revoked_at.is_(None)
    if connection.execute(select(func.count()).select_from(key).where(mine)).scalar_one() >= MOST_KEYS:
        raise TooMany(f"A channel has at most {MOST_KEYS} keys.", hint="Revoke one that is not used any more.")


def _shown(row: Row[Any], vault: Vault | None) -> KeyShown:
    return KeyShown(
        id=row.id,
        right=Right(row.right),
        name=row.name,
        written=vault.try_unseal(bytes(row.sealed)) if vault and row.revoked_at is None else None,
        created_at=row.created_at,
        made_by=row.made_by_name or "",
        ends_at=row.ends_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
        last_used_door=row.last_used_door,
        last_used_from=row.last_used_from,
    )
