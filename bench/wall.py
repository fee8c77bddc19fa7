"""A wall of sixty channels, each heard once a second: how soon it is usable, and how smoothly it goes on."""

from __future__ import annotations

import json
import math
import random
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bench.browsing import LONG_MS, Seen, Visit, visit, watch
from bench.page import Figure, Goal
from bench.posting import Connection, post
from bench.served import Server, served
from config import Config
from domain.keys import new_key
from domain.readings import Kind, NewEntry, NewReading
from domain.roles import Right
from domain.timespan import SECOND
from models import keys
from models.appending import Submission
from models.channels import NewFeed
from models.store import Store
from models.vault import Vault
from models.writer import store_together

TITLE = "A wall of 60 live cards at 1 Hz (cold cache; all of Chromium on one core, drawn by its software)"
CARDS = 60
HISTORY_S = 900
SETTLES_S, WATCHED_S = 5.0, 20.0
CONNECTIONS = 4
READY = f"document.querySelectorAll('.lf-card .lf-number').length >= {CARDS}"

NUMBERS = tuple(NewFeed(name, Kind.NUMBER, "g") for name in "xyz")
FORMS: Sequence[Sequence[NewFeed]] = (
    (NewFeed("temperature", Kind.NUMBER, "°C"),),
    (NewFeed("temperature", Kind.NUMBER, "°C"), NewFeed("humidity", Kind.NUMBER, "%RH")),
    NUMBERS,
    (NewFeed("level", Kind.NUMBER, "cm"), NewFeed("door", Kind.TEXT)),
)


@dataclass(frozen=True, slots=True)
class Board:
    """A channel's board, and what it measures."""

    number: int
    write_key: str
    feeds: Sequence[NewFeed]

    def measure(self, at_s: float, chance: random.Random) -> dict[str, float | str]:
        curve = 20 + 5 * math.sin(at_s / 60 + self.number)
        word = "open" if int(at_s / 40 + self.number) % 2 else "closed"
        return {
            feed.name: word if feed.kind is Kind.TEXT else round(curve + chance.gauss(0, 0.3), 2) for feed in self.feeds
        }


def measure() -> list[Figure]:
    with served() as server:
        boards = make_boards(server)
        with speaking(server, boards), visit(server, "/", READY) as found:
            found.page.wait_for_timeout(SETTLES_S * 1000)
            seen = watch(found, WATCHED_S)
    return [*_opening(found), *_going_on(seen)]


def _opening(found: Visit) -> Iterator[Figure]:
    yield Figure("usable after", found.usable_s, "s", Goal(2.5, most=True))
    yield Figure("… of our own data", found.data_bytes / 1000, "kB", Goal(100, most=True))
    yield Figure("… loaded in all, scripts and styles too", found.loaded_bytes / 1000, "kB")


def _going_on(seen: Seen) -> Iterator[Figure]:
    yield Figure("frames, median", seen.frames_per_s, "/s", Goal(50))
    yield Figure(f"tasks longer than {LONG_MS:g} ms", len(seen.long_tasks) / seen.seconds, "/s")
    yield Figure("… share of the time somebody would wait for them", seen.long_share * 100, "%", Goal(5, most=True))
    gaps = sorted(seen.card_gaps)
    yield Figure("a card changes every, median", gaps[len(gaps) // 2], "ms", Goal(1500, most=True))
    yield Figure("… p95", gaps[len(gaps) * 95 // 100], "ms")


def make_boards(server: Server, count: int = CARDS) -> list[Board]:
    """So many channels with a quarter of an hour of readings, one a second."""
    config = Config.from_env(server.environment)
    store, vault, chance = Store.open(server.database_url), Vault(config.secret_key), random.Random(1)
    try:
        return [_make_board(store, vault, number, chance) for number in range(count)]
    finally:
        store.close()


def _make_board(store: Store, vault: Vault, number: int, chance: random.Random) -> Board:
    now = int(time.time() * SECOND)
    board = Board(number, new_key(secrets.choice), FORMS[number % len(FORMS)])
    name, written = f"Board {number + 1:02}", {Right.WRITE: board.write_key}
    channel = store.tell(keys.create_channel, vault, written, name=name, now=now, feeds=board.feeds)
    entries = []
    for ago_s in range(HISTORY_S, 0, -1):
        at = now - ago_s * SECOND
        said = board.measure(at / SECOND, chance)
        readings = [
            NewReading(name, *((None, each) if isinstance(each, str) else (each, None))) for name, each in said.items()
        ]
        entries.append(NewEntry(at, readings))
    feed_ids = {feed.name: feed.id for feed in channel.feeds}
    (outcome,), _ = store.tell(store_together, [Submission(channel.id, channel.version, entries, feed_ids, now)])
    if isinstance(outcome, Exception):
        raise outcome
    return board


@contextmanager
def speaking(server: Server, boards: Sequence[Board], per_s: float = 1.0) -> Iterator[None]:
    """Meanwhile each board sends so often, one evenly after the other."""
    is_over = threading.Event()
    speaker = threading.Thread(target=_speak, args=(server, boards, per_s, is_over), daemon=True)
    speaker.start()
    try:
        yield
    finally:
        is_over.set()
        speaker.join()


def _speak(server: Server, boards: Sequence[Board], per_s: float, is_over: threading.Event) -> None:
    connections, chance, began = (
        [Connection(server.port) for _ in range(CONNECTIONS)],
        random.Random(2),
        time.monotonic(),
    )
    for number in range(1_000_000):
        due = began + number / (per_s * len(boards))
        if is_over.wait(max(0.0, due - time.monotonic())):
            break
        board, connection = boards[number % len(boards)], connections[number % CONNECTIONS]
        body = json.dumps(board.measure(time.time(), chance)).encode()
        connection.send(post(server.port, "/api/v1/readings", body, X_API_Key=board.write_key))
        while not connection.receive():
            pass
    for connection in connections:
        connection.sock.close()
