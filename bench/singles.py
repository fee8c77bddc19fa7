"""One reading a request, acknowledged when it is on disk."""

from __future__ import annotations

import json
import urllib.request
from itertools import repeat

from bench.machine import Watch
from bench.page import Figure, Goal
from bench.posting import Load, drive, post
from bench.served import Server, make_channel, served

CONNECTIONS = 32
SECONDS = 5.0
WARM_UP_S = 1.0
PATH = "/api/v1/readings"
BODY = b'{"temperature": 21.4}'
TITLE = f"Single readings, each acknowledged after fsync ({CONNECTIONS} connections)"


def measure() -> list[Figure]:
    with served("bench.apps.nothing:server") as server:
        nothing, nothing_watch = _load(server, "any")
    with served() as server:
        ours, watch = _load(server, make_channel(server, "temperature:°C").write_key)
    with served("bench.apps.each_alone:server") as server:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/key") as answer:
            key = json.load(answer)
        alone, alone_watch = _load(server, key)
    return [
        Figure("acknowledged", ours.per_s, "/s", Goal(4500, 8000)),
        Figure("… for a whole second of its core", ours.answered / watch.cpu_s, "/s", others=watch.others),
        Figure("p50", ours.latency_ms(50), "ms"),
        Figure("p99", ours.latency_ms(99), "ms", Goal(60, most=True)),
        Figure("an empty Flask route", nothing.per_s, "/s", ratio=ours.per_s / nothing.per_s),
        Figure(
            "… for a whole second of its core",
            nothing.answered / nothing_watch.cpu_s,
            "/s",
            ratio=(ours.answered / watch.cpu_s) / (nothing.answered / nothing_watch.cpu_s),
            others=nothing_watch.others,
        ),
        Figure("one commit for each request", alone.per_s, "/s", ratio=ours.per_s / alone.per_s),
        Figure("… p99", alone.latency_ms(99), "ms", others=alone_watch.others),
    ]


def _load(server: Server, key: str) -> tuple[Load, Watch]:
    request = post(server.port, PATH, BODY, X_API_Key=key)
    streams = [repeat(request)] * CONNECTIONS
    drive(server.port, streams, seconds=WARM_UP_S)
    watch = Watch(server.pids)
    load = drive(server.port, streams, seconds=SECONDS)
    watch.stop()
    if load.refused:
        raise RuntimeError(f"{load.refused} requests were refused, such as {load.a_refusal!r}")
    return load, watch
