"""Files imported in tests: sent, started, worked through."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from domain.audit import Actor
from domain.channels import Channel
from domain.imports import Mapping
from domain.readings import FreshReadings
from models import imports
from models.importer import Importer
from models.imports import Import
from models.schema import feed, reading
from models.store import Store
from tests.builders import NOW


@dataclass
class Desk:
    """Where files are imported into one channel by somebody."""

    store: Store
    channel: Channel
    actor: Actor
    fresh: list[FreshReadings] = field(default_factory=list)
    now: int = NOW

    @property
    def importer(self) -> Importer:
        """One that works here; each is a process of its own."""
        return Importer(self.store, self.fresh.append, lambda: self.now, wait=lambda _length_s: None)

    def send(self, text: str | bytes, *, piece: int = 1 << 18) -> int:
        """A file that has come and was not started."""
        body = text if isinstance(text, bytes) else text.encode()
        number = self.store.tell(imports.begin, self.actor, self.channel.id, "a.csv", size=len(body))
        for at in range(0, len(body), piece):
            self.store.tell(imports.add, self.actor, self.channel.id, number, at, body[at : at + piece])
        return number

    def start(self, number: int, told: Mapping | None = None, **changes) -> None:
        """Started as it seems to be meant, or as told, but for these changes."""
        if told is None:
            seen = self.store.ask(imports.preview, self.actor.viewer, self.channel.id, number, "Europe/Berlin", NOW)
            told = seen.mapping
        mapping = told.but(**changes)
        self.store.tell(imports.start, self.actor, self.channel.id, number, mapping)

    def bring(self, text: str | bytes, **changes) -> Import:
        """A file sent, started as it seems to be meant but for these changes, and worked through."""
        number = self.send(text)
        self.start(number, **changes)
        self.importer.work()
        return self.look(number)

    def look(self, number: int) -> Import:
        return self.store.ask(imports.find, self.actor.viewer, self.channel.id, number, self.now)

    def take_back(self, number: int) -> Import:
        self.store.tell(imports.take_back, self.actor, self.channel.id, number)
        self.importer.work()
        return self.look(number)

    def stored(self) -> list[tuple[str, int, float | None, str | None]]:
        """Every reading of the channel: (feed, at, value, text)."""
        rows = self.store.ask(
            lambda connection: connection.execute(
                select(feed.c.name, reading.c.at, reading.c.value, reading.c.text)
                .join(feed, feed.c.id == reading.c.feed_id)
                .where(feed.c.channel_id == self.channel.id)
                .order_by(reading.c.at, feed.c.name)
            ).all()
        )
        return [tuple(row) for row in rows]
