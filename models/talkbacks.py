"""Queues of commands: made by a channel's owners, filled by its editors, found by the digest of their keys.

As with the keys of channels, a queue's key is only kept sealed, by a secret outside the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from domain.audit import Actor, Deed
from domain.errors import Forbidden, Invalid, KeyUnknown, NotFound, TooMany
from domain.roles import Act, Viewer
from domain.talkbacks import Command, Queue
from models import audit, bulk, channels, talkback_commands
from models.keys import LastUse, name_from
from models.schema import channel, talkback
from models.vault import Vault

MOST_QUEUES = 20
"""Queues of one channel: one for each board that takes commands."""

SHOWN_WAITING, SHOWN_PAST = 50, 5
"""Commands of a queue that are listed for people."""

OWN_KEY = "Send the queue's own key as api_key: it stands on the channel's page Commands. A channel's key is another."

Params = ParamSpec("Params")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class QueueShown:
    """A queue as its channel's people see it. `written` is None for an admin, and where it cannot be unsealed any more.

    `count`: how many commands wait; `waiting` are the first of them. `mark` changes with its key, its name and its
    settings.
    """

    id: int
    name: str
    written: str | None
    is_logged: bool
    made_at: int
    last_used_at: int | None
    last_used_from: str | None
    count: int
    waiting: tuple[Command, ...]
    past: tuple[Command, ...]
    mark: str = ""


def make(connection: Connection, actor: Actor, vault: Vault, channel_id: int, written: str, name: str) -> int:
    """Add a queue to a channel and return its number; `written` is its key. Raises NotFound, Forbidden, Invalid
    without a name, or TooMany.
    """
    bulk.lock_channels(connection, [channel_id])
    channels.may(connection, actor.viewer, Act.CONTROL, channel_id)
    values = {
        "channel_id": channel_id,
        "name": _name_from(name),
        "digest": vault.digest(written),
        "sealed": vault.seal(written),
        "made_by": actor.person_id,
        "made_at": actor.at,
    }
    mine = select(func.count()).where(talkback.c.channel_id == channel_id)
    if connection.execute(mine).scalar_one() >= MOST_QUEUES:
        raise TooMany(f"A channel has at most {MOST_QUEUES} queues.", hint="Remove one that is not used any more.")
    made = int(connection.execute(insert(talkback).values(values).returning(talkback.c.id)).scalar_one())
    audit.note(connection, actor, Deed.QUEUE_MADE, channel_id=channel_id, queue=made, name=values["name"])
    return made


def renew_key(connection: Connection, actor: Actor, vault: Vault, channel_id: int, queue_id: int, written: str) -> None:
    """Put a new key in the place of the queue's, which works no more. Raises NotFound or Forbidden."""
    _controlled(connection, actor, channel_id, queue_id)
    values = {"digest": vault.digest(written), "sealed": vault.seal(written)}
    connection.execute(update(talkback).where(talkback.c.id == queue_id).values(values))
    audit.note(connection, actor, Deed.QUEUE_KEY_RENEWED, channel_id=channel_id, queue=queue_id)


def change(connection: Connection, actor: Actor, channel_id: int, queue_id: int, *, name: str, is_logged: bool) -> None:
    """Call a queue otherwise, and log what it hands out or not. Raises NotFound, Forbidden or Invalid."""
    _controlled(connection, actor, channel_id, queue_id)
    values: dict[str, Any] = {"name": _name_from(name), "is_logged": is_logged}
    connection.execute(update(talkback).where(talkback.c.id == queue_id).values(values))
    audit.note(connection, actor, Deed.QUEUE_CHANGED, channel_id=channel_id, queue=queue_id, **values)


def remove(connection: Connection, actor: Actor, channel_id: int, queue_id: int) -> None:
    """Take a queue away with all its commands, for good. Raises NotFound or Forbidden."""
    found = _controlled(connection, actor, channel_id, queue_id)
    connection.execute(delete(talkback).where(talkback.c.id == queue_id))
    audit.note(connection, actor, Deed.QUEUE_REMOVED, channel_id=channel_id, queue=queue_id, name=found.name)


