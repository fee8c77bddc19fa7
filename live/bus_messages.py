"""What processes tell one another on a bus, and what is remembered where it could not be told."""

from __future__ import annotations

import threading
from typing import Any, TypeAlias

import msgspec

from domain.readings import FreshReadings


class Fresh(msgspec.Struct, array_like=True, tag=0, frozen=True):
    """FreshReadings as it travels: an array without names."""

    origin: str
    channel_id: int
    first: int
    last: int
    received_at: int
    rows: tuple[tuple[int, int, float | None, str | None], ...]
    new_feeds: bool

    @classmethod
    def of(cls, origin: str, fresh: FreshReadings) -> Fresh:
        return cls(origin, fresh.channel_id, fresh.first, fresh.last, fresh.received_at, fresh.rows, fresh.new_feeds)

    def readings(self) -> FreshReadings:
        return FreshReadings(self.channel_id, self.first, self.last, self.received_at, self.rows, self.new_feeds)


class Gap(msgspec.Struct, array_like=True, tag=1, frozen=True):
    """Messages of these channels (None: any) were lost on their way."""

    origin: str
    channel_ids: list[int] | None


class Notice(msgspec.Struct, array_like=True, tag=2, frozen=True):
    origin: str
    kind: str
    payload: dict[str, Any]


Message: TypeAlias = Fresh | Gap | Notice
encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Message).decode


class Lost:
    """The channels of which a message could not be sent; past a thousand, or when a notice is lost, simply "any"."""

    LIMIT = 1000

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._channels: set[int] | None = set()

    def __bool__(self) -> bool:
        return self._channels is None or bool(self._channels)

    def add(self, *messages: Message) -> None:
        channels = {message.channel_id for message in messages if isinstance(message, Fresh)}
        self.put_back(None if any(isinstance(message, Notice) for message in messages) else channels)

    def put_back(self, channels: set[int] | None) -> None:
        with self._mutex:
            if channels is None or self._channels is None or len(self._channels | channels) > self.LIMIT:
                self._channels = None
            else:
                self._channels |= channels

    def take(self) -> set[int] | None:
        with self._mutex:
            taken, self._channels = self._channels, set()
            return taken
