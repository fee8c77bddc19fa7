"""TalkBack: a queue of commands, each handed out once to the board that asks, by itself or with an update.

Text of commands is people's; see `answering.INERT` for why browsers run nothing of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Concatenate, ParamSpec, TypeVar

from flask import Response, request

import context
from dialects.thingspeak.answering import Form, as_json, document, said
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.door import Door
from dialects.thingspeak.failing import Failed, Failure
from dialects.thingspeak.instants import iso, zone_of
from dialects.thingspeak.withheld import MOST_NUMBER
from domain import readings
from domain.errors import KeyMissing, KeyUnknown, LabfeedError, NotFound
from domain.keys import is_well_formed
from domain.readings import NewEntry
from domain.talkbacks import Command, Queue, position_from, text_from
from models import channels, talkback_commands, talkbacks
from models.appending import Stale, Submission
from models.keys import LastUse
from models.store import Store
from models.talkbacks import OWN_KEY
from models.uses import Uses
from models.vault import Vault
from models.writer import Writer

COMMANDS = "/talkbacks/<int:queue>/commands"
ONE = f"{COMMANDS}/<int:command>"
FORMS = (Form.NONE, Form.TXT, Form.JSON, Form.XML)
CARRIER = "talkback_key"
"""The parameter of an update that asks for a command."""

CHANGED_AT_MOST = 8
"""How often a channel may change before what was handed out is not written into it any more."""

log = logging.getLogger(__name__)

Params = ParamSpec("Params")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class TalkBacks:
    """The queues of one app, without a request: updates are answered in a lane in front of Flask."""

    store: Store
    vault: Vault
    uses: Uses
    writer: Writer

    def asked_for(
        self,
        key: str | None,
        queue: int | None,
        deed: Callable[Concatenate[Any, int, Params], Result],
        /,
        *args: Params.args,
        **kwargs: Params.kwargs,
    ) -> Result:
        """What `deed(connection, the queue's number, …)` finds. Raises KeyMissing, KeyUnknown, and what it raises."""
        return self.store.ask(talkbacks.with_key, self._digest(key, queue), queue, deed, *args, **kwargs)[1]

    def told(
        self,
        key: str | None,
        queue: int,
        deed: Callable[Concatenate[Any, int, Params], Result],
        /,
        *args: Params.args,
        **kwargs: Params.kwargs,
    ) -> Result:
        """The same for what changes the queue."""
        return self.store.tell(talkbacks.with_key, self._digest(key, queue), queue, deed, *args, **kwargs)[1]

    def next(self, key: str | None, queue: int | None, *, now: int, address: str) -> Command | None:
        """Hand out the next command; None where none waits, which is found out without writing. Raises as above."""
        digest = self._digest(key, queue)
        found, count = self.store.ask(talkbacks.with_key, digest, queue, talkback_commands.count)
        self.uses.of_queue(found.id, LastUse(now, readings.Door.THINGSPEAK, address))
        if not count:
            return None
        found, command = self.store.tell(talkbacks.with_key, digest, queue, talkback_commands.execute, now=now)
        if command is not None and found.is_logged:
            self._log(found, command, now)
        return command

    def instead(self, asked: Asked, form: Form, now: int, address: str) -> str | None:
        """What an update is answered that asks for a command; None where its key is no queue's.

        The update is stored by then: whatever goes wrong here must not make its board send it again.
        """
        try:
            found = self.next((asked.text(CARRIER) or "").strip(), None, now=now, address=address)
        except KeyUnknown:
            return None
        except LabfeedError as error:
            log.warning("a command was not handed out: %s", error.detail)
            found = None
        return handed_out(found, form, zone_of(asked))

    def _digest(self, key: str | None, queue: int | None) -> bytes:
        if not key:
            raise KeyMissing(hint=OWN_KEY)
        if not is_well_formed(key) or (queue is not None and queue > MOST_NUMBER):
            raise KeyUnknown("The key has a typo, or there is no such queue.", hint=OWN_KEY)
        return self.vault.digest(key)

    def _log(self, queue: Queue, command: Command, now: int) -> None:
        """Write what was handed out into the channel, as a status; into one that is archived nothing is written."""
        channel, entry = queue.channel, NewEntry(None, [], command.text)
        for _ in range(CHANGED_AT_MOST):
            if channel.archived_at is not None:
                return
            try:
                self.writer.append(Submission(channel.id, channel.version, [entry], {}, now, readings.Door.THINGSPEAK))
                return
            except Stale:
                channel = self.store.ask(channels.known, channel.id)
            except LabfeedError as error:
                log.warning("a command was handed out, but not logged: %s", error.detail)
                return


def open_on(door: Door, queues: TalkBacks) -> None:
    """Answer at `/talkbacks/<id>/commands` and below."""
    views = _Views(queues)
    door.on("GET", COMMANDS, forms=FORMS)(views.commands)
    door.on("POST", COMMANDS, forms=FORMS)(views.new_command)
    door.on("DELETE", COMMANDS, forms=FORMS)(views.all_commands)
    door.on("GET", f"{COMMANDS}/last", forms=FORMS)(views.last_command)
    for method in ("GET", "POST"):
        door.on(method, f"{COMMANDS}/execute", forms=FORMS)(views.next_command)
    door.on("GET", ONE, forms=FORMS)(views.command)
    door.on("PUT", ONE, forms=FORMS)(views.changed_command)
    door.on("DELETE", ONE, forms=FORMS)(views.removed_command)


@dataclass(frozen=True, slots=True)
class _Views:
    queues: TalkBacks

    def commands(self, asked: Asked, form: Form, queue: int) -> Response:
        found = self.queues.asked_for(asked.key, queue, talkback_commands.waiting)
        return said(_list_told(found, form, zone_of(asked)), form)

    def new_command(self, asked: Asked, form: Form, queue: int) -> Response:
        made = self.queues.told(asked.key, queue, _add, asked, context.now())
        return said(_told(made, form, zone_of(asked), plain=str(made.id)), form)

    def all_commands(self, asked: Asked, form: Form, queue: int) -> Response:
        self.queues.told(asked.key, queue, talkback_commands.clear)
        return said("" if form in (Form.NONE, Form.TXT) else _list_told((), form, zone_of(asked)), form)

    def last_command(self, asked: Asked, form: Form, queue: int) -> Response:
        found = self.queues.asked_for(asked.key, queue, talkback_commands.last)
        return said(_told(found, form, zone_of(asked), plain=found.text), form)

    def next_command(self, asked: Asked, form: Form, queue: int) -> Response:
        found = self.queues.next(asked.key, queue, now=context.now(), address=request.remote_addr or "")
        return said(handed_out(found, form, zone_of(asked)), form)

    def command(self, asked: Asked, form: Form, queue: int, command: int) -> Response:
        found = self.queues.asked_for(asked.key, queue, talkback_commands.one, _number(command))
        return said(_told(found, form, zone_of(asked), plain=found.text), form)

    def changed_command(self, asked: Asked, form: Form, queue: int, command: int) -> Response:
        changed = self.queues.told(asked.key, queue, _change, _number(command), asked)
        return said(_told(changed, form, zone_of(asked), plain=changed.text), form)

    def removed_command(self, asked: Asked, form: Form, queue: int, command: int) -> Response:
        gone = self.queues.told(asked.key, queue, talkback_commands.remove, _number(command))
        return said(_told(gone, form, zone_of(asked), plain=str(gone.id)), form)


def handed_out(command: Command | None, form: Form, zone: tzinfo) -> str:
    """What a board is told that asks for its next command; nothing, or an object without members, where none waits."""
    if command is not None:
        return _told(command, form, zone, plain=command.text)
    return {Form.JSON: "{}", Form.XML: document("hash", {})}.get(form, "")


def _add(connection: Any, queue_id: int, asked: Asked, now: int) -> Command:
    """Of what was asked nothing is told before the key is known to be good, not even what is wrong with it."""
    text, position = text_from(asked.text("command_string")), position_from(asked.text("position"))
    return talkback_commands.add(connection, queue_id, text, now=now, position=position)


def _change(connection: Any, queue_id: int, command_id: int, asked: Asked) -> Command:
    written, position = asked.text("command_string"), position_from(asked.text("position"))
    if written is None and position is None:
        raise Failed(Failure.NOTHING_DONE, "Send the new command_string, the new position, or both.")
    text = None if written is None else text_from(written)
    return talkback_commands.change(connection, queue_id, command_id, text=text, position=position)


def _number(command: int) -> int:
    if command > MOST_NUMBER:
        raise NotFound(talkback_commands.GONE)
    return command


def _told(command: Command, form: Form, zone: tzinfo, *, plain: str) -> str:
    """The command as an object; `plain` for whoever wants a text."""
    if form is Form.JSON:
        return as_json(_object(command, zone))
    return document("command", _object(command, zone)) if form is Form.XML else plain


def _list_told(commands: Sequence[Command], form: Form, zone: tzinfo) -> str:
    """The commands as objects: as JSON where nothing else is asked for."""
    told = [_object(each, zone) for each in commands]
    return document("commands", told) if form is Form.XML else as_json(told)


def _object(command: Command, zone: tzinfo) -> dict[str, Any]:
    return {
        "command_string": command.text,
        "created_at": iso(command.added_at, zone),
        "executed_at": None if command.executed_at is None else iso(command.executed_at, zone),
        "id": command.id,
        "position": command.position,
    }
