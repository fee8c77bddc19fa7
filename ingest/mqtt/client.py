"""Somebody on the line: whose key it is, what they subscribed to, and how they are told something."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from ingest.keys import Speaker
from ingest.mqtt.language import Delivery, matches
from live.groups import Watch

MOST_UNSENT = 200
"""Batches that wait for somebody who reads slowly; what comes meanwhile is read from the database later."""


@dataclass(eq=False)
class Client:
    """One connection. `key` is the key as written; `name` what the client calls itself; `send` puts one message on its
    line, `hang_up` ends that.
    """

    key: str
    speaker: Speaker
    name: str
    address: str
    send: Callable[[str, bytes], Awaitable[object]]
    hang_up: Callable[[], None]
    filters: set[str] = field(default_factory=set)
    watch: Watch | None = None
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    _unsent: deque[Sequence[Delivery]] = field(default_factory=deque)
    _has_unsent: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def channel(self) -> str:
        """The number of its key's channel, as it stands in topics."""
        return self.speaker.channel.slug

    def end(self) -> None:
        """Hang up, from whatever thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.hang_up)

    def hears(self, topic: str) -> bool:
        return any(matches(each, topic) for each in self.filters)

    def take(self, batch: Sequence[Delivery]) -> bool:
        """Have a batch sent to it, from whatever thread; False where too many wait already."""
        if len(self._unsent) >= MOST_UNSENT:
            return False
        self._unsent.append(batch)
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._has_unsent.set)
        return True

    async def pass_on(self) -> None:
        """Send what is taken, for as long as the line holds."""
        while True:
            await self._has_unsent.wait()
            self._has_unsent.clear()
            while self._unsent:
                for topic, said in self._unsent.popleft():
                    if self.hears(topic):
                        await self.send(topic, said)
            if self.watch is not None:
                self.watch.resume()
