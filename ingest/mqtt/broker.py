"""The embedded broker: aMQTT's, behind our keys.

What aMQTT does before it knows who speaks (it ends the session of whoever has the same client id, or hands it over) is
not done here: a client is asked for its key first, and client ids count among those of one key alone. Sessions end with
their lines: nothing is kept for who is away, for all that is stored can be asked for over HTTP.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig, ListenerConfig
from amqtt.errors import AMQTTError, MQTTError, NoDataError
from amqtt.mqtt.connack import NOT_AUTHORIZED, SERVER_UNAVAILABLE, ConnackPacket
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.session import Session
from amqtt.utils import gen_client_id

from domain.errors import LabfeedError, TooManyOpen
from domain.network_addresses import counted_as
from ingest.mqtt import greeting
from ingest.mqtt.client import Client
from ingest.mqtt.conversation import Conversation
from ingest.mqtt.door import MqttDoor
from live.seats import Holder, Seats

log = logging.getLogger(__name__)

ADDRESS = "network address"
KEY = "key"
"""What has seats among the lines."""

CONNECT_WITHIN_S = 10.0
CLOSE_WITHIN_S = 2.0
REFUSED = 0x80
AT_MOST_ONCE = 0
"""What is granted to whoever subscribes. What they miss they can ask for over HTTP."""

CLIENT = "labfeed.client"
"""Under which a session keeps whose it is."""


class Line(StreamWriterAdapter):
    """A line out that ends also where nobody reads it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        super().__init__(writer)
        self._out = writer

    async def close(self) -> None:
        if self.is_closed:
            return
        self.is_closed = True
        try:
            await asyncio.wait_for(self._out.drain(), CLOSE_WITHIN_S)
        except (OSError, TimeoutError):
            self._out.transport.abort()
        self._out.close()
        with suppress(OSError):
            await self._out.wait_closed()


