"""The MQTT door: what clients say becomes readings, refusals are said to them, keys that end take their lines along.

It runs on an asyncio loop. Whatever waits for the database does so on threads, where the messages of many clients meet
in one commit; each client's own messages are taken one after the other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NoReturn, TypeVar

import msgspec

from domain.channels import Channel, Visibility
from domain.errors import Forbidden, KeyMissing, KeyUnknown, LabfeedError, TooFast, TooMany
from domain.readings import Door, Item
from domain.roles import Right
from ingest.intake import Intake, Message
from ingest.keys import Speaker
from ingest.mqtt import native, replays, topics
from ingest.mqtt.client import Client
from ingest.mqtt.live import Live
from ingest.mqtt.replays import Replayed
from models import channels
from models.store import Store

log = logging.getLogger(__name__)

Result = TypeVar("Result")

THREADS = 32
"""So many messages are on their way to the disk at once; with more of them a commit would not be much larger."""

RECHECK_S = 2.0
"""How often it is asked whether keys still hold."""

MOST_FILTERS = 100
"""Subscriptions of one client; + and # bring more with one."""

USUAL_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
"""How long a message that cannot be stored just now waits for its next try."""


class MqttDoor:
    """One process's clients. `clock` is µs since the epoch."""

    def __init__(self, intake: Intake, store: Store, live: Live, clock: Callable[[], int]) -> None:
        self._intake = intake
        self._store = store
        self._live = live
        self._clock = clock
        self._clients: set[Client] = set()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="mqtt-store")

    async def speaker(self, key: str) -> Speaker:
        """Who speaks with this key, as the database has it now.

        Raises KeyMissing, KeyUnknown, or what the database raises where it does not answer.
        """
        if not key:
            raise KeyMissing(hint="Send the channel's key as the password; the user name may be anything.")
        return await self._aside(self._intake.keys.look_up, key)

    def enter(self, client: Client) -> None:
        self._clients.add(client)

    async def leave(self, client: Client) -> None:
        client.gone.set()
        self._clients.discard(client)
        self._live.leave(client)

    async def take(
        self, client: Client, topic: str, payload: bytes, *, insists: bool, is_retained: bool = False
    ) -> bool:
        """Whether it is settled: on disk, or refused for good, and then said so on $errors.

        One that `insists` is tried again where the server is busy or the key sends too fast, until the client is gone.
        Of one that `is_retained` only what is news is stored.
        """
        received_at = self._clock()
        is_said = False
        while True:
            refused = await self._tried(client, self._message(client, topic, payload, received_at, is_retained))
            if refused is None:
                return True
            if not is_said:
                is_said = True
                await self.say_refusal(client, topic, refused)
            if isinstance(refused, KeyUnknown):
                client.hang_up()
                return False
            if not insists or not _may_pass(refused):
                return True
            if await _is_gone(client, refused.retry_after_s):
                return False

    async def subscribe(self, client: Client, topic_filter: str) -> None:
        """Let the client hear what is said on these topics. Raises Forbidden, Invalid, or what a key's end raises."""
        try:
            topics.refuse_foreign(topic_filter, client.channel)
            if len(client.filters | {topic_filter}) > MOST_FILTERS:
                raise TooMany(f"A line has at most {MOST_FILTERS} subscriptions.", hint="Use c/CHANNEL/live/+ for all.")
            if topics.hears_readings(topic_filter, client.channel):
                found = await self._aside(self._intake.keys.look_up, client.key)
                _require_reading(found)
                await self._aside(self._live.listen, client, found.channel)
        except LabfeedError as refused:
            self.note_refusal(client, refused)
            await self.say_refusal(client, topic_filter, refused)
            raise
        client.filters.add(topic_filter)

    async def unsubscribe(self, client: Client, topic_filter: str) -> None:
        client.filters.discard(topic_filter)
        if not any(topics.hears_readings(each, client.channel) for each in client.filters):
            self._live.leave(client)

    def note_refusal(self, client: Client, refused: LabfeedError) -> None:
        """Collect it for whoever owns the channel."""
        message = Message(client.key, partial(_raise, refused), self._clock(), Door.MQTT, address=client.address)
        self._intake.note_refusal(client.speaker.channel, message, refused)

    async def say_refusal(self, client: Client, topic: str, refused: LabfeedError) -> None:
        """Say it to the client, where it listens."""
        where = native.errors(client.channel)
        if client.hears(where):
            await client.send(where, msgspec.json.encode({"topic": topic} | refused.to_problem()))

    async def recheck(self) -> None:
        """Hang up on those whose key has ended, or who listen to what it does not bring any more."""
        versions = await self._aside(self._store.ask, channels.versions, self._channel_ids())
        now = self._clock()
        for client in list(self._clients):
            known = client.speaker
            has_ended = known.ends_at is not None and known.ends_at <= now
            if has_ended or versions.get(known.channel.id) != known.channel.version:
                await self._recheck(client)

    async def keep_rechecking(self) -> None:
        """Recheck for as long as the process lives."""
        while True:
            await asyncio.sleep(RECHECK_S)  # nothing tells of a key that ends in another process
            try:
                if self._clients:
                    await self.recheck()
            except LabfeedError as refused:  # the database is away: nothing is stored meanwhile, and it is asked again
                log.warning("Keys could not be looked at again: %s", refused.detail)
            except Exception:  # whatever it is, keys that end later must still be noticed
                log.exception("Keys could not be looked at again")

    def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _recheck(self, client: Client) -> None:
        try:
            client.speaker = await self._aside(self._intake.keys.look_up, client.key)
            self._live.names.learn(client.speaker.channel)
            if client.watch is not None:
                _require_reading(client.speaker)
        except (KeyUnknown, Forbidden) as refused:
            log.info("A client of channel %s is hung up on: %s", client.channel, refused.detail)
            client.hang_up()

    async def _tried(self, client: Client, message: Message) -> LabfeedError | None:
        """Why it is not stored; None when it is on disk, or was before."""
        try:
            await self._aside(self._intake.accept, message)
        except LabfeedError as refused:
            return refused
        except Replayed:
            return None
        except Exception:  # a fault of ours must not end the line: what is not acknowledged is tried again
            log.exception("A message of channel %s could not be stored", client.channel)
            return LabfeedError()
        return None

    def _message(self, client: Client, topic: str, payload: bytes, received_at: int, is_retained: bool) -> Message:
        try:
            meant = topics.publication(topic)
        except LabfeedError as refused:  # noted with the message, as what is wrong with its payload
            return Message(client.key, partial(_raise, refused), received_at, Door.MQTT, address=client.address)

        def read(channel: Channel) -> list[Item]:
            items = meant.read(payload, received_at)
            return replays.left(self._store, channel, items) if is_retained else items

        return Message(client.key, read, received_at, Door.MQTT, channel=meant.channel, address=client.address)

    async def _aside(self, work: Callable[..., Result], *args: object) -> Result:
        """What `work(*args)` returns or raises, done on a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args))

    def _channel_ids(self) -> set[int]:
        return {client.speaker.channel.id for client in self._clients}


def _raise(error: LabfeedError, _channel: Channel) -> NoReturn:
    raise error


def _require_reading(speaker: Speaker) -> None:
    """Raise Forbidden for a write key of a channel that not everybody may read."""
    if speaker.right is not Right.READ and speaker.channel.visibility is not Visibility.PUBLIC:
        raise Forbidden("This is a write key; to listen here a read key is needed.", hint="Use the channel's read key.")


def _may_pass(refused: LabfeedError) -> bool:
    """Whether the same message may be taken later."""
    return refused.status >= 500 or isinstance(refused, TooFast)


async def _is_gone(client: Client, after_s: float | None) -> bool:
    """Whether the client goes before it is time for another try."""
    try:
        await asyncio.wait_for(client.gone.wait(), min(after_s or USUAL_WAIT_S, LONGEST_WAIT_S))
    except TimeoutError:
        return False
    return True
