"""One client's line, as aMQTT speaks it, with what must be otherwise.

aMQTT acknowledges a message before anybody has it, lets a line stand whose keep-alive is over, reads packets of any
size and forgets a quick DISCONNECT (all seen in the version that requirements.txt pins). So the loop that reads is our
own, and so is what follows on a PUBLISH. These are private names: `tests/ingest/mqtt` holds them.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Any, TypeAlias

from amqtt.adapters import BufferReader
from amqtt.mqtt import packet_class
from amqtt.mqtt.connect import ConnectPacket
from amqtt.mqtt.disconnect import DisconnectPacket
from amqtt.mqtt.packet import MQTTFixedHeader, MQTTPacket
from amqtt.mqtt.pingreq import PingReqPacket
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.mqtt.puback import PubackPacket
from amqtt.mqtt.pubcomp import PubcompPacket
from amqtt.mqtt.publish import PublishPacket
from amqtt.mqtt.pubrec import PubrecPacket
from amqtt.mqtt.pubrel import PubrelPacket
from amqtt.mqtt.subscribe import SubscribePacket
from amqtt.mqtt.unsubscribe import UnsubscribePacket
from amqtt.plugins.manager import PluginManager

from domain.errors import LabfeedError, TooLarge
from ingest.mqtt.client import Client
from ingest.mqtt.door import MqttDoor

log = logging.getLogger(__name__)

MOST_WAITING = 64
"""Messages of one client that wait to be stored; meanwhile nothing more is read from its line."""

MOST_ASKED = 10
"""Questions to hear something, or no more, that wait for their answer; the same."""

ENVELOPE_BYTES = 65_600
"""What a packet may be larger than its payload: a topic, and some numbers."""

LATER_BY = 1.5
"""A client may be silent for so many of its keep-alives (MQTT 3.1.1, 3.1.2.10)."""

Packet: TypeAlias = MQTTPacket[Any, Any, Any]


class Conversation(BrokerProtocolHandler):
    """What one client sends is settled in its order, and acknowledged when it is settled: on disk, or refused."""

    client: Client

    def __init__(self, plugins: PluginManager[Any], door: MqttDoor, most_bytes: int) -> None:
        super().__init__(plugins)
        self._door = door
        self._most_bytes = most_bytes
        self._inbox: deque[PublishPacket] = deque()
        self._waiting_bytes = 0
        self._pending_subscriptions = asyncio.Queue(MOST_ASKED)
        self._pending_unsubscriptions = asyncio.Queue(MOST_ASKED)
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._worker: asyncio.Task[None] | None = None
        self._unreleased: set[int] = set()
        self._goodbye: asyncio.Future[DisconnectPacket | None] = asyncio.get_running_loop().create_future()

    # --- how it ends --------------------------------------------------------------------------------------------------

    async def wait_disconnect(self) -> DisconnectPacket | None:
        """The client's goodbye; None where the line ended without one."""
        return await asyncio.shield(self._goodbye)

    async def handle_disconnect(self, disconnect: DisconnectPacket | None) -> None:
        if not self._goodbye.done():
            self._goodbye.set_result(disconnect)

    async def stop(self) -> None:
        await super().stop()
        await self.handle_disconnect(None)

    def hang_up(self) -> None:
        """End the line; what was read already is still taken."""
        self._has_room.set()
        if self.reader is not None:
            self.reader.feed_eof()

    async def finished(self) -> None:
        """Return when everything is settled that came before the line ended, or cannot be."""
        if self._worker is not None:
            await self._worker

    # --- reading ------------------------------------------------------------------------------------------------------

    async def _reader_loop(self) -> None:
        assert self._reader_ready is not None
        self._reader_ready.set()
        try:
            while (packet := await self._next()) is not None:
                await self._handle(packet)
                if isinstance(packet, DisconnectPacket):
                    break
        except asyncio.CancelledError:
            log.debug("A line is ended from here")
        except TimeoutError:
            log.info("A client of channel %s is silent for too long", self.client.channel)
        except (EOFError, OSError) as broken:
            log.debug("A line of channel %s broke: %s", self.client.channel, broken)
        except LabfeedError as refused:
            await self._refuse(refused)
        except Exception as wrong:  # noqa: BLE001 - whatever bytes make the parser raise, their line ends
            log.info("A client of channel %s sent what is no MQTT: %r", self.client.channel, wrong)
        await self.handle_connection_closed()
        self._reader_stopped.set()
        await self.stop()

    async def _next(self) -> Packet | None:
        """The next packet; None where there comes none. Raises TooLarge, TimeoutError, or what the parser raises."""
        assert self.reader is not None
        await self._has_room.wait()
        allowed_s = self.keepalive_timeout and self.keepalive_timeout * LATER_BY
        header = await asyncio.wait_for(MQTTFixedHeader.from_stream(self.reader), allowed_s)
        if header is None:
            return None
        if header.remaining_length > self._most_bytes + ENVELOPE_BYTES:
            raise TooLarge(f"A message may have {self._most_bytes} bytes.", hint="Send less at a time.")
        body = await asyncio.wait_for(self.reader.read(header.remaining_length), allowed_s)
        packet: Packet = await packet_class(header).from_stream(BufferReader(body), fixed_header=header)
        return packet

    async def _handle(self, packet: Packet) -> None:
        match packet:
            case PublishPacket():
                self._put_in(packet)
            case SubscribePacket():
                await self.handle_subscribe(packet)
            case UnsubscribePacket():
                await self.handle_unsubscribe(packet)
            case PubrelPacket():
                await self.handle_pubrel(packet)
            case PingReqPacket():
                await self.handle_pingreq(packet)
            case DisconnectPacket():
                await self.handle_disconnect(packet)
            case ConnectPacket():
                raise ValueError("a second CONNECT")

    # --- what is published --------------------------------------------------------------------------------------------

    def _put_in(self, packet: PublishPacket) -> None:
        self._inbox.append(packet)
        self._waiting_bytes += len(packet.data or b"")
        if len(self._inbox) >= MOST_WAITING or self._waiting_bytes >= self._most_bytes:
            self._has_room.clear()
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work_off())

    async def _work_off(self) -> None:
        """Settle what waits; goes on when the line has ended, since what came without a receipt came all the same."""
        while self._inbox:
            packet = self._inbox.popleft()
            self._waiting_bytes -= len(packet.data or b"")
            if self._waiting_bytes < self._most_bytes:
                self._has_room.set()
            try:
                await self._settle(packet)
            except OSError as broken:
                log.debug("An acknowledgement could not be sent: %s", broken)

    async def _settle(self, packet: PublishPacket) -> None:
        number, payload = _number_of(packet), bytes(packet.data or b"")
        if packet.qos == 2 and number in self._unreleased:
            await self._send_packet(PubrecPacket.build(number))
            return
        if len(payload) > self._most_bytes:
            await self._refuse(TooLarge(f"A message may have {self._most_bytes} bytes."), packet.topic_name or "")
        elif not await self._door.take(
            self.client, packet.topic_name or "", payload, insists=bool(packet.qos), is_retained=packet.retain_flag
        ):
            return
        if packet.qos == 1:
            await self._send_packet(PubackPacket.build(number))
        elif packet.qos == 2:
            self._unreleased.add(number)
            await self._send_packet(PubrecPacket.build(number))

    async def handle_pubrel(self, pubrel: PubrelPacket) -> None:
        self._unreleased.discard(pubrel.packet_id)
        await self._send_packet(PubcompPacket.build(pubrel.packet_id))

    async def _refuse(self, refused: LabfeedError, topic: str = "") -> None:
        self._door.note_refusal(self.client, refused)
        await self._door.say_refusal(self.client, topic, refused)


def _number_of(packet: PublishPacket) -> int:
    """What an acknowledgement names it by; 0 for a message that asks for none."""
    return (packet.variable_header.packet_id if packet.variable_header else None) or 0
