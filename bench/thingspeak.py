"""One reading a request in ThingSpeak's language, beside the same reading through our own door."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat
from statistics import median

from sqlalchemy import update

from bench.machine import Watch
from bench.page import Figure, Goal
from bench.posting import Load, drive, post
from bench.served import Channel, Server, make_channel, served
from bench.singles import BODY, CONNECTIONS, PATH, WARM_UP_S
from models.schema import channel as table
from models.store import Store

TURNS = 12
TURN_S = 1.0
TITLE = f"ThingSpeak's /update and our own door by turns ({CONNECTIONS} connections, each acknowledged after fsync)"


def measure() -> list[Figure]:
    with served() as server:
        channel = make_channel(server, "temperature:°C")
        _take_as_they_come(server, channel)
        requests = {
            "own": post(server.port, PATH, BODY, X_API_Key=channel.write_key),
            "update": _update(server.port, channel.write_key),
        }
        for request in requests.values():
            _drive(server, request, WARM_UP_S)
        turns: dict[str, list[tuple[Load, float]]] = {"own": [], "update": []}
        for _ in range(TURNS):
            for door, request in requests.items():
                watch = Watch(server.pids)
                load = _drive(server, request, TURN_S)
                watch.stop()
                turns[door].append((load, watch.cpu_s))
    return list(_figures(turns))


def _figures(turns: dict[str, list[tuple[Load, float]]]) -> Iterator[Figure]:
    own, theirs = ([load.answered / load.elapsed_s for load, _ in turns[door]] for door in ("own", "update"))
    own_cpu, theirs_cpu = ([load.answered / cpu_s for load, cpu_s in turns[door]] for door in ("own", "update"))
    yield Figure(f"/update: acknowledged, median of {TURNS}", median(theirs), "/s")
    yield Figure("… for a whole second of its core", median(theirs_cpu), "/s")
    yield Figure("our own door", median(own), "/s")
    yield Figure("… for a whole second of its core", median(own_cpu), "/s")
    yield Figure("/update over our own door, median", _ratio(theirs, own), "×", Goal(0.85))
    yield Figure("… for a whole second of its core", _ratio(theirs_cpu, own_cpu), "×")


def _ratio(ours: list[float], others: list[float]) -> float:
    """Each turn over the one before it: what else the machine does then weighs on both."""
    return median(one / other for one, other in zip(ours, others, strict=True))


def _drive(server: Server, request: bytes, seconds: float) -> Load:
    load = drive(server.port, [repeat(request)] * CONNECTIONS, seconds=seconds)
    if load.refused:
        raise RuntimeError(f"{load.refused} requests were refused, such as {load.a_refusal!r}")
    return load


def _update(port: int, key: str) -> bytes:
    """The bytes of an update as the Arduino library sends it."""
    body = "field1=21.4&headers=false"
    head = f"POST /update HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: bench\r\nX-THINGSPEAKAPIKEY: {key}\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    return f"{head}{kind}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def _take_as_they_come(server: Server, channel: Channel) -> None:
    """Let the channel keep no distance between updates: one that is too soon is answered with 200, too."""
    store = Store.open(server.database_url)
    try:
        paced = update(table).where(table.c.id == channel.channel_id).values(pace_ms=0)
        store.tell(lambda connection: connection.execute(paced))
    finally:
        store.close()
