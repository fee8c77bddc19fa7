"""A request in ThingSpeak's way: parameters from query, form and JSON as one, and a key in any of its places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes

import msgspec
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from dialects.thingspeak.failing import Failed, Failure

KEY_HEADER = "THINGSPEAKAPIKEY"
"""A header with this in its name, in any case, carries the key."""
KEY_FIELDS = ("key", "api_key", "apikey")
"""The parameters that carry it, the first one found."""
BULK_KEY_FIELD = "write_api_key"
"""The one that carries it with many entries at once."""

MOST_FIELDS = 200
"""Of a form, or of an object of JSON; anybody may send them, with or without a key."""
NOT_UTF_8 = "The message is not UTF-8 text."
IN_UTF_8 = "Write letters with accents and signs such as ° in UTF-8, in an address as %C2%B0; or leave them out."
SMALLER = "Send fewer values at once."
AS_FORM = "Send a plain form: api_key=…&field1=21.4."
AS_JSON = 'Send an object such as {"api_key": "…", "field1": 21.4}.'


class _Heard(NamedTuple):
    """One place of a request: its parameters, why they cannot be understood, how many bytes they were written in."""

    found: dict[str, Any]
    fault: Failed | None = None
    size: int = 0


@dataclass(frozen=True)
class Asked:
    """What a request asks: its parameters by name, and its key. Values from JSON are as JSON has them."""

    fields: Mapping[str, Any]
    key: str | None
    in_header: bool = False
    """Whether the key came in a header."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Those parameters that are single values, as texts."""
    fault: Failed | None = None
    """Why it cannot be understood; then nothing but the key is of use."""
    size_bytes: int = 0
    """How long it is, as it was written."""

    @classmethod
    def of(cls, environ: Mapping[str, Any], max_body_bytes: int) -> Asked:
        """Of a request as its WSGI environment tells it.

        Raises Failed: 422 for what is not UTF-8, 400 for what is no JSON, 413 for too much.
        """
        asked = cls.heard(environ, max_body_bytes)
        if asked.fault is not None:
            raise asked.fault
        return asked

    @classmethod
    def heard(cls, environ: Mapping[str, Any], max_body_bytes: int) -> Asked:
        """As `of`; what cannot be understood has a `fault`, and its key where that can be found all the same."""
        query, body = _pairs(environ.get("QUERY_STRING", "").encode("latin-1")), _body(environ, max_body_bytes)
        found = query.found | body.found
        named = [name for name in environ if KEY_HEADER in name]
        texts = {name: text for name, value in found.items() if (text := as_text(value)) is not None}
        header = str(environ[named[0]]).strip() if named else ""
        key = header or next((texts[name].strip() for name in KEY_FIELDS if texts.get(name, "").strip()), "")
        fault = query.fault or body.fault
        return cls(found, key or None, bool(header), texts, fault, query.size + body.size)

    @property
    def plain_bytes(self) -> int:
        """How long it would be as a form in which nothing needed to be written as %xx."""
        pairs = (len(name.encode()) + len(text.encode()) for name, text in self.texts.items())
        return sum(pairs) + 2 * len(self.texts) - 1

    def text(self, *names: str) -> str | None:
        """The first of these parameters that is there; None where none is."""
        return next((self.texts[name] for name in names if name in self.texts), None)


def as_text(value: Any) -> str | None:
    """A value as ThingSpeak keeps it: JSON's numbers and truths are texts. None for null, lists and objects."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    return None


def _body(environ: Mapping[str, Any], max_body_bytes: int) -> _Heard:
    if not environ.get("CONTENT_LENGTH") and "chunked" not in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        return _Heard({})
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    body = environ["wsgi.input"].read(max_body_bytes + 1)
    if len(body) > max_body_bytes:
        return _Heard({}, Failed(Failure.TOO_LARGE, f"The body has more than {max_body_bytes} bytes.", cure=SMALLER))
    if kind == "multipart/form-data":
        return _parts(environ, body)
    if kind == "application/json" or body[:1] == b"{":  # many a sketch says that its JSON is a form
        return _json(body)
    return _pairs(body)


def _parts(environ: Mapping[str, Any], body: bytes) -> _Heard:
    try:
        body.decode()
    except UnicodeDecodeError:
        return _Heard({}, Failed(Failure.NOT_UTF_8, NOT_UTF_8, cure=IN_UTF_8))
    parser = FormDataParser(_kept_nowhere, max_form_parts=MOST_FIELDS, silent=False)
    whole = {**environ, "wsgi.input": BytesIO(body), "wsgi.input_terminated": True}
    try:
        _, form, _ = parser.parse_from_environ(whole)
    except RequestEntityTooLarge:
        return _Heard({}, _too_many())
    except ValueError:
        return _Heard({}, Failed(Failure.MALFORMED, "The body is no form in parts.", cure=AS_FORM))
    return _Heard({name: text.rstrip("\r\n") for name, text in form.items()}, None, len(body))


def _kept_nowhere(*_file: Any, **_more: Any) -> BytesIO:
    """Where a file of a form goes: none is wanted."""
    return BytesIO()


def _json(body: bytes) -> _Heard:
    if not body.strip():
        return _Heard({})
    try:
        found = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except UnicodeDecodeError:
        return _Heard({}, Failed(Failure.NOT_UTF_8, NOT_UTF_8, cure=IN_UTF_8))
    except (msgspec.MsgspecError, RecursionError):
        return _Heard({}, Failed(Failure.MALFORMED, "The body is not JSON.", cure=AS_JSON))
    if not isinstance(found, dict):
        return _Heard({}, Failed(Failure.MALFORMED, "The body is JSON, but not an object.", cure=AS_JSON))
    return _Heard(found, None, len(body)) if len(found) <= MOST_FIELDS else _Heard({}, _too_many())


def _pairs(written: bytes) -> _Heard:
    """The parameters of an address or a form; boards often send them without the percent signs they need.

    A percent sign that begins no byte stands for itself, and the line end that some boards send last does not count.
    """
    if not written:
        return _Heard({})
    pieces = [piece for piece in written.rstrip(b"\r\n\0").split(b"&") if piece]
    if len(pieces) > MOST_FIELDS:
        return _Heard({}, _too_many())
    try:
        parted = (piece.partition(b"=") for piece in pieces)
        return _Heard({_plain(name): _plain(text).rstrip("\r\n") for name, _, text in parted}, None, len(written))
    except UnicodeDecodeError:
        return _Heard(_key_among(pieces), Failed(Failure.NOT_UTF_8, NOT_UTF_8, cure=IN_UTF_8))


def _too_many() -> Failed:
    return Failed(Failure.TOO_LARGE, f"There are more than {MOST_FIELDS} parameters.", cure=SMALLER)


def _key_among(pieces: Sequence[bytes]) -> dict[str, Any]:
    """The key alone, of parameters not all of which are UTF-8."""
    named = (piece.partition(b"=") for piece in pieces)
    found = {name.decode("ascii", "replace"): text.decode("ascii", "replace") for name, _, text in named}
    return {name: found[name] for name in (*KEY_FIELDS, BULK_KEY_FIELD) if name in found}


def _plain(written: bytes) -> str:
    if b"+" in written:
        written = written.replace(b"+", b" ")
    return (unquote_to_bytes(written) if b"%" in written else written).decode()
