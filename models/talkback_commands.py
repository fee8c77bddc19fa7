"""The commands of one queue: added, put in order, handed out one by one. Who may is asked in `models.talkbacks`.

Whatever changes a queue locks its row first, so that two boards never get the same command.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, insert, select, update

from domain.errors import Conflict, NotFound, TooMany
from domain.talkbacks import KEPT, MOST_COMMANDS, Command
from models.schema import command, person, talkback

GONE = "The queue has no such command."


def add(
    connection: Connection, queue_id: int, text: str, *, now: int, position: int | None = None, by: int | None = None
) -> Command:
    """Put a command at this position, before what stands there; None: at the end. Raises TooMany."""
    _lock(connection, queue_id)
    if count(connection, queue_id) >= MOST_COMMANDS:
        raise TooMany(
            f"A queue holds at most {MOST_COMMANDS} commands.", hint="Let a board fetch some, or remove some."
        )
    place = _make_room(connection, queue_id, position)
    values = {"talkback_id": queue_id, "text": text, "place": place, "added_by": by, "added_at": now}
    made = connection.execute(insert(command).values(values).returning(command.c.id)).scalar_one()
    return one(connection, queue_id, made)


def change(
    connection: Connection, queue_id: int, command_id: int, *, text: str | None = None, position: int | None = None
) -> Command:
    """Give a command that waits another text or another position. Raises NotFound, Conflict if it was handed out."""
    _lock(connection, queue_id)
    found = one(connection, queue_id, command_id)
    if found.position is None:
        raise Conflict("The command was handed out already.", hint="Add it again.")
    values: dict[str, Any] = {} if text is None else {"text": text}
    if position is not None and position != found.position:
        values["place"] = _make_room(connection, queue_id, position, without=command_id)
    if values:
        connection.execute(update(command).where(command.c.id == command_id).values(values))
    return one(connection, queue_id, command_id)


def one(connection: Connection, queue_id: int, command_id: int) -> Command:
    """A command, waiting or handed out. Raises NotFound."""
    row = connection.execute(_told().where(command.c.talkback_id == queue_id, command.c.id == command_id)).one_or_none()
    if row is None:
        raise NotFound(GONE)
    if row.executed_at is not None:
        return _command(row, None)
    before = select(func.count()).where(_waits(queue_id), command.c.place < row.place)
    return _command(row, connection.execute(before).scalar_one() + 1)


def waiting(connection: Connection, queue_id: int, most: int = MOST_COMMANDS) -> list[Command]:
    """What waits, the next first."""
    rows = connection.execute(_told().where(_waits(queue_id)).order_by(command.c.place).limit(most))
    return [_command(row, position) for position, row in enumerate(rows, 1)]


def count(connection: Connection, queue_id: int) -> int:
    """How many wait."""
    return int(connection.execute(select(func.count()).where(_waits(queue_id))).scalar_one())


def handed_out(connection: Connection, queue_id: int, most: int) -> list[Command]:
    """What was handed out, the last first."""
    return [_command(row, None) for row in connection.execute(_past(_told(), queue_id).limit(most))]


def last(connection: Connection, queue_id: int) -> Command:
    """What was handed out last. Raises NotFound where nothing was."""
    found = handed_out(connection, queue_id, 1)
    if not found:
        raise NotFound("No command of this queue was handed out yet.")
    return found[0]


def execute(connection: Connection, queue_id: int, *, now: int) -> Command | None:
    """Hand out the command at position 1: it waits no more; None where none waits."""
    _lock(connection, queue_id)
    found = waiting(connection, queue_id, 1)
    if not found:
        return None
    connection.execute(update(command).where(command.c.id == found[0].id).values(executed_at=now))
    kept = _past(select(command.c.id), queue_id).limit(KEPT)
    connection.execute(
        delete(command).where(
            command.c.talkback_id == queue_id, command.c.executed_at.is_not(None), command.c.id.not_in(kept)
        )
    )
    return one(connection, queue_id, found[0].id)


def remove(connection: Connection, queue_id: int, command_id: int) -> Command:
    """Take a command away, waiting or handed out, and return it as it was. Raises NotFound."""
    _lock(connection, queue_id)
    found = one(connection, queue_id, command_id)
    connection.execute(delete(command).where(command.c.id == command_id))
    return found


def clear(connection: Connection, queue_id: int) -> None:
    """Take away all that waits."""
    _lock(connection, queue_id)
    connection.execute(delete(command).where(_waits(queue_id)))


def _lock(connection: Connection, queue_id: int) -> None:
    connection.execute(select(talkback.c.id).where(talkback.c.id == queue_id).with_for_update())


def _make_room(connection: Connection, queue_id: int, position: int | None, without: int | None = None) -> int:
    """A place that no command has, such that what is put there comes to stand at this position."""
    others = (_waits(queue_id),) if without is None else (_waits(queue_id), command.c.id != without)
    found = None
    if position is not None:
        at = select(command.c.place).where(*others).order_by(command.c.place).offset(position - 1).limit(1)
        found = connection.execute(at).scalar_one_or_none()
    if found is None:
        return _end(connection, queue_id)
    connection.execute(update(command).where(*others, command.c.place >= found).values(place=command.c.place + 1))
    return int(found)


def _end(connection: Connection, queue_id: int) -> int:
    last_place = select(func.coalesce(func.max(command.c.place), 0)).where(_waits(queue_id))
    return int(connection.execute(last_place).scalar_one()) + 1


def _waits(queue_id: int) -> ColumnElement[bool]:
    return (command.c.talkback_id == queue_id) & command.c.executed_at.is_(None)


def _past(query: Select[Any], queue_id: int) -> Select[Any]:
    done = query.where(command.c.talkback_id == queue_id, command.c.executed_at.is_not(None))
    return done.order_by(command.c.executed_at.desc(), command.c.place.desc())


def _told() -> Select[Any]:
    return select(command, person.c.name.label("added_by_name")).outerjoin(person, person.c.id == command.c.added_by)


def _command(row: Row[Any], position: int | None) -> Command:
    return Command(row.id, row.text, row.added_at, position, row.executed_at, row.added_by_name or "")
