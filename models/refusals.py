"""What was refused, counted per channel, minute and kind, so that whoever works on it sees what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from domain.roles import Act, Viewer
from domain.timespan import DAY, MINUTE
from models import rights
from models.schema import channel, refusal

KEPT = 7 * DAY


@dataclass(frozen=True, slots=True)
class Refused:
    """One message that was refused."""

    channel_id: int
    at: int
    code: str
    detail: str
    hint: str = ""
    door: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a channel was refused within one minute, for one kind of reason.

    Of the newest: when, the sentence, the cure, through which door and from which address (empty where not known).
    """

    at: int
    code: str
    count: int
    detail: str
    hint: str
    door: str
    address: str


def recent(connection: Connection, viewer: Viewer, channel_id: int, *, since: int, limit: int = 20) -> list[Attempt]:
    """What was refused since then, newest first; nothing for a viewer who may not contribute to the channel."""
    columns = [refusal.c[name] for name in Attempt.__slots__]
    rows = connection.execute(
        select(*columns)
        .join(channel, channel.c.id == refusal.c.channel_id)
        .where(channel.c.id == channel_id, refusal.c.at >= since, rights.may(viewer, Act.CONTRIBUTE))
        .order_by(refusal.c.at.desc(), refusal.c.code)
        .limit(limit)
    )
    return [Attempt(*row) for row in rows]


def note(connection: Connection, refused: Sequence[Refused]) -> None:
    """Count refusals; of each kind and minute the newest sentence is kept. Those older than a week are forgotten."""
    if not refused:
        return
    alive = set(connection.scalars(select(channel.c.id).where(channel.c.id.in_({each.channel_id for each in refused}))))
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(refusal)
    added = {"count": refusal.c.count + statement.excluded.count}
    newest = {name: statement.excluded[name] for name in ("detail", "hint", "door", "address", "at")}
    rows = [row for row in _counted(refused) if row["channel_id"] in alive]
    if rows:
        connection.execute(
            statement.on_conflict_do_update(index_elements=["channel_id", "minute", "code"], set_=added | newest), rows
        )
    connection.execute(delete(refusal).where(refusal.c.minute < refused[-1].at - KEPT))


def _counted(refused: Sequence[Refused]) -> list[dict[str, Any]]:
    """One row for each channel, minute and kind, in that order: two processes never wait for each other in a circle."""
    rows: dict[tuple[int, int, str], dict[str, Any]] = {}
    for each in refused:
        minute = each.at - each.at % MINUTE
        found = rows.setdefault(
            (each.channel_id, minute, each.code),
            {"channel_id": each.channel_id, "minute": minute, "code": each.code, "count": 0},
        )
        found |= {"count": found["count"] + 1, "detail": each.detail[:500], "hint": each.hint[:500], "at": each.at}
        found |= {"door": each.door, "address": each.address[:64]}
    return [rows[key] for key in sorted(rows)]
