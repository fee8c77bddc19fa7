"""What ThingSpeak has besides, and is not here: the server of a class sends no mail, and calls no other server."""

from __future__ import annotations

from flask import Response

from dialects.thingspeak.answering import Form, failed
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.door import Door
from dialects.thingspeak.failing import Failed, Failure

FORMS = (Form.NONE, Form.JSON, Form.XML)


def open_on(door: Door) -> None:
    door.on("POST", "/alerts/send", forms=FORMS)(refuse_alerts)
    door.on("GET", "/alerts/history", forms=FORMS)(refuse_alerts)
    for method in ("GET", "POST"):
        door.on(method, "/apps/thinghttp/send_request", forms=FORMS)(refuse_calls)


def refuse_alerts(_asked: Asked, form: Form) -> Response:
    return _refused("There are no alerts here: this server sends no mail.", form)


def refuse_calls(_asked: Asked, form: Form) -> Response:
    return _refused("There is no ThingHTTP here: this server calls no other.", form)


def _refused(sentence: str, form: Form) -> Response:
    """The sentence, also for whoever wants a bare text."""
    return failed(Failed(Failure.NOT_FOUND, sentence), Form.XML if form is Form.XML else Form.JSON)
