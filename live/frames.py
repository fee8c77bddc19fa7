"""WebSocket frames as a server sends them (RFC 6455 §5.2): never masked, so one frame serves any number of viewers."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

MOST_CONTROL_BYTES = 125
_FINAL = 0x80


class Opcode(IntEnum):
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


class CloseCode(IntEnum):
    """Why a socket is closed (RFC 6455 §7.4.1 and the IANA registry)."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    NONE_GIVEN = 1005
    CONNECTION_LOST = 1006
    INVALID_DATA = 1007
    RIGHT_ENDED = 1008
    TOO_BIG = 1009
    SERVER_ERROR = 1011
    SERVICE_RESTART = 1012
    TOO_SLOW = 1013


class Frame(bytes):
    """One or several whole frames, ready for the wire. Made once, sent to any number of peers."""

    __slots__ = ()

    @classmethod
    def text(cls, payload: bytes) -> Frame:
        """One text message; the payload is UTF-8."""
        return cls(_head(Opcode.TEXT, len(payload)) + payload)

    @classmethod
    def ping(cls) -> Frame:
        return cls(_head(Opcode.PING, 0))

    @classmethod
    def pong(cls, payload: bytes) -> Frame:
        return cls(_head(Opcode.PONG, len(payload)) + payload)

    @classmethod
    def close(cls, code: int, reason: str = "") -> Frame:
        """The closing frame; a reason longer than a control frame may be is cut between characters."""
        said = reason.encode()[: MOST_CONTROL_BYTES - 2].decode(errors="ignore").encode()
        return cls(_head(Opcode.CLOSE, len(said) + 2) + code.to_bytes(2, "big") + said)

    @classmethod
    def joined(cls, frames: Iterable[Frame]) -> Frame:
        """Several frames, to be written at once."""
        return cls(b"".join(frames))


def _head(opcode: Opcode, size: int) -> bytes:
    if size < 126:
        return bytes((_FINAL | opcode, size))
    if size < 1 << 16:
        return bytes((_FINAL | opcode, 126)) + size.to_bytes(2, "big")
    return bytes((_FINAL | opcode, 127)) + size.to_bytes(8, "big")
