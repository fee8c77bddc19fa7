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
from typing import Any

import msgspec
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from domain.readings import FreshReadings
from live.bus import LocalBus, OnFresh, OnGap, OnNotice, Unsubscribe
from live.bus_messages import Fresh, Gap, Lost, Message, Notice, decode, encode

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
        self._outbox: queue.Queue[Message] = queue.Queue(OUTBOX_LIMIT)
        self._lost = Lost()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def publish(self, fresh: FreshReadings) -> None:
        self._local.publish(fresh)
        self._post(Fresh.of(self._origin, fresh))

    def subscribe(self, callback: OnFresh, on_gap: OnGap | None = None) -> Unsubscribe:
        return self._local.subscribe(callback, on_gap)

    def notice(self, kind: str, payload: Mapping[str, Any]) -> None:
        self._local.notice(kind, payload)
        self._post(Notice(self._origin, kind, dict(payload)))

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

    def _post(self, message: Message) -> None:
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

    def _take(self) -> list[Message]:
        """Everything that waits; empty when nothing came for a moment."""
        try:
            taken = [self._outbox.get(timeout=IO_TIMEOUT_S)]
        except queue.Empty:
            return []
        while len(taken) < OUTBOX_LIMIT and not self._outbox.empty():
            taken.append(self._outbox.get_nowait())
        return taken

    def _send_all(self, client: redis.Redis, messages: list[Message]) -> bool:
        """One exchange for all of them, and first for the gap left by those that could not be sent before."""
        lost = self._lost.take()
        gap: list[Message] = [Gap(self._origin, None if lost is None else sorted(lost))] if lost != set() else []
        try:
            with client.pipeline(transaction=False) as pipeline:
                for message in gap + messages:
                    pipeline.publish(self._topic, encode(message))
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
            message = decode(data)
        except msgspec.MsgspecError:
            logger.warning("A live message could not be read: %d bytes", len(data))
            return
        if message.origin == self._origin:
            return
        if isinstance(message, Fresh):
            self._local.publish(message.readings())
        elif isinstance(message, Gap):
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
