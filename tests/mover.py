"""Somebody who moved here from ThingSpeak with their programs, and what those stored."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import subprocess
import time
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from sqlalchemy import select, update

from domain.logins import login_of
from domain.roles import Viewer
from domain.tokens import Life, Scope, new_token
from models import readings, tokens
from models.schema import channel as channel_table
from models.schema import entry as entry_table
from models.store import Store
from models.vault import Vault
from tests.builders import ALWAYS, SECRET
from tests.people import acting, make_person
from tests.processes import ROOT, require_program
from tests.servers import CreatedChannel, LabfeedServer


@dataclass(frozen=True, slots=True)
class Mover:
    """The owner of a channel with the fields `temperature` and `door`; with a token as their user key."""

    labfeed: LabfeedServer
    channel: CreatedChannel
    login: str
    token: str

    @property
    def server(self) -> str:
        """What goes in place of `https://api.thingspeak.com`."""
        return self.labfeed.url

    @property
    def number(self) -> int:
        return self.channel.channel_id

    def rows(self) -> list[tuple[str, float | str]]:
        """(feed, value) of everything that the database has, ascending in time."""
        store = Store.open(self.labfeed.database_url)
        found = store.ask(readings.between, Viewer.with_key_of(self.number), self.number, None, ALWAYS, 10_000)
        store.close()
        return [(row.feed.name, row.text if row.value is None else row.value) for row in found]

    def statuses(self) -> list[str | None]:
        """Of the entries that the database has, a run of plain ones as one."""
        store = Store.open(self.labfeed.database_url)
        chosen = select(entry_table.c.status).where(entry_table.c.channel_id == self.number)
        ordered = chosen.order_by(entry_table.c.entry_id)
        found = store.ask(lambda connection: connection.execute(ordered).scalars().all())
        store.close()
        return list(found)

    def set_pace(self, pace_ms: int) -> None:
        """The least time between two updates, as the channel's settings have it."""
        store = Store.open(self.labfeed.database_url)
        paced = update(channel_table).where(channel_table.c.id == self.number).values(pace_ms=pace_ms)
        store.tell(lambda connection: connection.execute(paced))
        store.close()


def make_mover(labfeed: LabfeedServer, *, is_public: bool = False, pace_ms: int = 0) -> Mover:
    """With a channel made in ThingSpeak's language, which takes updates as they come unless a pace is given."""
    store, token, now = Store.open(labfeed.database_url), new_token(random.choice), time.time_ns() // 1000
    owner = make_person(store, email=f"mover-{now}@example.edu", now=now)
    store.tell(tokens.make, acting(owner, at=now), Vault(SECRET), "Script", list(Scope), Life.DAY_1, token)
    store.close()
    wanted = {"name": "Otter kiln", "field1": "temperature", "field2": "door", "public_flag": str(is_public).lower()}
    answer = requests.post(f"{labfeed.url}/channels.json", data={"api_key": token} | wanted, timeout=20)
    answer.raise_for_status()
    made = answer.json()
    write_key, read_key = (each["api_key"] for each in made["api_keys"])
    mover = Mover(labfeed, CreatedChannel(made["id"], write_key, read_key), login_of(owner.id), token)
    mover.set_pace(pace_ms)
    return mover


def require_package(name: str) -> Any:
    """A client from PyPI, imported. Skips the test without it."""
    if importlib.util.find_spec(name) is None:
        _is_missing(f"{name}, which requirements-clients.txt names,")
    return importlib.import_module(name)


def run_in_node(program: str, *words: object) -> str:
    """What a program prints that requires the client of package.json; the words are given to it as JSON."""
    node = require_program("node")
    if not (ROOT / "node_modules" / "thingspeakclient").is_dir():
        _is_missing("thingspeakclient, which package.json names,")
    done = subprocess.run(
        [node, "-e", program, *(json.dumps(word) for word in words)],
        env=os.environ | {"NODE_PATH": str(ROOT / "node_modules")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _is_missing(what: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not installed here, and in CI every client must be")
    pytest.skip(f"{what} is not installed here")
