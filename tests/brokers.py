"""The MQTT broker as it is run for real, and a client that says exactly the bytes it is told to say."""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import context
from models import keys, upgrading
from models.store import Store
from models.vault import Vault
from tests import ready
from tests.processes import ROOT, Daemon, accepts, find_free_port, require_program
from tests.servers import CreatedChannel, LabfeedServer

ANSWERS_WITHIN_S = 20.0
CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK, PINGRESP = 2, 3, 4, 5, 6, 7, 9, 11, 13


@dataclass(slots=True)
class MqttBroker:
    """`python -m ingest.mqtt` with settings of its own. `server`: a web server of the same settings, not started."""

    port: int
    server: LabfeedServer
    daemon: Daemon = field(repr=False)

    def create_channel(self, name: str, **more) -> CreatedChannel:
        return self.server.create_channel(name, **more)

    @contextmanager
    def store(self) -> Iterator[Store]:
        store = Store.open(self.server.database_url)
        try:
            yield store
        finally:
            store.close()

    def revoke(self, key: str) -> None:
        with self.store() as store:
            store.tell(keys.revoke, Vault(self.server.settings["SECRET_KEY"]).digest(key), now=context.now())

    def log(self) -> str:
        return self.daemon.log()


@contextmanager
def running_broker(folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[MqttBroker]:
    """A started broker; it sees of this shell's environment the paths and the language only."""
    port = find_free_port()
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    environment |= {
        "LABFEED_ENV": "development",
        "SECRET_KEY": "a-secret-of-the-tests-and-of-nothing-else",
        "PYTHONPATH": str(ROOT),
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'labfeed.db'}",
        "RATE_LIMIT": "off",
        **(settings or {}),
        "MQTT_PORT": str(port),
    }
    make_tables(environment["DATABASE_URL"])
    command = [sys.executable, "-m", "ingest.mqtt"]
    daemon = Daemon("the broker", command, folder / f"mqtt-{port}.log", lambda: accepts(port), environment, folder)
    broker = MqttBroker(port, LabfeedServer(0, environment, daemon), daemon)
    try:
        daemon.start()
        yield broker
        assert "Traceback" not in broker.log(), broker.log()
    finally:
        daemon.kill9()


def make_tables(database_url: str) -> None:
    """What the web server would do."""
    ready.lay(database_url, ready.migrated)
    store = Store.open(database_url)
    try:
        upgrading.upgrade(store)
    finally:
        store.close()


def mosquitto(program: str) -> str:
    """Where mosquitto_pub or mosquitto_sub is."""
    return require_program(program)


@dataclass(slots=True)
class Packet:
    """One packet of the broker's, taken apart."""

    kind: int
    flags: int
    body: bytes

    @property
    def number(self) -> int:
        """Of an acknowledgement."""
        return int.from_bytes(self.body[:2], "big")

    @property
    def topic(self) -> str:
        return self.body[2 : 2 + self.number].decode()

    @property
    def payload(self) -> bytes:
        """Of a PUBLISH that asks for no acknowledgement."""
        return self.body[2 + self.number :]

    @property
    def said(self):
        return json.loads(self.payload)


class RawClient:
    """A client that waits for nothing it is not told to wait for."""

    def __init__(self, port: int) -> None:
        self.line = socket.create_connection(("127.0.0.1", port), timeout=ANSWERS_WITHIN_S)

    def __enter__(self) -> RawClient:
        return self

    def __exit__(self, *_raised) -> None:
        self.line.close()

    def connect(
        self, key: str | None, *, client_id: str = "raw", keep_alive_s: int = 60, will=None, level: int = 4
    ) -> int:
        """Say CONNECT and return the code of the answer; `will` is (topic, payload)."""
        flags = 0x02 | (0xC0 if key is not None else 0) | (0x04 if will else 0)
        said = text("MQTT") + bytes((level, flags)) + struct.pack("!H", keep_alive_s)
        said += (b"\0" if level == 5 else b"") + text(client_id)
        for part in will or ():
            said += text(part)
        if key is not None:
            said += text("anything") + text(key)
        self.say(0x10, said)
        return self.expect(CONNACK).body[1]

    def publish(self, topic: str, payload: bytes | str, *, qos: int = 0, number: int = 1, flags: int = 0) -> None:
        said = text(topic) + (struct.pack("!H", number) if qos else b"")
        self.say(0x30 | qos << 1 | flags, said + (payload.encode() if isinstance(payload, str) else payload))

    def subscribe(self, *filters: str) -> list[int]:
        """What was granted for each."""
        self.say(0x82, struct.pack("!H", 7) + b"".join(text(each) + b"\1" for each in filters))
        return list(self.expect(SUBACK).body[2:])

    def unsubscribe(self, topic_filter: str) -> None:
        self.say(0xA2, struct.pack("!H", 8) + text(topic_filter))
        self.expect(UNSUBACK)

    def release(self, number: int) -> None:
        self.say(0x62, struct.pack("!H", number))

    def ping(self) -> None:
        self.say(0xC0, b"")

    def goodbye(self) -> None:
        self.say(0xE0, b"")

    def say(self, first: int, body: bytes) -> None:
        self.line.sendall(bytes((first,)) + length(len(body)) + body)

    def read(self) -> Packet | None:
        """The next packet; None when the line is ended."""
        first = self._exactly(1)
        if first is None:
            return None
        size, shift = 0, 0
        while True:
            (byte,) = self._exactly(1) or b"\0"
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        return Packet(first[0] >> 4, first[0] & 15, self._exactly(size) or b"")

    def expect(self, kind: int) -> Packet:
        """The next packet, which must be of this kind."""
        packet = self.read()
        assert packet is not None, "the line is ended"
        assert packet.kind == kind, packet
        return packet

    def is_ended(self) -> bool:
        """Whether nothing comes any more; what came before is passed over."""
        while self.read() is not None:
            pass
        return True

    def _exactly(self, size: int) -> bytes | None:
        found = b""
        while len(found) < size:
            try:
                piece = self.line.recv(size - len(found))
            except ConnectionResetError:
                return None
            if not piece:
                return None
            found += piece
        return found


def text(said: str) -> bytes:
    return struct.pack("!H", len(said.encode())) + said.encode()


def length(size: int) -> bytes:
    found = bytearray()
    while True:
        size, byte = size >> 7, size & 0x7F
        found.append(byte | (0x80 if size else 0))
        if not size:
            return bytes(found)
