"""What the page of a channel's commands does: fill queues and put them in order, change the queues themselves."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any

import context
from dashapp.components.queue_panels import Press
from domain.audit import Actor
from domain.errors import NotFound
from domain.keys import new_key
from domain.talkbacks import text_from
from models import talkback_commands, talkbacks


def put(channel_id: int, queue_id: int, written: str | None, *, is_next: bool) -> None:
    """Add a command, at the end or before all that waits. Raises NotFound, Forbidden, Invalid, TooMany."""
    _do(channel_id, queue_id, _put, written, 1 if is_next else None, context.actor())


def moves(press: str) -> bool:
    """Whether it is a press that changes what waits, and not the queue itself."""
    return press in _MOVES


def move(channel_id: int, queue_id: int, press: str, command_id: int) -> None:
    """Raises NotFound, Forbidden, and Conflict for a command that was handed out meanwhile."""
    _do(channel_id, queue_id, _MOVES[press], command_id)


def change(channel_id: int, queue_id: int, press: str, name: str, *, is_logged: bool) -> str:
    """Change the queue itself, and say what was done. Raises NotFound, Forbidden, Invalid."""
    tell, actor = context.store().tell, context.actor()
    if press == Press.SAVE:
        tell(talkbacks.change, actor, channel_id, queue_id, name=name, is_logged=is_logged)
        return "Saved."
    if press == Press.RENEW:
        tell(talkbacks.renew_key, actor, context.vault(), channel_id, queue_id, new_key(secrets.choice))
        return "The new key works; the old one does not."
    if press == Press.DROP:
        tell(talkbacks.remove, actor, channel_id, queue_id)
        return "The queue is gone."
    raise NotFound("There is no such button.")


def _do(channel_id: int, queue_id: int, deed: Any, *args: Any) -> None:
    context.store().tell(talkbacks.by_person, context.actor(), channel_id, queue_id, deed, *args)


def _put(connection: Any, queue_id: int, written: str | None, position: int | None, actor: Actor) -> None:
    """What is wrong with the text is told to those alone who may add it."""
    text = text_from(written)
    talkback_commands.add(connection, queue_id, text, now=actor.at, position=position, by=actor.person_id)


def _move(connection: Any, queue_id: int, command_id: int, by: int) -> None:
    """Hand a command out earlier (-1) or later (1)."""
    found = talkback_commands.one(connection, queue_id, command_id)
    position = max(1, (found.position or 1) + by)
    talkback_commands.change(connection, queue_id, command_id, position=position)


def _empty(connection: Any, queue_id: int, _command_id: int) -> None:
    talkback_commands.clear(connection, queue_id)


_MOVES: Mapping[str, Any] = {
    Press.UP: partial(_move, by=-1),
    Press.DOWN: partial(_move, by=1),
    Press.REMOVE: talkback_commands.remove,
    Press.EMPTY: _empty,
}
