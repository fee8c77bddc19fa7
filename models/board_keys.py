"""The keys that the boards of a channel, and the programs that read it, are given."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from domain.roles import Right, Viewer
from models import keys
from models.keys import KeyShown
from models.vault import Vault


def for_boards(connection: Connection, vault: Vault, viewer: Viewer, channel_id: int, *, now: int) -> str | None:
    """A write key that works, the oldest that was not rotated if there is one; None where there is none to be seen.

    Raises NotFound where the viewer may not see the channel, Forbidden where they may not see its keys.
    """
    return _oldest(keys.list_of(connection, vault, viewer, channel_id), Right.WRITE, now)


def for_programs(connection: Connection, vault: Vault, viewer: Viewer, channel_id: int, *, now: int) -> str | None:
    """The same for reading."""
    return _oldest(keys.list_of(connection, vault, viewer, channel_id), Right.READ, now)


def _oldest(listed: Iterable[KeyShown], right: Right, now: int) -> str | None:
    able = [
        each for each in listed if each.right is right and each.written and (each.ends_at is None or each.ends_at > now)
    ]
    chosen = min(able, key=lambda each: (each.ends_at is not None, each.id), default=None)
    return chosen.written if chosen else None
