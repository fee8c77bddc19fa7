"""`/update`: one entry in one request, answered with its number, or with 0 where it was not taken.

Written on the WSGI environment, so that the lane in front of Flask and Flask's own views answer alike.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias

from flask import Response, request

import context
from dialects.thingspeak import door as doors
from dialects.thingspeak.answering import Form, as_json, document, said
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.instants import believed, zone_of
from dialects.thingspeak.left_out import complaints
from dialects.thingspeak.rows import update_said
from dialects.thingspeak.updates import item_from
from domain.channels import Channel
from domain.errors import Complaint, Conflict, KeyUnknown, LabfeedError, Malformed, TooFast, TooLarge
from domain.readings import Door, Item
from ingest.intake import Accepted, Intake, Message

log = logging.getLogger(__name__)

NOT_TAKEN = "0"
QUEUES_KEY = "The update was stored. Copy the key of the queue from the channel's page Commands."
PATHS = ("/update", "/s/update")
FORMS = (Form.NONE, Form.TXT, Form.JSON, Form.XML)
MOST_BYTES = 3000
"""Of one update, with the names and the key, and with nothing written as %xx."""

WsgiApp: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Pop: TypeAlias = Callable[[Asked, Form, int, str], str | None]
"""Called with what was asked, the form, the instant and the sender's address, once an update with a `talkback_key` is
stored: what is answered instead of the entry; None where the key is no queue's."""


@dataclass(slots=True)
class Update:
    """One request to store an entry, and what was understood of it once its key was known."""

    asked: Asked
    address: str
    now: int
    channel: Channel | None = None
    item: Item | None = None

    def message(self) -> Message:
        return Message(
            key=self.asked.key,
            read=self._read,
            received_at=self.now,
            door=Door.THINGSPEAK,
            address=self.address,
            each_value_alone=True,
            paced=True,
            free_instant=True,
            left_out=self._left_out,
        )

    def answer(self, accepted: Accepted, form: Form) -> str:
        """The entry's number, or the entry with what was stored of it."""
        entry_id = accepted.receipt.entry_id or 0
        if form not in (Form.JSON, Form.XML):
            return str(entry_id)
        assert self.channel is not None
        assert self.item is not None
        at = self.now if self.item.at is None else self.item.at
        stored = {reading.feed for entry in accepted.entries for reading in entry.readings}
        values = {name: value for name, value in self.item.values.items() if name in stored}
        zone, item = zone_of(self.asked), self.item
        entry = update_said(self.channel, entry_id, at, values, item.status, item.position, zone)
        return as_json(entry) if form is Form.JSON else document("feed", entry)

    def _left_out(self) -> list[Complaint]:
        return complaints(self.asked.fields, self.item) if self.item is not None else []

    def _read(self, channel: Channel) -> list[Item]:
        if self.asked.fault is not None:
            raise Malformed(self.asked.fault.details, hint=self.asked.fault.cure)
        if self.asked.size_bytes > MOST_BYTES < self.asked.plain_bytes:
            raise TooLarge(f"The update has more than {MOST_BYTES} bytes.", hint="Send fewer or shorter values.")
        self.channel = channel
        self.item = item_from(self.asked.fields, channel, zone_of(self.asked), self.address)
        if self.item.at is not None:
            believed(self.item.at, self.now)
        return [self.item]


def store(
    environ: Mapping[str, Any], intake: Intake, form: Form, now: int, max_body_bytes: int, pop: Pop | None = None
) -> tuple[str, int]:
    """What is answered to a request at `/update`, and with which status."""
    try:
        asked = Asked.heard(environ, max_body_bytes)
        update = Update(asked, str(environ.get("REMOTE_ADDR", "")), now)
        accepted = intake.accept(update.message())
        popped = _popped(update, form, intake, pop) if pop is not None and asked.text("talkback_key") else None
        return update.answer(accepted, form) if popped is None else popped, HTTPStatus.OK
    except (TooFast, Conflict):
        return NOT_TAKEN, HTTPStatus.OK
    except LabfeedError as refused:
        if asked.fault is not None:
            return NOT_TAKEN, asked.fault.failure.status
        return NOT_TAKEN, refused.status if refused.status >= 500 else HTTPStatus.BAD_REQUEST
    except Exception:  # the outermost edge: no board is left without an answer
        log.exception("error %s at %s", secrets.token_hex(4), PATHS[0])
        return NOT_TAKEN, HTTPStatus.INTERNAL_SERVER_ERROR


def _popped(update: Update, form: Form, intake: Intake, pop: Pop) -> str | None:
    """The command that was asked for. That its key is no queue's is noted; the update was good and stays."""
    popped = pop(update.asked, form, update.now, update.address)
    if popped is None and update.channel is not None:
        wrong = KeyUnknown("The talkback_key of an update is not the key of a queue.", hint=QUEUES_KEY)
        intake.note_refusal(update.channel, update.message(), wrong)
    return popped


def open_on(door: doors.Door, intake: Intake, max_body_bytes: int, pop: Pop | None = None) -> None:
    """Answer at `/update` with each of its endings."""

    def update(form: Form) -> Response:
        if request.method == "HEAD":  # which Flask adds to every GET: it stores nothing
            return said(NOT_TAKEN, form, HTTPStatus.METHOD_NOT_ALLOWED)
        text, status = store(request.environ, intake, form, context.now(), max_body_bytes, pop)
        return said(text, form, status)

    door.add_plain(("GET", "POST"), PATHS, FORMS, "update", update)


def in_front_of(
    app: WsgiApp, intake: Intake, clock: Callable[[], int], max_body_bytes: int, pop: Pop | None = None
) -> WsgiApp:
    """The app with a lane of its own for `/update`, without Flask's machinery around it."""
    forms = {f"{PATHS[0]}.{form}" if form else PATHS[0]: form for form in FORMS}
    forms |= {f"/{path}": form for path, form in forms.items()}  # of a host that is written with a slash at its end
    fixed = {form: [each for each in said("", form).headers if each[0] != "Content-Length"] for form in FORMS}

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        form = forms.get(environ["PATH_INFO"])
        if form is None or environ["REQUEST_METHOD"] not in ("GET", "POST"):
            return app(environ, start_response)
        text, status = store(environ, intake, form, clock(), max_body_bytes, pop)
        body = text.encode()
        start_response(f"{int(status)} {HTTPStatus(status).phrase}", [("Content-Length", str(len(body))), *fixed[form]])
        return (body,)

    return answer
