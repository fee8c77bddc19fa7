"""A million rows brought in by one file, and a board that sends meanwhile."""

from __future__ import annotations

import http.client
import json
import random
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pysqlite3.dbapi2 as sqlite

from bench import machine
from bench.machine import Watch, memory_mb
from bench.page import Figure, Goal
from bench.posting import percentile
from bench.served import Channel, Server, make_channel, scratch, served
from config import Config
from domain.timespan import SECOND
from domain.tokens import Life, Scope, new_token
from models import tokens
from models.store import Store
from models.vault import Vault
from tests.people import acting, make_member, make_person

ROWS = 1_000_000
TITLE = f"Import of {ROWS:,} rows of CSV (one feed, a row a second), from the last byte sent to the last row stored"
WITHIN_S, EVERY_S, LOOK_EVERY = 120, 0.02, 10
START = datetime(2026, 1, 1, tzinfo=UTC)
RAW_TABLE = """CREATE TABLE reading (
    feed_id INTEGER NOT NULL, at BIGINT NOT NULL, entry_id BIGINT NOT NULL, value FLOAT, text TEXT,
    PRIMARY KEY (feed_id, at)) WITHOUT ROWID"""
RAW_INSERT = "INSERT INTO reading (feed_id, at, entry_id, value) VALUES (?, ?, ?, ?)"
RAW_ROWS, RAW_CHUNK = 300_000, 5_000


@dataclass
class Imported:
    """What one import took, and what a board felt of it."""

    took_s: float = 0.0
    upload_s: float = 0.0
    more_mb: float = 0.0
    delays_s: array[float] = field(default_factory=lambda: array("d"))
    watch: Watch | None = None


def measure() -> list[Figure]:
    file = _file()
    whole, good = _imported(file, "all"), _imported(file, "good")
    raw_per_s = _raw_per_s()
    return [
        *_figures("all or nothing: checked, then stored", whole, Goal(200_000)),
        *_figures("good rows alone", good, Goal(200_000)),
        Figure("raw executemany of such rows, no rollups", raw_per_s, "/s", ratio=ROWS / whole.took_s / raw_per_s),
    ]


def _figures(what: str, found: Imported, goal: Goal) -> Iterator[Figure]:
    assert found.watch is not None
    yield Figure(what, ROWS / found.took_s, "/s", goal, others=found.watch.others)
    yield Figure("… for a whole second of its core", ROWS / found.watch.cpu_s, "/s")
    yield Figure("… sending the file", found.upload_s, "s")
    yield Figure("… memory above idle", found.more_mb, "MB", Goal(60, most=True))
    yield Figure("… a board that sends meanwhile: p50", percentile(found.delays_s, 50) * 1000, "ms")
    yield Figure("… p99", percentile(found.delays_s, 99) * 1000, "ms", Goal(50, most=True))
    yield Figure("… at most", max(found.delays_s) * 1000, "ms")


def _imported(file: bytes, rows: str) -> Imported:
    with served() as server:
        channel, live = make_channel(server, "temperature"), make_channel(server, "n")
        headers = {"Authorization": f"Bearer {_token(server, channel)}", "Content-Type": "text/csv"}
        idle_mb, found = memory_mb(server.pids), Imported()
        began = time.perf_counter()
        path = f"/api/v1/channels/{channel.channel_id}/imports"
        begun = _ask(server, "POST", f"{path}?rows={rows}", headers, file)
        found.watch, started = Watch(server.pids), time.perf_counter()
        found.upload_s = started - began
        is_over, turns = False, 0
        while not is_over:
            _send_one(server, live, found.delays_s)
            turns += 1
            if turns % LOOK_EVERY == 0:
                is_over = _is_over(_ask(server, "GET", f"{path}/{begun['id']}", headers), started)
                found.more_mb = max(found.more_mb, memory_mb(server.pids) - idle_mb)
            time.sleep(EVERY_S)  # the rhythm of the board that sends meanwhile
        found.took_s = time.perf_counter() - started
        found.watch.stop()
    return found


def _is_over(told: dict, started: float) -> bool:
    if told["ended_at"] is None and time.perf_counter() - started < WITHIN_S:
        return False
    if told["state"] != "done" or told["stored"] != ROWS:
        raise RuntimeError(f"The import came to {told}.")
    return True


def _send_one(server: Server, live: Channel, delays_s: array[float]) -> None:
    began = time.perf_counter()
    headers = {"X-API-Key": live.write_key, "Content-Type": "application/json"}
    _ask(server, "POST", "/api/v1/readings", headers, b'{"n": 1}')
    delays_s.append(time.perf_counter() - began)


def _ask(server: Server, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> dict:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=WITHIN_S)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        said = answer.read()
    finally:
        connection.close()
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path} was answered {answer.status}: {said[:300]!r}")
    return json.loads(said)


def _token(server: Server, channel: Channel) -> str:
    """A token of somebody who may send to the channel."""
    store, now = Store.open(server.database_url), int(time.time() * SECOND)
    try:
        person = make_person(store, now=now)
        make_member(store, channel.channel_id, person)
        written, vault = new_token(random.choice), Vault(Config.from_env(server.environment).secret_key)
        store.tell(tokens.make, acting(person, at=now), vault, "Bench", [Scope.WRITE], Life.DAY_1, written)
        return written
    finally:
        store.close()


def _file() -> bytes:
    chance = random.Random(1)
    lines = (
        f"{(START + timedelta(seconds=place)).strftime('%Y-%m-%dT%H:%M:%SZ')},{chance.uniform(10, 30):.2f}\r\n"
        for place in range(ROWS)
    )
    return ("time_utc,temperature\r\n" + "".join(lines)).encode()


def _raw_per_s() -> float:
    """One process that has the rows already and only hands them to SQLite, a commit for as many as a chunk has."""
    first = int(START.timestamp())
    rows = [(1, (first + place) * SECOND, place, place % 97 / 4) for place in range(RAW_ROWS)]
    machine.pin(machine.SERVER_CORE)
    try:
        with scratch() as folder:
            connection = sqlite.connect(folder / "raw.db", isolation_level=None)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute(RAW_TABLE)
            began = time.perf_counter()
            for start in range(0, RAW_ROWS, RAW_CHUNK):
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(RAW_INSERT, rows[start : start + RAW_CHUNK])
                connection.execute("COMMIT")
            elapsed_s = time.perf_counter() - began
            connection.close()
            return RAW_ROWS / elapsed_s
    finally:
        machine.pin(machine.LOAD_CORE)