def list_of(connection: Connection, vault: Vault, viewer: Viewer, channel_id: int) -> list[QueueShown]:
    """The queues of a channel, oldest first, with the keys for its editors and owners.

    Raises NotFound where the viewer may not see the channel, Forbidden where they may neither fill nor change its
    queues: a token never does.
    """
    acts = channels.acts(connection, viewer, channel_id)
    if viewer.acts is not None or acts.isdisjoint({Act.CONTRIBUTE, Act.CONTROL}):
        raise Forbidden("Only its editors and owners see the commands of this channel.", hint="Ask one of its owners.")
    mine = select(talkback).where(talkback.c.channel_id == channel_id).order_by(talkback.c.id)
    sees = vault if Act.CONTRIBUTE in acts else None
    return [_shown(connection, row, sees) for row in connection.execute(mine).all()]


def find(connection: Connection, digest: bytes, queue_id: int | None = None) -> Queue:
    """The queue with this key and number; None: whichever number it has. Raises KeyUnknown."""
    mine = select(talkback).join(channel, channel.c.id == talkback.c.channel_id)
    mine = mine.where(talkback.c.digest == digest, channel.c.deleted_at.is_(None))
    row = connection.execute(mine if queue_id is None else mine.where(talkback.c.id == queue_id)).one_or_none()
    if row is None:
        raise KeyUnknown("This is not the key of that queue.", hint=OWN_KEY)
    return Queue(row.id, channels.known(connection, row.channel_id), row.is_logged)


def with_key(
    connection: Connection,
    digest: bytes,
    queue_id: int | None,
    deed: Callable[Concatenate[Connection, int, Params], Result],
    /,
    *args: Params.args,
    **kwargs: Params.kwargs,
) -> tuple[Queue, Result]:
    """The queue, and what `deed(connection, its number, …)` of `talkback_commands` does with it. Raises KeyUnknown."""
    found = find(connection, digest, queue_id)
    return found, deed(connection, found.id, *args, **kwargs)


def by_person(
    connection: Connection,
    actor: Actor,
    channel_id: int,
    queue_id: int,
    deed: Callable[Concatenate[Connection, int, Params], Result],
    /,
    *args: Params.args,
    **kwargs: Params.kwargs,
) -> Result:
    """The same for whoever may contribute to the queue's channel. Raises NotFound or Forbidden."""
    channels.may(connection, actor.viewer, Act.CONTRIBUTE, channel_id)
    _known(connection, channel_id, queue_id)
    return deed(connection, queue_id, *args, **kwargs)


def note_uses(connection: Connection, uses: Mapping[int, LastUse]) -> None:
    """Write down the last uses collected in memory, by the queue's number."""
    rows = [  # in the order of their ids, so that two processes never wait for each other in a circle
        {"which": queue_id, "at": use.at, "address": use.address[:64]} for queue_id, use in sorted(uses.items())
    ]
    statement = update(talkback).where(talkback.c.id == bindparam("which"))
    connection.execute(statement.values(last_used_at=bindparam("at"), last_used_from=bindparam("address")), rows)


def _controlled(connection: Connection, actor: Actor, channel_id: int, queue_id: int) -> Row[Any]:
    channels.may(connection, actor.viewer, Act.CONTROL, channel_id)
    return _known(connection, channel_id, queue_id)


def _known(connection: Connection, channel_id: int, queue_id: int) -> Row[Any]:
    mine = (talkback.c.id == queue_id) & (talkback.c.channel_id == channel_id)
    row = connection.execute(select(talkback).where(mine)).one_or_none()
    if row is None:
        raise NotFound("There is no such queue, or it was removed.")
    return row


def _name_from(written: str) -> str:
    name = name_from(written)
    if not name:
        raise Invalid("A queue needs a name: the board that fetches from it, for example.")
    return name


def _shown(connection: Connection, row: Row[Any], vault: Vault | None) -> QueueShown:
    waiting = talkback_commands.waiting(connection, row.id, SHOWN_WAITING)
    return QueueShown(
        id=row.id,
        name=row.name,
        written=vault.try_unseal(bytes(row.sealed)) if vault else None,
        is_logged=row.is_logged,
        made_at=row.made_at,
        last_used_at=row.last_used_at,
        last_used_from=row.last_used_from,
        count=talkback_commands.count(connection, row.id),
        waiting=tuple(waiting),
        past=tuple(talkback_commands.handed_out(connection, row.id, SHOWN_PAST)),
        mark=f"{row.id} {row.name} {row.is_logged} {bytes(row.digest).hex()[:8]}",
    )
