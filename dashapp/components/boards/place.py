"""Where code is to send, and what code consists of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from domain.readings import Feed

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where readings go: the server's address without a slash at its end, a write key, and the channel's feeds.

    `accepts_new`: whether a reading may make a feed that is not there yet. `channel_id` and `mqtt_port` are for MQTT.
    """

    origin: str
    key: str
    feeds: tuple[Feed, ...] = ()
    accepts_new: bool = True
    channel_id: int = 1
    mqtt_port: int = 1883

    @property
    def topic(self) -> str:
        """Under which the channel stands in MQTT."""
        return f"c/{self.channel_id}"

    @property
    def url(self) -> str:
        return f"{self.origin}/api/v1/readings"

    @property
    def websocket_url(self) -> str:
        return f"{self.origin.replace('http', 'ws', 1)}/ws/sensor"

    @property
    def is_secure(self) -> bool:
        return self.origin.startswith("https://")

    @property
    def host(self) -> str:
        return urlsplit(self.origin).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.origin).port or (443 if self.is_secure else 80)

    @property
    def is_loopback(self) -> bool:
        """Whether the address means "this very machine", which on a board is the board itself."""
        return self.host in LOOPBACK


@dataclass(frozen=True, slots=True)
class File:
    """One piece of code to copy, and where it goes. `wraps`: its lines are commands, long and without indentation."""

    name: str
    text: str
    note: str = ""
    wraps: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """Everything somebody needs: what to do first, the pieces in their order, and what is seen when it works."""

    steps: tuple[str, ...]
    files: tuple[File, ...]
    sees: str


@dataclass(frozen=True, slots=True)
class Board:
    """Something that can send.

    `is_apart`: it is a machine of its own, so it needs the server's address in the network. `speaks_https`: it can
    reach a server that has it.
    """

    slug: str
    name: str
    picture: str
    code: Callable[[Place], Code]
    is_apart: bool = True
    speaks_https: bool = True
