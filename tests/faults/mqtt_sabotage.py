"""`python -m tests.faults.mqtt_sabotage`: the MQTT broker, which acknowledges at once and stores a moment later."""

from __future__ import annotations

import asyncio
import sys

from ingest.mqtt.__main__ import main
from ingest.mqtt.client import Client
from ingest.mqtt.door import MqttDoor

STORED_LATER_S = 0.1

take_for_good = MqttDoor.take
storing: set[asyncio.Task[bool]] = set()


async def take(self: MqttDoor, client: Client, topic: str, payload: bytes, **how: bool) -> bool:
    async def later() -> bool:
        await asyncio.sleep(STORED_LATER_S)  # the very promise that is broken here
        return await take_for_good(self, client, topic, payload, **how)

    storing.add(asyncio.create_task(later()))
    return True


MqttDoor.take = take  # type: ignore[method-assign]

if __name__ == "__main__":
    sys.exit(main())
