"""The first packet of a line, read before aMQTT parses it: only what it can parse comes to it."""

from __future__ import annotations

import asyncio

from amqtt.adapters import BufferReader
from amqtt.mqtt.packet import CONNECT, MQTTFixedHeader

from domain.errors import Malformed

LARGEST_BYTES = 131_072
"""Of a CONNECT: two names, a password and a last will."""

LEVEL = 4
"""Of MQTT 3.1.1."""

UNSUPPORTED = {5: b"\x20\x03\x00\x84\x00"}
"""By which answer those of a later level know that theirs is not spoken (MQTT 5, 3.2)."""

UNSUPPORTED_BEFORE = b"\x20\x02\x00\x01"
"""The same for those of an earlier one (MQTT 3.1.1, 3.2)."""


class OtherLevel(Exception):
    """Another version of MQTT is asked for; `answer` is what says so to the client."""

    def __init__(self, level: int) -> None:
        super().__init__(f"MQTT of level {level} is not spoken here")
        self.answer = UNSUPPORTED.get(level, UNSUPPORTED_BEFORE)


async def read(reader: asyncio.StreamReader) -> BufferReader:
    """A whole CONNECT of MQTT 3.1.1, to be parsed. Raises Malformed, OtherLevel, or EOFError where the line ends."""
    first = (await reader.readexactly(1))[0]
    if first != CONNECT << 4:
        raise Malformed("The first packet is no CONNECT.")
    size, shift = 0, 0
    while shift < 28:
        byte = (await reader.readexactly(1))[0]
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    if not 8 <= size <= LARGEST_BYTES:
        raise Malformed(f"A CONNECT of {size} bytes is not read.")
    body = await reader.readexactly(size)
    _refuse_other_levels(body)
    return BufferReader(MQTTFixedHeader(CONNECT, 0, size).to_bytes() + body)


def _refuse_other_levels(body: bytes) -> None:
    named = int.from_bytes(body[:2], "big")
    name, level = body[2 : 2 + named], body[2 + named : 3 + named]
    if name not in (b"MQTT", b"MQIsdp") or not level:
        raise Malformed("The CONNECT names no protocol that is known.")
    if name == b"MQIsdp" or level[0] != LEVEL:
        raise OtherLevel(level[0])
