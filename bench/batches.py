"""A thousand readings a request, as boards send that were offline for a while."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from itertools import islice

import pysqlite3.dbapi2 as sqlite

from bench import machine
from bench.machine import Watch
from bench.page import Figure, Goal
from bench.posting import Load, drive, post
from bench.served import make_channel, scratch, served

TITLE = "Batches of 1000 readings (backlogs of one reading a second, each batch acknowledged after fsync)"
BOARDS = 8
WARM_UP, BATCHES = 80, 800
"""Of all boards together."""

SIZE = 1000
SECONDS = 15.0
START = 1_700_000_000
SENSE_HAT = ("temperature", "humidity", "pressure", "pitch")

RAW_TABLE = """CREATE TABLE reading (
    feed_id INTEGER NOT NULL, at BIGINT NOT NULL, entry_id BIGINT NOT NULL, value FLOAT, text TEXT,
    PRIMARY KEY (feed_id, at)) WITHOUT ROWID"""
RAW_INSERT = "INSERT INTO reading (feed_id, at, entry_id, value) VALUES (?, ?, ?, ?)"


def measure() -> list[Figure]:
    one, one_watch = _load(1, ["temperature"])
    many, many_watch = _load(BOARDS, ["temperature"])
    wide, wide_watch = _load(1, SENSE_HAT)
    raw_per_s = _raw_per_s()
    return [
        *_figures("one board", one, one_watch),
        *_figures(f"{BOARDS} boards at once", many, many_watch),
        *_figures("one board, 250 items of 4 feeds", wide, wide_watch),
        Figure("raw executemany of such rows, no rollups", raw_per_s, "/s", ratio=_readings_per_s(one) / raw_per_s),
    ]


def _figures(who: str, load: Load, watch: Watch) -> Iterator[Figure]:
    yield Figure(f"{who}: stored, with rollups", _readings_per_s(load), "/s", Goal(300_000, 500_000))
    yield Figure("… for a whole second of its core", load.answered * SIZE / watch.cpu_s, "/s", others=watch.others)
    yield Figure("… p99 of a batch", load.latency_ms(99), "ms")


def _readings_per_s(load: Load) -> float:
    return load.per_s * SIZE


def _load(boards: int, feeds: Sequence[str]) -> tuple[Load, Watch]:
    with served() as server:
        key = make_channel(server).write_key
        requests = [
            [post(server.port, "/api/v1/readings", body, X_API_Key=key) for body in _backlog(board, boards, feeds)]
            for board in range(boards)
        ]
        warm_up = WARM_UP // boards
        drive(server.port, [islice(each, warm_up) for each in requests], seconds=SECONDS)
        watch = Watch(server.pids)
        load = drive(server.port, [islice(each, warm_up, None) for each in requests], seconds=SECONDS)
        watch.stop()
    if load.refused:
        raise RuntimeError(f"{load.refused} batches were refused, such as {load.a_refusal!r}")
    return load, watch


def _backlog(board: int, boards: int, feeds: Sequence[str]) -> Iterator[bytes]:
    """The bodies that one of so many boards sends, SIZE readings each, one item a second.

    Every board has feeds of its own, so that none is late because another was served first.
    """
    chance = random.Random(board)
    names = [f"{feed} {board}" for feed in feeds]
    at = START
    for _ in range((WARM_UP + BATCHES) // boards):
        items = []
        for _ in range(SIZE // len(feeds)):
            at += 1
            values = ",".join(f'"{name}":{chance.uniform(10, 30):.2f}' for name in names)
            items.append(f'{{"at":{at},"values":{{{values}}}}}')
        yield f"[{','.join(items)}]".encode()


def _raw_per_s() -> float:
    """One process that has the rows already and only hands them to SQLite, one commit for each thousand."""
    chance = random.Random(1)
    rows = [(1, (START + number) * 1_000_000, number, round(chance.uniform(10, 30), 2)) for number in range(300 * SIZE)]
    machine.pin(machine.SERVER_CORE)
    try:
        with scratch() as folder:
            connection = sqlite.connect(folder / "raw.db", isolation_level=None)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute(RAW_TABLE)
            began = time.perf_counter()
            for start in range(0, len(rows), SIZE):
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(RAW_INSERT, rows[start : start + SIZE])
                connection.execute("COMMIT")
            elapsed_s = time.perf_counter() - began
            connection.close()
            return len(rows) / elapsed_s
    finally:
        machine.pin(machine.LOAD_CORE)
