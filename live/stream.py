"""The live stream of a channel for programs: a WebSocket at /ws/channels/<channel>, one JSON object in each text frame.

    {"type": "hello", "channel_id": 7, "entry_id": 40, "feeds": ["temperature", "door"]}
    {"entry_id": 41, "received_at": "2026-11-20T10:00:00.120000Z",
     "readings": [{"at": "2026-11-20T10:00:00Z", "values": {"temperature": 21.4, "door": "open"}}]}

The first frame says after which entry the stream starts: after the newest, or after the one that `?after=` names. Each
later frame brings everything up to its `entry_id`, so whoever connects again with `?after=` the last one it saw misses
nothing and gets nothing twice. What was sent at one instant stands together under its `at`, in the order stored; what
was stored together, or while the reader was slow, comes in one frame. Frames from the program are ignored.

Closed with 1008 when the right to read ends, 1013 when the program reads too slowly for too long, 1001 when the server
stops. A program that may not read is refused before the upgrade, with a problem document.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, Protocol, TypeVar

import msgspec
from flask import Flask, current_app, request

from domain.errors import Invalid, LabfeedError, Malformed
from domain.readings import FreshReadings
from domain.timespan import to_rfc3339
from live.frames import CloseCode, Frame
from live.groups import Encoder
from live.hub import Hub
from live.open_pages import VISITOR, Current, Grounds, Standings
from live.peer import AnyPeer
from live.sockets import Doors

logger = logging.getLogger(__name__)

RULE = "/ws/channels/<channel>"
ENDPOINT = "channel_stream"
BETWEEN_QUESTIONS_S = 0.002
"""Without a pause, asking again for a thousand readers held up everything else for a third of a second."""

EXPIRY_S = 60.0
"""How often it is asked whether a right that may end by time has ended."""

RIGHT_ENDED = "You may not read this channel any more."

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


class Listener(Protocol[T_contra]):
    """Whoever is on the line: a socket, or an answer that goes on (`event_stream`)."""

    environ: dict[str, Any]

    def send(self, batch: T_contra, /) -> bool: ...
    def close(self, code: int = ..., reason: str = ...) -> None: ...
    def on_drained(self, callback: Callable[[], None]) -> None: ...


@dataclass(frozen=True, slots=True)
class OpenChannel:
    """A channel its reader may see: its version, its newest entry, and its feeds' names by id.

    `grounds`: who reads, as far as it is a person. `may_expire`: whether the right may end by time alone, as that of
    a session or a key does.
    """

    channel_id: int
    version: int
    cursor: int
    feeds: Mapping[int, str]
    grounds: Grounds = VISITOR
    may_expire: bool = False


@dataclass(eq=False, slots=True)
class Reader:
    """One program on the line, and how to ask again whether it may be: `app` and `written` as at the handshake."""

    app: Flask
    written: str
    channel: OpenChannel
    after: int
    peer: Listener[Any] | None = None
    asked_at: float = field(default_factory=time.monotonic)

    @property
    def versions(self) -> dict[int, int]:
        return {self.channel.channel_id: self.channel.version}

    @property
    def is_due(self) -> bool:
        """Whether the right may have ended by time since it was last asked about."""
        return self.channel.may_expire and time.monotonic() - self.asked_at > EXPIRY_S


@dataclass(eq=False)
class StreamDoor:
    """All readers of one app. `open_channel` decides, inside a request, what its program may see."""

    hub: Hub
    open_channel: Callable[[str], OpenChannel]
    _readers: dict[Reader, None] = field(default_factory=dict)
    _names: dict[int, Mapping[int, str]] = field(default_factory=dict)
    _mutex: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, channel: str) -> Reader:
        """The reader who shakes hands for this channel. Raises what `open_channel` raises, Malformed or Invalid."""
        return self.reader_of(channel, request.args.get("after"))

    def reader_of(self, channel: str, written: str | None) -> Reader:
        """The reader of the current request, who names the last entry seen, or none. Raises the same."""
        opened = self.open_channel(channel)
        after = after_from(written, opened.cursor)
        self._names[opened.channel_id] = opened.feeds
        return Reader(current_app._get_current_object(), channel, opened, after)  # type: ignore[attr-defined]

    def converse(self, peer: AnyPeer, reader: Reader) -> None:
        """Say hello, then send what comes until the socket closes."""
        peer.say(Frame.text(greeting(reader.channel, reader.after)))
        with self.reading(reader, peer, Lines(self)):
            while True:
                peer.receive()

    @contextmanager
    def reading(self, reader: Reader, peer: Listener[T], encoder: Encoder[T]) -> Iterator[None]:
        """Send what comes, and ask now and then whether the reader still may."""

        def on_end() -> None:
            peer.close(CloseCode.RIGHT_ENDED, RIGHT_ENDED)

        reader.peer = peer
        with self._mutex:
            self._readers[reader] = None
        watch = self.hub.watch(reader.channel.channel_id, reader.after, encoder, peer.send, tag=reader, on_end=on_end)
        peer.on_drained(watch.resume)
        watch.resume()
        try:
            yield
        finally:
            watch.cancel()
            with self._mutex:
                del self._readers[reader]

    def recheck(self, now: Standings) -> None:
        """Ask again for the readers whose channel, person or session changed, and close those who may read no more."""
        readers = self._readers_of(None)
        if not readers:
            return
        watched = {reader.channel.channel_id for reader in readers}
        current = Current.of(watched, [reader.channel.grounds for reader in readers], now)
        for reader in readers:
            if current.differs_from(reader.channel.grounds) or current.differs_in(reader.versions) or reader.is_due:
                self._recheck(reader)
                time.sleep(BETWEEN_QUESTIONS_S)

    def _recheck(self, reader: Reader) -> None:
        opened = self._reopened(reader)
        if opened is not None:
            reader.channel, reader.asked_at = opened, time.monotonic()
            self._names[opened.channel_id] = opened.feeds
        elif reader.peer is not None:
            reader.peer.close(CloseCode.RIGHT_ENDED, RIGHT_ENDED)

    def names_for(self, channel_id: int, runs: Sequence[FreshReadings]) -> Mapping[int, str]:
        """The names of the feeds in these runs; asks again through one of the readers when there are new ones."""
        feed_ids = {row[0] for run in runs for row in run.rows}
        if not feed_ids <= self._names.get(channel_id, {}).keys():
            for reader in self._readers_of(channel_id):
                opened = self._reopened(reader)
                if opened is not None:
                    self._names[channel_id] = opened.feeds
                    break
        return self._names.get(channel_id, {})

    def _readers_of(self, channel_id: int | None) -> list[Reader]:
        with self._mutex:
            return [each for each in self._readers if channel_id is None or each.channel.channel_id == channel_id]

    def _reopened(self, reader: Reader) -> OpenChannel | None:
        """What the reader would get if it connected now; None if nothing."""
        if reader.peer is None:
            return None
        with reader.app.request_context(dict(reader.peer.environ)):
            try:
                return self.open_channel(reader.written) if reader.app.preprocess_request() is None else None
            except LabfeedError as refused:
                logger.info("A reader of channel %s is not let in again: %s", reader.written, refused.detail)
                return None


@dataclass(frozen=True)
class Lines:
    """Shows a channel as lines of JSON."""

    door: StreamDoor
    window_s: float = 0.0

    def encode(self, channel_id: int, runs: Sequence[FreshReadings]) -> Frame:
        names = self.door.names_for(channel_id, runs)
        return Frame.joined(Frame.text(line(run, names)) for run in runs)


def register(
    doors: Doors, app: Flask, *, hub: Hub, open_channel: Callable[[str], OpenChannel], rule: str = RULE
) -> StreamDoor:
    """Open the stream at `rule`, whose variable part is `channel`."""
    door = StreamDoor(hub, open_channel)
    doors.route(app, rule, door.converse, endpoint=ENDPOINT, before=door.admit)
    return door


def greeting(channel: OpenChannel, after: int) -> bytes:
    """What is said first, as a JSON object."""
    said = {"type": "hello", "channel_id": channel.channel_id, "entry_id": after, "feeds": list(channel.feeds.values())}
    return msgspec.json.encode(said)


def line(run: FreshReadings, names: Mapping[int, str]) -> bytes:
    """One run of entries as a JSON object."""
    said = {
        "entry_id": run.last,
        "received_at": to_rfc3339(run.received_at),
        "readings": [{"at": to_rfc3339(at), "values": values} for at, values in instants(run, names)],
    }
    return msgspec.json.encode(said)


def instants(run: FreshReadings, names: Mapping[int, str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """What was sent at each instant, by feed name, in the order stored.

    Two messages with the same instant and different feeds fall together when they follow each other; no feed has two
    values at one instant.
    """
    for at, rows in groupby(run.rows, key=itemgetter(1)):
        yield (
            at,
            {
                names.get(feed_id, f"feed {feed_id}"): text if value is None else value
                for feed_id, _, value, text in rows
            },
        )


def after_from(written: str | None, newest: int) -> int:
    """The entry to start after. Raises Malformed if it is no number, Invalid if the channel has not come so far."""
    if written is None:
        return newest
    if not (written.isascii() and written.isdecimal() and len(written) < 19):
        raise Malformed("A stream starts after the number of an entry.", hint="Use the last entry_id you saw.")
    if int(written) > newest:
        raise Invalid(f"The channel's newest entry is {newest}.", hint="Leave after out to start there.")
    return int(written)
