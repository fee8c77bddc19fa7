"""`python -m ingest.mqtt`: the MQTT broker, with the settings of the web server."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Sequence

import config
from config import Config
from domain.errors import Busy
from domain.readings import FreshReadings
from ingest.intake import Intake
from ingest.keys import KeyRing
from ingest.mqtt.broker import ADDRESS, KEY, EmbeddedBroker
from ingest.mqtt.door import MqttDoor
from ingest.mqtt.live import Live
from ingest.rate import Buckets
from live.bus import Bus
from live.hub import Hub
from live.machine_bus import MachineBus
from live.seats import Seats
from models import expiry, readings, upgrading
from models.store import Store
from models.uses import Uses
from models.vault import Vault
from models.writer import Writer
from running import Chore, Running

HOST = "0.0.0.0"  # noqa: S104 - boards come from the network
TABLES_EVERY_S = 0.5

log = logging.getLogger("ingest.mqtt")


def main(_words: Sequence[str] = ()) -> int:
    """Serve until told to stop; 1 when the port cannot be had."""
    settings = config.read()
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for library in ("amqtt", "transitions"):
        logging.getLogger(library).setLevel(logging.ERROR)  # it speaks of what is said better here
    try:
        asyncio.run(serve(settings))
    except OSError as taken:
        sys.stderr.write(f"Port {settings.mqtt_port} cannot be had: {taken.strerror}. Set MQTT_PORT to another one.\n")
        return 1
    return 0


async def serve(settings: Config) -> None:
    """Serve until SIGINT or SIGTERM. Raises OSError when the port cannot be had."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    store = Store.open(settings.database_url)
    await _tables(store, stop)
    bus = _make_bus(settings)
    hub = Hub(bus, lambda channel_id, after, up_to: _fill(store, channel_id, after, up_to))
    uses = Uses(store)
    intake = _make_intake(settings, store, bus, uses)
    door = MqttDoor(intake, store, Live(store, hub), _now)
    running = _make_running(store, bus, hub, intake, uses)
    seats = Seats({ADDRESS: settings.connections_per_address, KEY: settings.connections_per_person})
    broker = EmbeddedBroker(door, seats, HOST, settings.mqtt_port, settings.max_body_bytes)
    running.begin()
    try:
        await broker.start()
        sys.stderr.write(f"MQTT is spoken on port {settings.mqtt_port}.\n")
        rechecking = asyncio.create_task(door.keep_rechecking())
        await stop.wait()
        rechecking.cancel()
        await broker.shutdown()
    finally:
        door.close()
        running.end()


async def _tables(store: Store, stop: asyncio.Event) -> None:
    """Return when the tables are those of this version: the web server, or the release, makes them."""
    is_told = False
    while not stop.is_set():
        try:
            if upgrading.is_current(store):
                return
        except Busy as refused:
            log.info("%s", refused.detail)
        if not is_told:
            log.info("Waiting for the tables of this version, which the web server or `db upgrade` makes.")
            is_told = True
        await asyncio.sleep(TABLES_EVERY_S)  # nothing tells when a database is ready


def _make_bus(settings: Config) -> Bus:
    if not settings.redis_url:
        return MachineBus(settings.data_dir)
    from live.redis_bus import RedisBus

    return RedisBus(settings.redis_url)


def _fill(store: Store, channel_id: int, after: int, up_to: int | None) -> list[FreshReadings]:
    return store.ask(readings.fresh_since, channel_id, after, up_to)


def _make_intake(settings: Config, store: Store, bus: Bus, uses: Uses) -> Intake:
    keys = KeyRing(store, Vault(settings.secret_key), uses, _now)
    buckets = Buckets(settings.rate_limit) if settings.rate_limit else None
    return Intake(store, Writer(store, bus.publish), keys, buckets, time.monotonic)


def _make_running(store: Store, bus: Bus, hub: Hub, intake: Intake, uses: Uses) -> Running:
    return Running(
        starts=(bus.start, hub.start),
        goodbyes=(),
        ends=(hub.close, bus.close, store.close),
        chores=(
            Chore(0.25, intake.write_down_refusals),
            Chore(2, lambda: expiry.end_due(store, _now())),
            Chore(60, uses.write_down),
        ),
    )


def _now() -> int:
    """The server's clock: µs since the epoch, UTC."""
    return time.time_ns() // 1000


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
