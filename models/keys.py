"""Keys: made, found by digest, revoked. The key itself is only kept sealed, by a secret outside the database."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, bindparam, insert, select, update

from domain.channels import Channel
from domain.errors import KeyUnknown, NotFound
from domain.readings import Door
from domain.roles import Right
from models import channels
from models.schema import key


class Vault:
    """Digests and seals keys with secrets drawn from the server's one secret; either tells nothing about the other."""

    def __init__(self, secret: str) -> None:
        self._pepper = _derive(secret, b"labfeed key digest")
        self._seal = Fernet(base64.urlsafe_b64encode(_derive(secret, b"labfeed key seal")))

    def digest(self, written: str) -> bytes:
        """What a key is looked up by (HMAC-SHA-256)."""
        return hmac.digest(self._pepper, written.encode(), hashlib.sha256)

    def seal(self, written: str) -> bytes:
        return self._seal.encrypt(written.encode())

    def unseal(self, sealed: bytes) -> str:
        return self._seal.decrypt(sealed).decode()


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who speaks with a key: what it allows, and the channel it belongs to as it stood when the key was looked up."""

    key_id: int
    right: Right
    channel: Channel


@dataclass(frozen=True, slots=True)
class LastUse:
    """When a key was last used, by which door, from which address."""

    at: int
    door: Door
    address: str


def create(
    connection: Connection, vault: Vault, channel_id: int, right: Right, written: str, *, now: int, name: str = ""
) -> int:
    """Add a key to a channel and return its id; `written` is the key itself. Raises NotFound."""
    channels.known(connection, channel_id)
    values = {
        "channel_id": channel_id,
        "right": str(right),
        "name": name,
        "digest": vault.digest(written),
        "sealed": vault.seal(written),
        "created_at": now,
    }
    channels.touch(connection, channel_id)
    return int(connection.execute(insert(key).values(values).returning(key.c.id)).scalar_one())


def create_channel(
    connection: Connection, /, vault: Vault, written: Mapping[Right, str], *, now: int, **channel: Any
) -> Channel:
    """Make a channel, as `channels.create`, together with its first keys: never one without the other."""
    made = channels.create(connection, now=now, **channel)
    for right, key_written in written.items():
        create(connection, vault, made.id, right, key_written, now=now)
    return channels.known(connection, made.id)


def find(connection: Connection, digest: bytes) -> KeyHolder:
    """Who speaks. Raises KeyUnknown alike for a key that never was and one that was revoked."""
    row = connection.execute(
        select(key.c.id, key.c.right, key.c.channel_id).where(key.c.digest == digest, key.c.revoked_at.is_(None))
    ).one_or_none()
    if row is None:
        raise KeyUnknown
    return KeyHolder(row.id, Right(row.right), channels.known(connection, row.channel_id))


def revoke(connection: Connection, digest: bytes, *, now: int) -> int:
    """End a key and return its channel's id; it counts in every process from the commit on. Raises NotFound."""
    row = connection.execute(
        update(key)
        .where(key.c.digest == digest, key.c.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(key.c.channel_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such key, or it is revoked already.")
    channels.touch(connection, row.channel_id)
    return int(row.channel_id)


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


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
