"""The conversation with a board: one request a connection, within bounds of bytes and time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus

from dialects.tolerant.asking import Answer, WebServer
from dialects.tolerant.mending import Asked, Head, asked_in, body_in_utf_8, head_of

MOST_LINE_BYTES = 4096
"""An update has at most 3000 bytes."""

MOST_HEADER_LINES = 50
MOST_BODY_BYTES = 8192
MOST_TARGET_CHARS = 8000
"""The web server takes request lines of 8 190 bytes."""

LEAST_BYTES_LEFT = 65_536
"""So much of what a board still sends after its answer is read, so that the answer is not lost with it."""

MALFORMED = Answer(HTTPStatus.BAD_REQUEST, b"0")
TOO_LONG = Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"0")
NOT_HERE = Answer(HTTPStatus.NOT_FOUND, b"Only values are taken here. Ask the web server for everything else.\n")


class BrokenOff(Exception):
    """The board said no more before its request was whole; nothing is stored of it."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many boards are heard at once; how long a request may take, and a silence in its header or at its end."""

    connections: int = 200
    request_s: float = 10
    silence_s: float = 2


class Front:
    """The listener: mends requests and has the web server answer them."""

    def __init__(self, web: WebServer, bounds: Bounds | None = None) -> None:
        self._web = web
        self._bounds = bounds or Bounds()
        self._conversations: set[asyncio.Task[None]] = set()

    async def serve(self, host: str, port: int) -> asyncio.Server:
        """Begin to listen. Raises OSError where the port is taken."""
        return await asyncio.start_server(self._meet, host, port, limit=MOST_LINE_BYTES)

    async def finish(self) -> None:
        """Return when every request under way is answered."""
        if self._conversations:
            await asyncio.wait(self._conversations)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A board beyond the bound is not kept waiting: it is let go at once and may come again."""
        task = asyncio.current_task()
        if task is None or len(self._conversations) >= self._bounds.connections:
            writer.close()
            return
        self._conversations.add(task)
        try:
            await self._converse(reader, writer)
        except (BrokenOff, TimeoutError, OSError):
            pass  # nobody is there to be told
        finally:
            self._conversations.discard(task)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(self._bounds.request_s):
            asked, head, body = await self._request(reader)
        if isinstance(body, Answer):
            answer = body
        elif asked is None:
            answer = MALFORMED
        elif not asked.writes:
            answer = NOT_HERE
        else:
            answer = await self._web.ask(asked.method, asked.target, head.fields | _asker(writer), body)
        async with asyncio.timeout(self._bounds.request_s):
            writer.write(answer.written(has_head=asked is not None and asked.has_head))
            await writer.drain()
        async with asyncio.timeout(self._bounds.silence_s):
            await _take_leave(reader, writer)

    async def _request(self, reader: asyncio.StreamReader) -> tuple[Asked | None, Head, bytes | Answer]:
        """The request: its line, its header, its body, or instead of that why it is refused. Raises BrokenOff."""
        try:
            asked = asked_in(await _first_line(reader))
        except asyncio.LimitOverrunError:
            return None, Head(), TOO_LONG
        if asked is None or not asked.has_head:
            return asked, Head(), b""
        if len(asked.target) > MOST_TARGET_CHARS:
            return asked, Head(), TOO_LONG
        try:
            head = head_of(await self._header_lines(reader, may_break_off=asked.method == "GET"))
        except asyncio.LimitOverrunError:
            return asked, Head(), TOO_LONG
        if head.size_bytes is None:
            return asked, head, MALFORMED
        if head.size_bytes > MOST_BODY_BYTES:
            return asked, head, TOO_LONG
        return asked, head, await _body(reader, head)

    async def _header_lines(self, reader: asyncio.StreamReader, *, may_break_off: bool) -> list[bytes]:
        """The lines up to the empty one. A header that `may_break_off` ends with the board, or where that falls silent.

        Raises BrokenOff where it may not: what is missing may say that a body comes.
        """
        lines: list[bytes] = []
        while len(lines) < MOST_HEADER_LINES:
            try:
                async with asyncio.timeout(self._bounds.silence_s if may_break_off else None):
                    line = await reader.readuntil(b"\n")
            except (asyncio.IncompleteReadError, TimeoutError) as silence:
                if may_break_off:
                    return lines
                raise BrokenOff from silence
            if not line.strip():
                return lines
            lines.append(line)
        raise asyncio.LimitOverrunError("too many header lines", 0)


def _asker(writer: asyncio.StreamWriter) -> dict[str, str]:
    """For whom the web server is asked, as proxies say it; what a board says of itself is not passed on."""
    address, *_ = writer.get_extra_info("peername") or ("",)
    return {"X-Forwarded-For": address} if address else {}


async def _first_line(reader: asyncio.StreamReader) -> bytes:
    """The first line that is not empty. Raises BrokenOff for one without an end: a value may be cut in two there."""
    while True:
        try:
            line = await reader.readuntil(b"\n")
        except asyncio.IncompleteReadError as broken:
            raise BrokenOff from broken
        if line.strip():
            return line


async def _body(reader: asyncio.StreamReader, head: Head) -> bytes:
    try:
        return body_in_utf_8(await reader.readexactly(head.size_bytes or 0), head.content_type)
    except asyncio.IncompleteReadError as broken:
        raise BrokenOff from broken


async def _take_leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """End the answer and hear the board out: a connection closed over unread bytes takes the answer with it."""
    writer.write_eof()
    left = LEAST_BYTES_LEFT
    while left > 0 and (piece := await reader.read(MOST_LINE_BYTES)):
        left -= len(piece)
