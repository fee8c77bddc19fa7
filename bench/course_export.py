"""A course of sixty channels taken away as one archive, and live pages meanwhile."""

from __future__ import annotations

import subprocess
import tempfile
import time
import zipfile
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from accounts.sessions import COOKIE
from bench.machine import Watch, memory_mb
from bench.page import Figure, Goal
from bench.posting import percentile
from bench.served import Server, make_channel, served
from bench.watching import Audience
from domain.timespan import SECOND
from models import bulk, channels, rollups
from models.channels import NewFeed
from models.store import Store
from tests.people import begin_session, enrol, make_course, make_person

CHANNELS, EACH = 60, 166_667
READINGS = CHANNELS * EACH

TITLE = f"Course export ({CHANNELS} channels, {READINGS:,} readings as one zip over HTTP, to the last byte)"
CHUNK = 20_000
START = 1_700_000_000 * SECOND
ELSEWHERE = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""Where the archive is put: whoever takes it does so on a disk of their own, for which no commit waits."""

LIVE_PER_S, ALONE_S, TURN_S = 20, 8, 2
"""Messages to a live page; how long it is looked at alone, and how long at a time while the course is taken."""

COPIED = {
    "reading": "at, entry_id, value, text",
    "rollup": "width, bucket, n, sum, min, max, first, last, first_at, last_at",
}


@dataclass
class Taking:
    """A program that takes the archive, on the core of the load."""

    process: subprocess.Popen[bytes]
    began: float

    @classmethod
    def begin(cls, server: Server, course_id: int, cookie: str, file: Path) -> Taking:
        address = f"http://127.0.0.1:{server.port}/api/v1/courses/{course_id}/export.zip"
        command = ["curl", "-sSf", "-b", f"{COOKIE}={cookie}", "-o", str(file), address]
        return cls(subprocess.Popen(command), time.perf_counter())

    @property
    def is_over(self) -> bool:
        return self.process.poll() is not None


def measure() -> list[Figure]:
    with served() as server:
        live = make_channel(server, "n")
        course_id, cookie = _course(server)
        audience = Audience(server.port, live)
        audience.grow(1)
        audience.listen(LIVE_PER_S, 1)
        alone = audience.listen(LIVE_PER_S, ALONE_S).delays_s
        with tempfile.TemporaryDirectory(dir=ELSEWHERE) as folder:
            idle_mb, file = memory_mb(server.pids), Path(folder, "course.zip")
            watch, taking = Watch(server.pids), Taking.begin(server, course_id, cookie, file)
            beside, peak_mb, took_s = _meanwhile(server, audience, taking)
            watch.stop()
            _check(file, taking)
            figures = list(_figures(alone, beside, took_s, peak_mb - idle_mb, file.stat().st_size, watch))
        audience.close()
    return figures


def _meanwhile(server: Server, audience: Audience, taking: Taking) -> tuple[array[float], float, float]:
    """The delays of a live page until the archive is there, the most memory, and how long it took (to a turn)."""
    delays, peak_mb = array("d"), 0.0
    while not taking.is_over:
        delays += audience.listen(LIVE_PER_S, TURN_S).delays_s
        peak_mb = max(peak_mb, memory_mb(server.pids))
    return delays, peak_mb, time.perf_counter() - taking.began


def _figures(
    alone: array[float], beside: array[float], took_s: float, more_mb: float, size_bytes: int, watch: Watch
) -> Iterator[Figure]:
    yield Figure("readings", READINGS / took_s, "/s")
    yield Figure("… until it was there", took_s, "s")
    yield Figure("… its size", size_bytes / 1e6, "MB")
    yield Figure("… memory above idle", more_mb, "MB", Goal(60, most=True))
    yield Figure("… of the server's core", watch.share * 100, "%", others=watch.others)
    for name, delays in (("alone", alone), ("meanwhile", beside)):
        yield Figure(f"live page {name}: p50", percentile(delays, 50) * 1000, "ms")
        yield Figure("… p99", percentile(delays, 99) * 1000, "ms", Goal(100, most=True))
        yield Figure("… at most", max(delays) * 1000, "ms")


def _check(file: Path, taking: Taking) -> None:
    if taking.process.returncode:
        raise RuntimeError(f"curl ended with {taking.process.returncode}.")
    with zipfile.ZipFile(file) as archive:
        told = archive.read("channels.csv").decode().splitlines()[1:]
    if sum(int(line.rpartition(",")[2]) for line in told) != READINGS:
        raise RuntimeError("The archive does not hold all readings.")


def _course(server: Server) -> tuple[int, str]:
    """A course with all its channels, stored without the doors, and a session of its teacher."""
    store = Store.open(server.database_url, synchronous="OFF")
    try:
        course_id, now = make_course(store), int(time.time() * SECOND)
        teacher = make_person(store, "Tess Teacher", now=now)
        enrol(store, course_id, teacher)
        feeds = [_channel(store, course_id, number) for number in range(CHANNELS)]
        _fill(store, feeds[0])
        for each in feeds[1:]:
            store.tell(_copy, feeds[0], each)
        return course_id, begin_session(store, teacher, now)
    finally:
        store.close()


def _channel(store: Store, course_id: int, number: int) -> int:
    """A channel of the course; the number of its feed."""
    made = store.tell(
        channels.create,
        name=f"Team {number}",
        now=START,
        feeds=(NewFeed("temperature", unit="°C"),),
        course_id=course_id,
        section="AB"[number % 2],
        team=f"Team {number}",
    )
    return made.feeds[0].id


def _fill(store: Store, feed_id: int) -> None:
    for start in range(0, EACH, CHUNK):
        rows = [
            (feed_id, START + number * SECOND, 1, 20 + number * 7919 % 1000 / 100, None)
            for number in range(start, min(start + CHUNK, EACH))
        ]
        store.tell(lambda connection, rows=rows: bulk.insert_readings(connection, rows))
        store.tell(rollups.add, rows)


def _copy(connection: Connection, source: int, target: int) -> None:
    """Let a feed hold what another holds."""
    for table, columns in COPIED.items():
        connection.exec_driver_sql(
            f"INSERT INTO {table} (feed_id, {columns}) SELECT {target}, {columns} FROM {table} WHERE feed_id = {source}"
        )
