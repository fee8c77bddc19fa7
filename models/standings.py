"""How rights stand now, asked once for many: of whom something differs, what they see is decided anew."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from domain.roles import Act, Viewer
from models import rights
from models.schema import channel


def seen(connection: Connection, viewer: Viewer, channel_ids: Collection[int]) -> dict[int, int]:
    """Channel id → version of those of the channels that the viewer may see."""
    query = select(channel.c.id, channel.c.version)
    rows = connection.execute(query.where(channel.c.id.in_(channel_ids), rights.may(viewer, Act.SEE)))
    return {row.id: row.version for row in rows}


def wall(connection: Connection, viewer: Viewer) -> str:
    """A word for which channels stand on the viewer's wall: another one when a channel came or went."""
    ids = func.count(channel.c.id), func.max(channel.c.id), func.sum(channel.c.id)
    row = connection.execute(select(*ids).where(rights.may(viewer, Act.SEE), channel.c.archived_at.is_(None))).one()
    return "-".join(str(int(each or 0)) for each in row)
