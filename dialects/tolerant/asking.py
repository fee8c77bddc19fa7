"""The web server, asked in a board's place."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from http import HTTPStatus

MOST_ANSWER_BYTES = 65_536
PATIENCE_S = 10
_STATUS = re.compile(rb"HTTP/1\.\d (\d{3})").match
_TYPE = re.compile(rb"^content-type:[ \t]*([ -~]+?)[ \t]*$", re.IGNORECASE | re.MULTILINE).search


@dataclass(frozen=True, slots=True)
class Answer:
    """What a board is told."""

    status: int
    body: bytes
    content_type: str = "text/plain; charset=utf-8"

    def written(self, *, has_head: bool) -> bytes:
        """As it goes out: for a board that named no version of HTTP the body alone."""
        if not has_head:
            return self.body
        head = (
            f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(self.body)}",
            "Cache-Control: no-store",
            "Connection: close",
        )
        return "\r\n".join((*head, "", "")).encode() + self.body


NOT_THERE = Answer(HTTPStatus.SERVICE_UNAVAILABLE, b"0")
"""ThingSpeak's word for a value that was not taken."""


@dataclass(frozen=True, slots=True)
class WebServer:
    """Where requests are passed on to."""

    host: str
    port: int

    async def ask(self, method: str, target: str, fields: dict[str, str], body: bytes) -> Answer:
        """Its answer; NOT_THERE where none comes in time, and then nobody knows whether the value was stored."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._ask(method, target, fields, body)
        except (OSError, TimeoutError, ValueError):
            return NOT_THERE

    async def _ask(self, method: str, target: str, fields: dict[str, str], body: bytes) -> Answer:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            # HTTP/1.0 is never answered in chunks, and its answer ends with the connection.
            head = {"Host": f"{self.host}:{self.port}", **fields, "Content-Length": str(len(body))}
            lines = [f"{method} {target} HTTP/1.0", *(f"{name}: {value}" for name, value in head.items()), "", ""]
            writer.write("\r\n".join(lines).encode() + body)
            await writer.drain()
            return _answer(await _whole(reader))
        finally:
            writer.close()


async def _whole(reader: asyncio.StreamReader) -> bytes:
    """Raises ValueError for more than any answer to a board has."""
    said = bytearray()
    while piece := await reader.read(MOST_ANSWER_BYTES):
        said += piece
        if len(said) > MOST_ANSWER_BYTES:
            raise ValueError("the answer is too long")
    return bytes(said)


def _answer(said: bytes) -> Answer:
    """Raises ValueError for what is no whole answer."""
    head, end, body = said.partition(b"\r\n\r\n")
    status, kind = _STATUS(head), _TYPE(head.replace(b"\r", b""))
    if status is None or not end:
        raise ValueError("the answer broke off")
    return Answer(int(status[1]), body, kind[1].decode() if kind else "text/plain; charset=utf-8")
