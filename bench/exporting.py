"""A million readings as a CSV file, beside what the database's own programs write; and live pages meanwhile."""

from __future__ import annotations

import http.client
import os
import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import machine
from bench.machine import memory_mb
from bench.page import Figure, Goal
from bench.posting import percentile
from bench.served import Channel, Server, make_channel, scratch, served
from bench.watching import Audience
from domain.timespan import SECOND
from models import bulk, rollups
from models.store import Store
from tests.servers import fresh_database, private_postgres

TITLE = "Downloads (a feed of a million readings, one a second, tidy with ISO times; over HTTP to the last byte)"
READINGS = 1_000_000
CHUNK = 20_000
START = 1_700_000_000 * SECOND
TIMES = 3
"""How often each is done; told is the fastest."""

LIVE_PER_S, LIVE_S = 20, 8
"""Messages to a live page while files are taken without a pause, in all some ten million readings."""

SQLITE = """SELECT strftime('%Y-%m-%dT%H:%M:%SZ', at / 1000000, 'unixepoch') AS time_utc, 'Bench' AS channel,
    'temperature' AS feed, value, text, '°C' AS unit FROM reading WHERE feed_id = 1 ORDER BY at"""
POSTGRES = """SELECT to_char(timestamp '1970-01-01' + at / 1000000 * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
    AS time_utc, 'Bench' AS channel, 'temperature' AS feed, value, text, '°C' AS unit
    FROM reading WHERE feed_id = 1 ORDER BY at"""


def measure() -> list[Figure]:
    return [*_of_sqlite(), *_of_postgres()]


