"""The body of a message as it came over the wire → the bytes that were meant, within a limit."""

from __future__ import annotations

import zlib

from domain.errors import Malformed, TooLarge, UnsupportedMedia

MOST_MEMBERS = 100
"""Each member costs a copy of all that follow it."""

_GZIP = 16 + zlib.MAX_WBITS


def unpack(body: bytes, content_encoding: str | None, limit_bytes: int) -> bytes:
    """The body without its Content-Encoding: none, `identity` or `gzip`.

    Raises TooLarge as soon as it grows beyond `limit_bytes`, packed or unpacked, so that a small message cannot fill
    the memory; Malformed for damaged gzip; UnsupportedMedia for any other encoding.
    """
    if len(body) > limit_bytes:
        raise too_large(limit_bytes)
    encoding = (content_encoding or "").strip().lower()
    if encoding in ("", "identity"):
        return body
    if encoding in ("gzip", "x-gzip"):
        return _gunzip(body, limit_bytes)
    raise UnsupportedMedia(
        "The Content-Encoding is neither gzip nor identity.",
        hint="Send the message plain, or packed with gzip.",
        headers={"Accept-Encoding": "gzip, identity"},
    )


def too_large(limit_bytes: int) -> TooLarge:
    """The refusal of a message that is longer than `limit_bytes`."""
    return TooLarge(f"The message is longer than {limit_bytes} bytes.")


def _gunzip(body: bytes, limit_bytes: int) -> bytes:
    """All members of a gzip file, one after the other (RFC 1952 §2.2)."""
    parts: list[bytes] = []
    room = limit_bytes
    for _ in range(MOST_MEMBERS):
        part, body = _gunzip_member(body, room)
        parts.append(part)
        room -= len(part)
        if room < 0:
            raise too_large(limit_bytes)
        if not body:
            return b"".join(parts)
    raise TooLarge(f"The gzip data has more than {MOST_MEMBERS} members.")


def _gunzip_member(packed: bytes, room: int) -> tuple[bytes, bytes]:
    """One member unpacked to at most one byte more than there is room for, and what follows it."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        part = unpacker.decompress(packed, room + 1)
    except zlib.error as error:
        raise Malformed("The gzip data is damaged.", hint=_hint(packed)) from error
    if len(part) <= room and not unpacker.eof:
        raise Malformed("The gzip data ends too early.", hint="Send it whole: Content-Length counts the packed bytes.")
    return part, unpacker.unused_data


def _hint(packed: bytes) -> str:
    if packed[:2] == b"\x1f\x8b":
        return "Pack it again, and send the bytes unchanged: no text conversion, no line endings."
    return "The message is not gzip. Leave the header Content-Encoding out, or pack the message."
