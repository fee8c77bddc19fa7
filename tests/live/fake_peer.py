"""A peer that is no socket: it says what a test gives it and notes what it is told."""

from __future__ import annotations

import json
import queue
from collections.abc import Callable
from typing import Any

from wsproto.connection import Connection, ConnectionType
from wsproto.events import TextMessage

from live.frames import Frame
from live.peer import Closed


class FakePeer:
    """Hand it messages with `hears`; `hang_up` ends the conversation."""

    PATIENCE_S = 10.0

    def __init__(self, environ: dict[str, Any] | None = None) -> None:
        self.environ = environ or {}
        self.frames: list[Frame] = []
        self.closed: tuple[int, str] | None = None
        self.has_room = True
        self.ticks: list[Callable[[float], None]] = []
        self.drains: list[Callable[[], None]] = []
        self._incoming: queue.Queue[str | bytes | None] = queue.Queue()

    def hears(self, message: object) -> None:
        self._incoming.put(message if isinstance(message, str | bytes) else json.dumps(message))

    def hang_up(self) -> None:
        self._incoming.put(None)

    @property
    def told(self) -> list[Any]:
        """The messages it was sent, decoded."""
        reader = Connection(ConnectionType.CLIENT)
        reader.receive_data(b"".join(self.frames))
        return [json.loads(event.data) for event in reader.events() if isinstance(event, TextMessage)]

    def receive(self, within_s: float | None = None) -> str | bytes:
        message = self._incoming.get(timeout=self.PATIENCE_S)
        if message is None:
            raise Closed(1000)
        return message

    def send(self, frame: Frame) -> bool:
        if self.has_room:
            self.frames.append(frame)
        return self.has_room

    def say(self, frame: Frame) -> bool:
        self.frames.append(frame)
        return True

    def close(self, code: int = 1000, reason: str = "") -> None:
        self.closed = self.closed or (code, reason)
        self.hang_up()

    def on_drained(self, callback: Callable[[], None]) -> None:
        self.drains.append(callback)

    def on_close(self, callback: Callable[[], None]) -> None: ...

    def on_tick(self, callback: Callable[[float], None]) -> None:
        self.ticks.append(callback)

    def tick(self, now: float) -> None:
        for callback in self.ticks:
            callback(now)