def _of_sqlite() -> Iterator[Figure]:
    with served() as server:
        channel = _filled(server)
        idle_mb = memory_mb(server.pids)
        ours, peak_mb = _per_s(lambda: _take(server, channel)), _Peak(server)
        with peak_mb.watched():
            _take(server, channel)
        theirs = _per_s(lambda: _run("sqlite3", "-csv", "-header", str(server.folder / "labfeed.db"), SQLITE))
        yield Figure("from SQLite", ours, "/s")
        yield Figure("… the sqlite3 shell, the same rows", theirs, "/s")
        yield Figure("… as fast as it", ours / theirs, "×", Goal(1.0))
        yield Figure("… memory above idle", peak_mb.highest - idle_mb, "MB", Goal(60, most=True))
        parquet = _per_s(lambda: _take_made(server, channel, "parquet", READINGS))
        excel = _per_s(lambda: _take_made(server, channel, "xlsx", READINGS // 10))
        yield Figure("as Parquet, all of them", READINGS / parquet, "s", Goal(2, most=True))
        yield Figure("as Excel, a tenth of them", READINGS / excel, "s")
        yield from _live(server, channel)


def _of_postgres() -> Iterator[Figure]:
    with private_postgres() as cluster, scratch() as folder:
        server = _OnPostgres("wsgi:server", folder, url=fresh_database(cluster))
        server.start()
        try:
            channel = _filled(server)
            plain = server.url.replace("+psycopg", "")
            _run("psql", "-qX", plain, "-c", "VACUUM ANALYZE")
            copy = f"COPY ({POSTGRES}) TO STDOUT WITH (FORMAT csv, HEADER)"
            ours = _per_s(lambda: _take(server, channel))
            theirs = _per_s(lambda: _run("psql", "-qX", plain, "-c", copy))
        finally:
            server.stop()
    yield Figure("from PostgreSQL", ours, "/s")
    yield Figure("… psql COPY, the same rows", theirs, "/s")
    yield Figure("… as fast as it", ours / theirs, "×", Goal(0.8))


def _live(server: Server, channel: Channel) -> Iterator[Figure]:
    """The delay of a live page, alone and while files are taken."""
    audience = Audience(server.port, make_channel(server, "n"))
    audience.grow(1)
    audience.listen(LIVE_PER_S, 1)
    alone = audience.listen(LIVE_PER_S, LIVE_S)
    with _taking(server, channel) as taken:
        beside = audience.listen(LIVE_PER_S, LIVE_S)
    audience.close()
    for name, found in (("alone", alone), (f"while {sum(taken):,} readings were taken", beside)):
        yield Figure(f"… live page {name}: p50", percentile(found.delays_s, 50) * 1000, "ms")
        yield Figure("… p99", percentile(found.delays_s, 99) * 1000, "ms", Goal(100, most=True))


@dataclass
class _OnPostgres(Server):
    """A server whose database is another one."""

    url: str = ""

    @property
    def database_url(self) -> str:
        return self.url


@dataclass
class _Peak:
    """The most memory that a server took while it was watched."""

    server: Server
    highest: float = 0.0
    _is_over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def watched(self) -> Iterator[None]:
        watching = threading.Thread(target=self._watch)
        watching.start()
        try:
            yield
        finally:
            self._is_over.set()
            watching.join()

    def _watch(self) -> None:
        while not self._is_over.wait(0.02):
            self.highest = max(self.highest, memory_mb(self.server.pids))


@contextmanager
def _taking(server: Server, channel: Channel) -> Iterator[list[int]]:
    """Files are taken one after the other; how many readings each had."""
    taken: list[int] = []
    is_over = threading.Event()

    def take() -> None:
        while not is_over.is_set():
            taken.append(_take(server, channel, is_over))

    taking = threading.Thread(target=take)
    taking.start()
    try:
        yield taken
    finally:
        is_over.set()
        taking.join()


def _filled(server: Server) -> Channel:
    """A channel with all the readings, stored without the doors: this is not about them."""
    channel = make_channel(server, "temperature:°C")
    chance = random.Random(1)
    store = Store.open(server.database_url, synchronous="OFF")
    try:
        for start in range(0, READINGS, CHUNK):
            rows = [
                (1, START + number * SECOND, 1, round(chance.uniform(10, 30), 2), None)
                for number in range(start, start + CHUNK)
            ]
            store.tell(lambda connection, rows=rows: bulk.insert_readings(connection, rows))
            store.tell(rollups.add, rows)
    finally:
        store.close()
    return channel


def _take(server: Server, channel: Channel, is_over: threading.Event | None = None) -> int:
    """Take the file and throw it away; how many readings it had, as far as it was taken."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    ends = f"from={START // SECOND}&to={START // SECOND + READINGS}"
    connection.request("GET", f"/api/v1/channels/{channel.channel_id}/download.csv?{ends}&shape=tidy")
    answer = connection.getresponse()
    if answer.status != http.HTTPStatus.OK:
        raise RuntimeError(f"The file was refused: {answer.read()[:300]!r}")
    lines = 0
    while part := answer.read1(1 << 20):
        lines += part.count(b"\n")
        if is_over is not None and is_over.is_set():
            break
    connection.close()
    if is_over is None and lines != READINGS + 1:
        raise RuntimeError(f"The file has {lines} lines.")
    return max(0, lines - 1)


def _take_made(server: Server, channel: Channel, form: str, readings: int) -> None:
    """Take a file that is made first, and throw it away."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    ends = f"from={START // SECOND}&to={START // SECOND + readings}"
    connection.request("GET", f"/api/v1/channels/{channel.channel_id}/download.{form}?{ends}&shape=tidy")
    answer = connection.getresponse()
    size = int(answer.headers["Content-Length"])
    if answer.status != http.HTTPStatus.OK or len(answer.read()) != size:
        raise RuntimeError(f"The file was not had: {answer.status}")
    connection.close()


def _run(*command: str) -> None:
    """Run a program on the server's core; what it writes goes nowhere."""
    pinned: Callable[[], None] = lambda: machine.pin(machine.SERVER_CORE)  # noqa: E731
    with Path(os.devnull).open("wb") as nowhere:
        subprocess.run(command, stdout=nowhere, check=True, preexec_fn=pinned)


def _per_s(take: Callable[[], object]) -> float:
    """Readings a second, at best."""
    fastest = float("inf")
    for _ in range(TIMES):
        began = time.perf_counter()
        take()
        fastest = min(fastest, time.perf_counter() - began)
    return READINGS / fastest
