"""The key that the boards of a channel are given."""

from __future__ import annotations

from sqlalchemy import Connection

from domain.roles import Right, Viewer
from models import keys
from models.vault import Vault


def for_boards(connection: Connection, vault: Vault, viewer: Viewer, channel_id: int, *, now: int) -> str | None:
    """A write key that works, the oldest that was not rotated if there is one; None where there is none to be seen.

    Raises NotFound where the viewer may not see the channel, Forbidden where they may not see its keys.
    """
    able = [
        each
        for each in keys.list_of(connection, vault, viewer, channel_id)
        if each.right is Right.WRITE and each.written and (each.ends_at is None or each.ends_at > now)
    ]
    chosen = min(able, key=lambda each: (each.ends_at is not None, each.id), default=None)
    return chosen.written if chosen else None
