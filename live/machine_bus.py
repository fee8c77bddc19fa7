"""The bus of the few processes of one machine that share a data folder: the web server and the MQTT broker.

Each has a datagram socket in the folder and writes to those of the others. That a message may be lost (a process that
reads too slowly, a batch too large for a datagram) is reported as a gap, as by the bus over Redis.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import queue
import socket
import threading
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from domain.readings import FreshReadings
from live.bus import LocalBus, OnFresh, OnGap, OnNotice, Unsubscribe
from live.bus_messages import Fresh, Gap, Lost, Message, Notice, decode, encode

logger = logging.getLogger(__name__)

FOLDER = "bus"
"""Where in the data folder the sockets lie; whoever may not open it can neither hear nor say anything."""

LARGEST_BYTES = 131_072
"""Of one datagram. Linux takes 208 KiB unless told otherwise."""

LONGEST_PATH_CHARS = 100
"""Of a socket's address (unix(7): 108 bytes)."""

OUTBOX_LIMIT = 10_000
"""Messages that wait to be sent; more than this are a gap."""

FULL_S = 0.005
MOST_TRIES = 100
"""How often a message is tried again where a process has no room: a socket of Linux holds ten (max_dgram_qlen)."""

LISTEN_S = 0.5
STOP_WITHIN_S = 2.0


class MachineBus:
    """What this process publishes reaches its own subscribers at once, and those of the others a moment later."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER
        self._local = LocalBus()
        self._origin = uuid.uuid4().hex
        self._lost: dict[str, Lost] = {}
        self._outbox: queue.Queue[Message] = queue.Queue(OUTBOX_LIMIT)
        self._dropped = Lost()
        self._stopping = threading.Event()
        self._ears: socket.socket | None = None
        self._mouth: socket.socket | None = None
        self._threads: list[threading.Thread] = []

    def publish(self, fresh: FreshReadings) -> None:
        self._local.publish(fresh)
        if self._threads:
            self._post(Fresh.of(self._origin, fresh))

    def subscribe(self, callback: OnFresh, on_gap: OnGap | None = None) -> Unsubscribe:
        return self._local.subscribe(callback, on_gap)

    def notice(self, kind: str, payload: Mapping[str, Any]) -> None:
        self._local.notice(kind, payload)
        if self._threads:
            self._post(Notice(self._origin, kind, dict(payload)))

    def on_notice(self, kind: str, callback: OnNotice) -> Unsubscribe:
        return self._local.on_notice(kind, callback)

    def start(self) -> None:
        """Begin to listen. Where there can be no socket, as in a folder that may not be written, it goes on alone."""
        if self._threads:
            return
        self._origin = uuid.uuid4().hex  # after a fork the child is another process
        try:
            self._ears = self._listening()
        except OSError as error:
            logger.warning("Other processes of this machine are neither heard nor told anything: %s", error)
            return
        self._mouth = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._mouth.setblocking(False)
        for name, work in (("bus-send", self._send_all), ("bus-listen", self._listen)):
            self._threads.append(threading.Thread(target=work, name=name, daemon=True))
            self._threads[-1].start()

    def close(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(STOP_WITHIN_S)
        if self._threads:
            (self._folder / self._origin).unlink(missing_ok=True)
        for each in (self._ears, self._mouth):
            if each is not None:
                each.close()

    def _listening(self) -> socket.socket:
        """This process's own socket in the folder. Raises OSError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ears = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            with self._at(self._origin) as address:
                ears.bind(address)
        except OSError:
            ears.close()
            raise
        ears.settimeout(LISTEN_S)
        return ears

    def _post(self, message: Message) -> None:
        try:
            self._outbox.put_nowait(message)
        except queue.Full:
            self._dropped.add(message)

    def _send_all(self) -> None:
        """Send what is in the outbox until the bus closes."""
        while not self._stopping.is_set():
            try:
                self._tell_all(self._outbox.get(timeout=LISTEN_S))
            except queue.Empty:
                for peer in list(self._lost):
                    self._tell_of_gap(peer)

    def _tell_all(self, message: Message) -> None:
        """Tell it to the others, if there are any. What a process has no room for is a gap to it."""
        dropped = self._dropped.take() if self._dropped else set()
        for peer in self._peers():
            if dropped != set():
                self._lost.setdefault(peer, Lost()).put_back(dropped)
            if not self._tell_of_gap(peer) or not self._send(peer, self._said(message), MOST_TRIES):
                self._lost.setdefault(peer, Lost()).add(message)

    def _said(self, message: Message) -> bytes:
        """A message as it travels; one that is too large for that, as a gap."""
        said = encode(message)
        if len(said) <= LARGEST_BYTES:
            return said
        return encode(Gap(self._origin, [message.channel_id] if isinstance(message, Fresh) else None))

    def _peers(self) -> list[str]:
        """The other processes; none before the start, and none where the folder is gone."""
        if self._mouth is None:
            return []
        try:
            return [name for name in os.listdir(self._folder) if name != self._origin]  # noqa: PTH208 - for each message
        except OSError:
            return []

    def _tell_of_gap(self, peer: str) -> bool:
        """Whether this process knows of everything that it was not told."""
        lost = self._lost.pop(peer, None)
        if not lost:
            return True
        channels = lost.take()
        if self._send(peer, encode(Gap(self._origin, None if channels is None else sorted(channels)))):
            return True
        lost.put_back(channels)
        self._lost[peer] = lost
        return False

    def _send(self, peer: str, said: bytes, tries: int = 1) -> bool:
        """Whether it was taken, or there is nobody any more to take it."""
        for _ in range(tries):
            try:
                self._sent(peer, said)
            except (ConnectionRefusedError, FileNotFoundError):  # a process that was killed leaves its socket behind
                self._lost.pop(peer, None)
                (self._folder / peer).unlink(missing_ok=True)
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.ENOBUFS):
                    logger.warning("A live message could not be sent: %s", error)
                    return False
                self._stopping.wait(FULL_S)  # nothing tells when there is room
                continue
            return True
        return False

    def _sent(self, peer: str, said: bytes) -> None:
        assert self._mouth is not None
        with self._at(peer) as address:
            self._mouth.sendto(said, address)

    def _listen(self) -> None:
        assert self._ears is not None
        while not self._stopping.is_set():
            try:
                self._pass_on(self._ears.recv(2 * LARGEST_BYTES))
            except TimeoutError:
                continue
            except OSError as error:
                logger.warning("No live messages can be heard: %s", error)
                return

    def _pass_on(self, said: bytes) -> None:
        try:
            message = decode(said)
        except msgspec.MsgspecError:
            logger.warning("A live message could not be read: %d bytes", len(said))
            return
        if isinstance(message, Fresh):
            self._local.publish(message.readings())
        elif isinstance(message, Gap):
            self._local.report_gap(None if message.channel_ids is None else frozenset(message.channel_ids))
        else:
            self._local.notice(message.kind, message.payload)

    @contextlib.contextmanager
    def _at(self, name: str) -> Iterator[str]:
        """The address of a socket; a long one is written by the number of its open folder."""
        path = str(self._folder / name)
        if len(os.fsencode(path)) <= LONGEST_PATH_CHARS:
            yield path
            return
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{folder}/{name}"
        finally:
            os.close(folder)
