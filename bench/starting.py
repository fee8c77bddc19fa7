"""From the command to the first answer, and what a server takes that nobody uses."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median

from bench import machine
from bench.page import Figure, Goal
from bench.served import LABFEED, served

TITLE = "Cold start (command to the first 200 of /healthz, empty database) and memory at rest (PSS)"
TIMES = 5
RESTS_S = 1.0


@dataclass(frozen=True, slots=True)
class Start:
    seconds: float
    worker_mb: float
    all_mb: float


def measure() -> list[Figure]:
    ours, empty = _starts(LABFEED), _starts("bench.apps.empty_dash:server")
    return [
        Figure(f"cold start, median of {TIMES}", ours.seconds, "s", Goal(1.5, most=True)),
        Figure("worker at rest", ours.worker_mb, "MB"),
        Figure("master and worker", ours.all_mb, "MB", Goal(120, most=True)),
        Figure("an empty Dash page: cold start", empty.seconds, "s", ratio=ours.seconds / empty.seconds),
        Figure("… worker at rest", empty.worker_mb, "MB", ratio=ours.worker_mb / empty.worker_mb),
    ]


def _starts(app: str) -> Start:
    """The medians of several starts; the first, which reads everything from the disk, does not count."""
    found = [_start(app) for _ in range(TIMES + 1)][1:]
    return Start(
        median(each.seconds for each in found),
        median(each.worker_mb for each in found),
        median(each.all_mb for each in found),
    )


def _start(app: str) -> Start:
    with served(app) as server:
        time.sleep(RESTS_S)  # what the first request set going has settled
        master, worker = server.pids
        return Start(server.started_in_s, machine.memory_mb([worker]), machine.memory_mb([master, worker]))