class EmbeddedBroker(Broker):
    """Listens on one port. Whoever shows a key of ours may say and hear what `door` lets them."""

    def __init__(self, door: MqttDoor, seats: Seats, host: str, port: int, most_bytes: int) -> None:
        listeners = {"default": ListenerConfig(bind=f"{host}:{port}")}
        super().__init__(BrokerConfig(listeners=listeners, plugins={}))
        self._door = door
        self._seats = seats
        self._most_bytes = most_bytes
        self._is_stopping = False

    async def shutdown(self) -> None:
        """Hang up on everybody; nobody's last will is said for that."""
        self._is_stopping = True
        conversations = [conversation for _, conversation in self._sessions.values()]
        await super().shutdown()
        for conversation in conversations:
            if isinstance(conversation, Conversation):
                conversation.client.gone.set()
                await conversation.finished()

    # --- how a line begins and ends -----------------------------------------------------------------------------------

    async def stream_connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener_name: str
    ) -> None:
        line = Line(writer)
        try:
            address = str((writer.get_extra_info("peername") or ("",))[0])
            with self._seats.take(_holders(ADDRESS, counted_as(address))):
                await self._serve(reader, line, address)
        except TooManyOpen as refused:
            log.info("%s is not let in: %s", address, refused.detail)
        except asyncio.CancelledError:
            log.debug("A line is ended with the process")
        except OSError as broken:
            log.debug("A line of %s is broken: %s", address, broken)
        except Exception:  # one line's fault must not be seen by the others
            log.exception("A line of %s ended by a fault", address)
        finally:
            await line.close()

    async def _serve(self, reader: asyncio.StreamReader, line: Line, address: str) -> None:
        session = await self._introduced(reader, line, address)
        if session is None:
            return
        conversation = await self._admitted(session, line, address)
        if conversation is None:
            return
        try:
            seat = self._seats.take(_holders(KEY, conversation.client.speaker.key_id))
        except TooManyOpen:
            await ConnackPacket.build(0, SERVER_UNAVAILABLE).to_stream(line)
            raise
        with seat:
            await self._converse(session, conversation, StreamReaderAdapter(reader), line)

    async def _introduced(self, reader: asyncio.StreamReader, line: Line, address: str) -> Session | None:
        """The session that a CONNECT asks for; None where none came, or one that aMQTT has refused."""
        try:
            connect = await asyncio.wait_for(greeting.read(reader), CONNECT_WITHIN_S)
            _, session = await BrokerProtocolHandler.init_from_connect(connect, line, self.plugins_manager)
        except greeting.OtherLevel as other:
            log.info("%s is not let in: %s", address, other)
            line.write(other.answer)
            return None
        except (AMQTTError, MQTTError, NoDataError, LabfeedError, EOFError, TimeoutError) as wrong:
            log.info("%s did not say who it is: %s", address, str(wrong) or type(wrong).__name__)
            return None
        return session

    async def _admitted(self, session: Session, line: Line, address: str) -> Conversation | None:
        """The conversation with who shows a key; None where it was answered with a refusal."""
        key, session.password = (session.password or "").strip(), None
        try:
            speaker = await self._door.speaker(key)
        except LabfeedError as refused:
            code = NOT_AUTHORIZED if refused.status < 500 else SERVER_UNAVAILABLE
            log.info("%s is not let in: %s", address, refused.detail)
            await ConnackPacket.build(0, code).to_stream(line)
            return None
        conversation = Conversation(self.plugins_manager, self._door, self._most_bytes)
        name = session.client_id or gen_client_id()
        conversation.client = Client(
            key,
            speaker,
            name,
            address,
            send=lambda topic, said: conversation.mqtt_publish(topic, said, AT_MOST_ONCE, retain=False),
            hang_up=conversation.hang_up,
        )
        session.client_id = f"{speaker.key_id}/{name}"
        session.clean_session = True
        session.parent = 0
        session.attributes[CLIENT] = conversation.client
        return conversation

    async def _converse(
        self, session: Session, conversation: Conversation, reader: StreamReaderAdapter, line: Line
    ) -> None:
        client, who = conversation.client, str(session.client_id)
        await self._end_older(who)
        session.transitions.connect()
        conversation.attach(session, reader, line)
        self._sessions[who] = (session, conversation)
        self._door.enter(client)
        passing_on = asyncio.create_task(client.pass_on())
        try:
            await conversation.mqtt_connack_authorize(True)
            await conversation.start()
            log.info("Channel %s: %r has come from %s", client.channel, client.name, client.address)
            await self._client_message_loop(session, conversation)
        finally:
            if self._sessions.get(who, (None, None))[1] is conversation:
                del self._sessions[who]
            passing_on.cancel()
            await self._door.leave(client)
            await asyncio.gather(conversation.finished(), passing_on, return_exceptions=True)
            log.info("Channel %s: %r has gone", client.channel, client.name)

    async def _end_older(self, who: str) -> None:
        """A client that comes again takes the place of its older line (MQTT 3.1.1, 3.1.4)."""
        older = self._sessions.pop(who, None)
        if older is not None and isinstance(older[1], Conversation):
            older[1].hang_up()

    async def _session_monitor(self) -> None:
        """Sessions end with their lines, so there is nothing to look after."""

    # --- what is said and heard ---------------------------------------------------------------------------------------

    async def add_subscription(self, subscription: tuple[str, int], session: Session) -> int:
        try:
            await self._door.subscribe(session.attributes[CLIENT], subscription[0])
        except LabfeedError:  # said already
            return REFUSED
        return AT_MOST_ONCE

    async def _handle_unsubscription(
        self, client_session: Session, handler: BrokerProtocolHandler, unsubscribe_waiter: asyncio.Future[Any]
    ) -> None:
        for topic_filter in unsubscribe_waiter.result().topics:
            await self._door.unsubscribe(client_session.attributes[CLIENT], topic_filter)
        await super()._handle_unsubscription(client_session, handler, unsubscribe_waiter)

    async def _broadcast_message(
        self,
        session: Session | None,
        topic: str | None,
        data: bytes | bytearray | None,
        force_qos: int | None = None,
    ) -> None:
        """What aMQTT would hand on to others is a last will here: it comes in as if the client had published it."""
        if session is not None and topic is not None and not self._is_stopping:
            await self._door.take(session.attributes[CLIENT], topic, bytes(data or b""), insists=False)

    async def retain_message(
        self,
        source_session: Session | None,
        topic_name: str | None,
        data: bytes | bytearray | None,
        qos: int | None = None,
    ) -> None:
        """Nothing is retained: the newest reading is what is stored."""


def _holders(kind: str, which: object) -> tuple[Holder, ...]:
    return ((kind, str(which)),)
