"""Stars: the channels somebody wants to find again. A star is nobody else's matter, so the audit log knows of none."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from domain.audit import Actor
from domain.roles import Viewer
from models import channels
from models.schema import star


def of(connection: Connection, viewer: Viewer) -> frozenset[int]:
    """The channels to which the viewer gave a star; whether they still see them is not asked here."""
    return frozenset(connection.scalars(select(star.c.channel_id).where(star.c.person_id == viewer.person_id)))


def toggle(connection: Connection, actor: Actor, channel_id: int) -> bool:
    """Give a channel a star, or take it away; whether it has one now. Raises NotFound where they may not see it."""
    channels.find(connection, actor.viewer, channel_id)
    theirs = (star.c.person_id == actor.person_id) & (star.c.channel_id == channel_id)
    if connection.execute(delete(star).where(theirs)).rowcount:
        return False
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"person_id": actor.person_id, "channel_id": channel_id, "at": actor.at}
    connection.execute(dialect.insert(star).on_conflict_do_nothing(), row)
    return True
