"""What a board meant by the bytes it sent: a request line, header fields and a form, mended until they are HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

KEY_HEADER = "THINGSPEAKAPIKEY"
"""A header with this in its name carries the key."""

WRITING = re.compile(
    r"/(?:s/)?update(?:\.(?:json|xml|txt))?/?(?:\?.*)?|/update/api_key=[^/?]*/mac=.*|/api/write/api_key=.*",
    re.IGNORECASE,
).fullmatch
_VALUE_TO_API = re.compile(r"/api/?\?(?:.*&)?data=.*").fullmatch
_API = re.compile(r"/api/?(?:\?.*)?").fullmatch

_LINE = re.compile(rb"([A-Z]+)[ \t]+(.*?)(?:[ \t]+HTTP/(\d)\.\d)?", re.IGNORECASE | re.DOTALL).fullmatch
_HOST = re.compile(rb"^https?://[^/?]*", re.IGNORECASE)
_HIGH = re.compile(rb"%[89A-Fa-f][0-9A-Fa-f]|[\x80-\xff]")
_PARTED = re.compile(rb"([/?&=])")

NEEDS_NO_ESCAPE = "%!$&'()*+,-./:;=?@_~"
"""Of the signs of ASCII those that may stand in an address as they are."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The first line of a request, mended."""

    method: str
    target: str
    has_head: bool
    """Whether it names a version of HTTP: header fields follow, and the answer has some, too."""

    @property
    def writes(self) -> bool:
        """Whether it is for an address where values are stored; whoever wants to read asks the web server itself."""
        if self.method not in ("GET", "POST"):
            return False
        if _API(self.target):
            return self.method == "POST" or _VALUE_TO_API(self.target) is not None
        return WRITING(self.target) is not None


@dataclass(frozen=True, slots=True)
class Head:
    """What is passed on of the header fields, and how long the body is; None where that cannot be told."""

    fields: dict[str, str] = field(default_factory=dict)
    size_bytes: int | None = 0

    @property
    def content_type(self) -> str:
        return self.fields.get("Content-Type", "").partition(";")[0].strip().lower()


def asked_in(line: bytes) -> Asked | None:
    """What the first line asks; None for a line that asks nothing.

    Blanks in the address are taken as part of it, an address with the host before it as one without, and bytes that
    are not UTF-8 as Latin-1.
    """
    found = _LINE(line.strip(b" \t\r\n\0"))
    if found is None:
        return None
    method, target, version = found.groups()
    path = _HOST.sub(b"", target.strip(), count=1)
    mended = "".join(_in_address(piece) for piece in _PARTED.split(path))
    has_head = version is not None and version != b"0"
    return Asked(method.decode().upper(), mended if mended.startswith("/") else f"/{mended}", has_head)


def head_of(lines: Iterable[bytes]) -> Head:
    """The few header fields that count: the key, what the body is, and its length. Lines without a colon are passed."""
    fields: dict[str, str] = {}
    size: int | None = 0
    for line in lines:
        name, colon, value = (part.strip() for part in _printable(line).partition(":"))
        if not colon:
            continue
        if KEY_HEADER in name.upper():
            fields["X-THINGSPEAKAPIKEY"] = value
        elif name.lower() == "content-type":
            fields["Content-Type"] = value
        elif name.lower() == "content-length":
            size = int(value) if value.isdecimal() and len(value) < 9 else None
        elif name.lower() == "transfer-encoding":
            return Head(fields, None)
    return Head(fields, size)


def body_in_utf_8(body: bytes, content_type: str) -> bytes:
    """A form or a JSON text, in UTF-8 where it was Latin-1. Forms in parts say themselves how they are written."""
    if content_type.startswith("multipart/"):
        return body
    if content_type in ("", "application/x-www-form-urlencoded"):
        return b"".join(_form_piece(piece) for piece in re.split(rb"([&=])", body))
    return body if _is_utf_8(body) else body.decode("latin-1").encode()


def _in_address(piece: bytes) -> str:
    """A piece of an address with everything escaped that may not stand there."""
    text = piece if _is_utf_8_once_read(piece) else _HIGH.sub(_as_utf_8, piece)
    return quote(text, safe=NEEDS_NO_ESCAPE)


def _form_piece(piece: bytes) -> bytes:
    return piece if _is_utf_8_once_read(piece) else _HIGH.sub(_as_utf_8, piece)


def _as_utf_8(found: re.Match[bytes]) -> bytes:
    """One byte of Latin-1, raw or escaped, as UTF-8, escaped."""
    byte = found[0] if len(found[0]) == 1 else bytes([int(found[0][1:], 16)])
    return quote(byte.decode("latin-1")).encode()


def _is_utf_8_once_read(piece: bytes) -> bool:
    """Whether it is UTF-8 when its escapes are read."""
    return _is_utf_8(_HIGH.sub(lambda found: found[0] if len(found[0]) == 1 else bytes([int(found[0][1:], 16)]), piece))


def _is_utf_8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _printable(line: bytes) -> str:
    """A header line without what would end it early."""
    return "".join(char for char in line.decode("latin-1") if " " <= char < "\x7f")
