"""Answers in ThingSpeak's forms: what a client asked for by the end of the address, spelled as clients search for it.

JSON is compact, since the Arduino library looks for `"field1":"` in the text; each answer has its whole length, since
that library knows no chunks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any
from xml.sax.saxutils import escape

import msgspec
from flask import Response

from dialects.thingspeak.failing import Failed

CROSS_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, PUT, OPTIONS, DELETE, PATCH",
    "Access-Control-Allow-Headers": "origin, content-type, X-Requested-With, X-THINGSPEAKAPIKEY, THINGSPEAKAPIKEY",
    "Access-Control-Max-Age": "1800",
}
"""For every answer: pages of other sites may read, and send with a key that they have."""

INERT = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}
"""Texts that boards sent go out as HTML here, unescaped as clients expect them: browsers run nothing of it."""


class Form(StrEnum):
    """How an address ends."""

    NONE = ""
    TXT = "txt"
    JSON = "json"
    XML = "xml"
    CSV = "csv"

    @property
    def content_type(self) -> str:
        return f"{_TYPES[self]}; charset=utf-8"


DEGREES = ("latitude", "longitude")
_KINDS = dict.fromkeys(("created-at", "updated-at", "executed-at"), ' type="dateTime"')
_KINDS |= dict.fromkeys(DEGREES, ' type="decimal"')
"""What an element of XML says of itself, by its name; degrees say it where there are none, too."""

_forbidden = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]").sub
"""What no XML document may hold."""

_TYPES = {
    Form.NONE: "text/html",
    Form.TXT: "text/plain",
    Form.JSON: "application/json",
    Form.XML: "application/xml",
    Form.CSV: "text/csv",
}


def said(text: str | bytes, form: Form, status: int = 200) -> Response:
    """An answer of this text, whole."""
    answer = Response(text, status, content_type=form.content_type)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers.update(CROSS_ORIGIN | INERT)
    return answer


def led_to(address: str, status: int = 302) -> Response:
    """On to one of our pages: for people."""
    answer = said("", Form.NONE, status)
    answer.headers["Location"] = address
    return answer


def as_json(value: Any) -> str:
    """Compact, in the order of the members."""
    return msgspec.json.encode(value).decode()


def failed(error: Failed, form: Form) -> Response:
    """A refusal in the form that was asked for; for pages and texts its word alone."""
    failure = error.failure
    status = str(failure.status)
    if form is Form.JSON:
        told = {"error_code": failure.word, "message": failure.message, "details": error.details}
        return said(as_json({"status": status, "error": told}), form, failure.status)
    if form is Form.XML:
        told = {"error-code": failure.word, "message": failure.message, "details": error.details}
        return said(document("hash", {"status": status, "error": told}), form, failure.status)
    return said(failure.word, form, failure.status)


def document(root: str, members: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> str:
    """An XML document: texts as they are, numbers and times with their type, None as `nil`, lists as arrays.

    A list of objects is an element of type `array`; its items are named by the list's name without its last letter.
    """
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{element(root, members)}\n'


def element(name: str, value: Any) -> str:
    """One element with all that is in it."""
    name = name.replace("_", "-")
    kind = _KINDS.get(name, "")
    if value is None:
        return f'<{name}{kind if name in DEGREES else ""} nil="true"/>'
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(element(each, inner) for each, inner in value.items())}</{name}>"
    if isinstance(value, bool):
        return f'<{name} type="boolean">{str(value).lower()}</{name}>'
    if isinstance(value, int):
        return f'<{name} type="integer">{value}</{name}>'
    if isinstance(value, str):
        return f"<{name}{kind}>{escape(_printable(value))}</{name}>"
    return f'<{name} type="array">{_items(name[:-1], value)}</{name}>'


def _items(name: str, values: Iterable[Any]) -> str:
    return "".join(element(name, value) for value in values)


def _printable(text: str) -> str:
    """Without what no XML document may hold."""
    return text if text.isprintable() else _forbidden("", text)
