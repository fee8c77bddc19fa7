"""The whole app without a server, and boards that send to it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

import context
import running
from config import Config
from context import Parts
from domain.channels import Channel
from domain.keys import new_key
from domain.roles import Right, Viewer
from models import channels, keys, readings
from models.schema import metadata
from models.store import Store
from server import create_app
from tests import ready
from tests.builders import ALWAYS, NOW, SECRET, make_channel


@contextmanager
def opened_lab(folder: Path, *, has_tables: bool = True, **settings: str) -> Iterator[Lab]:
    """The whole app, made as for a server but spoken to without one; `settings` as in its environment.

    In production, and where told, it finds a database without tables.
    """
    config = Config.from_env({"DATA_DIR": str(folder), "SECRET_KEY": SECRET, "RATE_LIMIT": "off", **settings})
    if has_tables and not config.is_production:
        ready.lay(config.database_url, ready.migrated)
    app = create_app(config)
    try:
        yield Lab(app)
    finally:
        app.extensions[running.NAME].end()


@dataclass(frozen=True, slots=True)
class Lab:
    """An app, its storage, and the boards that send to it."""

    app: Flask

    @property
    def parts(self) -> Parts:
        return self.app.extensions[context.NAME]

    @property
    def store(self) -> Store:
        return self.parts.store

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def enrol(
        self, *, feeds: Sequence[str] = ("temperature", "door:text"), right: Right = Right.WRITE, **more
    ) -> Board:
        """A board with a key to a channel of its own; `more` goes to `channels.create`."""
        channel = make_channel(self.store, feeds=feeds, **more)
        return Board(self, channel.id, self.make_key(channel.id, right))

    def make_key(self, channel_id: int, right: Right) -> str:
        written = new_key(random.choice)
        self.store.tell(keys.create, self.parts.vault, channel_id, right, written, now=NOW)
        return written

    def revoke(self, written: str) -> None:
        self.store.tell(keys.revoke, self.parts.vault.digest(written), now=NOW)

    def do_chores(self) -> None:
        """What the background does every so often, done now."""
        for chore in self.app.extensions[running.NAME].chores:
            chore.do()

    def count_rows(self) -> dict[str, int]:
        """What a refused message leaves as it was: the rows of all tables but the one that counts refusals."""
        tables = [table for table in metadata.sorted_tables if table.name != "refusal"]
        return self.store.ask(
            lambda connection: {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
            }
        )


@dataclass(frozen=True, slots=True)
class Board:
    """A board that speaks HTTP."""

    lab: Lab
    channel_id: int
    key: str

    def post(self, body: object = None, path: str = "/api/v1/readings", **options) -> TestResponse:
        """POST with the board's key: bytes and text as they are, anything else as JSON; `options` go to the client."""
        headers = {"X-API-Key": self.key} | options.pop("headers", {})
        if isinstance(body, bytes | str):
            options["data"] = body
        elif body is not None:
            options["json"] = body
        return self.lab.client.post(path, headers=headers, **options)

    def get(self, path: str, **options) -> TestResponse:
        return self.lab.client.get(path, **options)

    @property
    def channel(self) -> Channel:
        return self.lab.store.ask(channels.known, self.channel_id)

    def stored(self) -> list[tuple[str, float | str]]:
        """(feed, value or text) of everything its channel holds, ascending in time."""
        return [(feed, value) for feed, _, value in self.rows()]

    def rows(self) -> list[tuple[str, int, float | str]]:
        """(feed, at, value or text), ascending in time."""
        viewer = Viewer.with_key_of(self.channel_id)
        found = self.lab.store.ask(readings.between, viewer, self.channel_id, None, ALWAYS, 100_000)
        return [(row.feed.name, row.at, row.text if row.value is None else row.value) for row in found]
