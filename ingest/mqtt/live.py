"""What every door stored, for whoever subscribed to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.channels import Channel
from domain.readings import FreshReadings
from ingest.mqtt import topics
from ingest.mqtt.client import Client
from ingest.mqtt.language import Delivery
from live.hub import Hub
from models import channels
from models.store import Store


@dataclass(eq=False)
class FeedNames:
    """The names of feeds by id, asked for when there are new ones."""

    store: Store
    _known: dict[int, dict[int, str]] = field(default_factory=dict)

    def of(self, channel_id: int, runs: Sequence[FreshReadings]) -> dict[int, str]:
        """The names of the feeds in these runs. Raises NotFound for a channel that is gone."""
        feed_ids = {row[0] for run in runs for row in run.rows}
        if not feed_ids <= self._known.get(channel_id, {}).keys():
            self.learn(self.store.ask(channels.known, channel_id))
        return self._known[channel_id]

    def learn(self, channel: Channel) -> None:
        """Know them as they are now."""
        self._known[channel.id] = {feed.id: feed.name for feed in channel.feeds}


@dataclass(frozen=True)
class Spoken:
    """Shows a channel as messages on topics."""

    names: FeedNames
    window_s: float = 0.0

    def encode(self, channel_id: int, runs: Sequence[FreshReadings]) -> tuple[Delivery, ...]:
        names = self.names.of(channel_id, runs)
        return tuple(each for run in runs for each in topics.told(str(channel_id), run, names))


class Live:
    """All who listen to readings over MQTT."""

    def __init__(self, store: Store, hub: Hub) -> None:
        self.names = FeedNames(store)
        self._hub = hub

    def listen(self, client: Client, channel: Channel) -> None:
        """Let the client hear what is stored after the channel's newest entry. Waits for the database."""
        if client.watch is None:
            self.names.learn(channel)
            client.watch = self._hub.watch(
                channel.id, channel.cursor, Spoken(self.names), client.take, tag=client, on_end=client.end
            )

    def leave(self, client: Client) -> None:
        """Let the client hear no more."""
        watch, client.watch = client.watch, None
        if watch is not None:
            watch.cancel()
