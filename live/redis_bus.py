"""The bus of many processes, over Redis.

Redis pub/sub drops messages silently whenever a connection breaks; what may have been lost is reported as a gap.
"""

from __future__ import annotations

import logging
import queue
import random
import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from domain.readings import FreshReadings
from live.bus import LocalBus, OnFresh, OnGap, OnNotice, Unsubscribe

logger = logging.getLogger(__name__)

IO_TIMEOUT_S = 0.5
"""How long one exchange with Redis may take before the connection is given up."""

OUTBOX_LIMIT = 10_000
"""Messages that may wait for Redis. More than this are dropped and reported as a gap."""

LISTEN_S = 0.5
SILENCE_PING_S = 5.0
SILENCE_LIMIT_S = 10.0
LONGEST_BACKOFF_S = 5.0
STOP_WITHIN_S = 2.0


class RedisBus:
    """The bus of many processes, over one Redis topic.

    What this process publishes reaches its own subscribers at once and once. A thread sends it to the others, another
    listens; both connect again by themselves. A Redis that is down costs the storing side nothing: what cannot be sent
    is dropped, remembered by channel, and announced to the others as a gap as soon as Redis is back.
    """

    def __init__(self, url: str, topic: str = "labfeed:live", *, chance: Callable[[], float] = random.random) -> None:
        self._url = url
        self._topic = topic
        self._chance = chance
        self._local = LocalBus()
        self._origin = ""
        self._outbox: queue.Queue[_Message] = queue.Queue(OUTBOX_LIMIT)
        self._lost = _Lost()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def publish(self, fresh: FreshReadings) -> None:
        self._local.publish(fresh)
        self._post(_Fresh.of(self._origin, fresh))

    def subscribe(self, callback: OnFresh, on_gap: OnGap | None = None) -> Unsubscribe:
        return self._local.subscribe(callback, on_gap)

    def notice(self, kind: str, payload: Mapping[str, Any]) -> None:
        self._local.notice(kind, payload)
        self._post(_Notice(self._origin, kind, dict(payload)))

    def on_notice(self, kind: str, callback: OnNotice) -> Unsubscribe:
        return self._local.on_notice(kind, callback)

    def start(self) -> None:
        if self._threads:
            return
        self._origin = uuid.uuid4().hex
        for name, run in (("bus-send", self._send), ("bus-listen", self._listen)):
            thread = threading.Thread(target=run, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(STOP_WITHIN_S)

    def _post(self, message: _Message) -> None:
        try:
            self._outbox.put_nowait(message)
        except queue.Full:
            self._lost.add(message)

    def _send(self) -> None:
        """Send what is in the outbox until the bus closes."""
        client = self._connect()
        failures = 0
        while not self._stopping.is_set():
            waiting = self._take()
            if not waiting and not self._lost:
                continue
            if self._send_all(client, waiting):
                failures = 0
                continue
            failures += 1
            self._lost.add(*waiting)
            self._stopping.wait(backoff_s(failures, self._chance()))
        client.close()

    def _take(self) -> list[_Message]:
        """Everything that waits; empty when nothing came for a moment."""
        try:
            taken = [self._outbox.get(timeout=IO_TIMEOUT_S)]
        except queue.Empty:
            return []
        while len(taken) < OUTBOX_LIMIT and not self._outbox.empty():
            taken.append(self._outbox.get_nowait())
        return taken

    def _send_all(self, client: redis.Redis, messages: list[_Message]) -> bool:
        """One exchange for all of them, and first for the gap left by those that could not be sent before."""
        lost = self._lost.take()
        gap: list[_Message] = [_Gap(self._origin, None if lost is None else sorted(lost))] if lost != set() else []
        try:
            with client.pipeline(transaction=False) as pipeline:
                for message in gap + messages:
                    pipeline.publish(self._topic, _ENCODE(message))
                pipeline.execute()
        except redis.RedisError as error:
            logger.warning("Redis takes no live messages: %s", error)
            self._lost.put_back(lost)
            return False
        return True

    def _listen(self) -> None:
        """Listen until the bus closes, connecting again as often as needed."""
        failures = 0
        while not self._stopping.is_set():
            client = self._connect()
            try:
                with client.pubsub() as topic:
                    topic.subscribe(self._topic)
                    failures = self._hear(topic, failures)
            except (redis.RedisError, OSError) as error:
                logger.warning("Redis brings no live messages: %s", error)
            finally:
                client.close()
            failures += 1
            self._stopping.wait(backoff_s(failures, self._chance()))

    def _hear(self, topic: redis.client.PubSub, failures: int) -> int:
        """Pass on what arrives until the bus closes or Redis falls silent; returns the failures still to count."""
        silent_s = 0.0
        while not self._stopping.is_set() and silent_s < SILENCE_LIMIT_S:
            heard = topic.get_message(timeout=LISTEN_S)
            silent_s = 0.0 if heard else silent_s + LISTEN_S
            if heard is None and silent_s == SILENCE_PING_S:
                topic.ping()
            elif heard is not None and heard["type"] == "subscribe":
                failures = 0
                self._local.report_gap(None)
            elif heard is not None and heard["type"] == "message":
                self._pass_on(heard["data"])
        return failures

    def _pass_on(self, data: bytes) -> None:
        try:
            message = _DECODE(data)
        except msgspec.MsgspecError:
            logger.warning("A live message could not be read: %d bytes", len(data))
            return
        if message.origin == self._origin:
            return
        if isinstance(message, _Fresh):
            self._local.publish(message.readings())
        elif isinstance(message, _Gap):
            self._local.report_gap(None if message.channel_ids is None else frozenset(message.channel_ids))
        else:
            self._local.notice(message.kind, message.payload)

    def _connect(self) -> redis.Redis:
        return redis.Redis.from_url(
            self._url,
            socket_timeout=IO_TIMEOUT_S,
            socket_connect_timeout=IO_TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
        )


def backoff_s(failures: int, chance: float) -> float:
    """How long to wait after so many failures in a row: 0.1 s doubling to 5 s, less up to half by `chance` (0..1)."""
    return float(min(0.1 * 2 ** min(failures - 1, 10), LONGEST_BACKOFF_S) * (1 - chance / 2))


class _Fresh(msgspec.Struct, array_like=True, tag=0, frozen=True):
    """FreshReadings as it travels: an array without names."""

    origin: str
    channel_id: int
    first: int
    last: int
    received_at: int
    rows: tuple[tuple[int, int, float | None, str | None], ...]
    new_feeds: bool

    @classmethod
    def of(cls, origin: str, fresh: FreshReadings) -> _Fresh:
        return cls(origin, fresh.channel_id, fresh.first, fresh.last, fresh.received_at, fresh.rows, fresh.new_feeds)

    def readings(self) -> FreshReadings:
        return FreshReadings(self.channel_id, self.first, self.last, self.received_at, self.rows, self.new_feeds)


class _Gap(msgspec.Struct, array_like=True, tag=1, frozen=True):
    """Messages of these channels (None: any) were lost on their way."""

    origin: str
    channel_ids: list[int] | None


class _Notice(msgspec.Struct, array_like=True, tag=2, frozen=True):
    origin: str
    kind: str
    payload: dict[str, Any]


_Message: TypeAlias = _Fresh | _Gap | _Notice
_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(_Message).decode


class _Lost:
    """The channels of which a message could not be sent; past a thousand, or when a notice is lost, simply "any"."""

    LIMIT = 1000

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._channels: set[int] | None = set()

    def __bool__(self) -> bool:
        return self._channels is None or bool(self._channels)

    def add(self, *messages: _Message) -> None:
        channels = {message.channel_id for message in messages if isinstance(message, _Fresh)}
        self.put_back(None if any(isinstance(message, _Notice) for message in messages) else channels)

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
