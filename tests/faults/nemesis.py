"""What strikes a server at random moments while boards send. One seed gives one order of blows and pauses."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from tests.faults.ledger import Ledger
from tests.processes import kill, wait_until
from tests.servers import LabfeedServer, PostgresCluster, RedisServer

Fault = Callable[[], None]

LONGEST_PAUSE_S = 0.4
RECOVERS_WITHIN_S = 60.0
READINGS_BETWEEN = 20
"""So many are acknowledged after each blow before the next one is thought of: the server is struck while it works."""


@dataclass(slots=True)
class Nemesis:
    """`faults` is name → (how often, what to do). `outages_s` says how long each blow was felt."""

    ledger: Ledger
    faults: Mapping[str, tuple[int, Fault]]
    chance: Random
    outages_s: list[float] = field(default_factory=list)

    def strike(self) -> None:
        """Strike them all in random order, each at a random moment after readings are acknowledged again."""
        blows = [name for name, (times, _) in self.faults.items() for _ in range(times)]
        self.chance.shuffle(blows)
        for name in blows:
            time.sleep(self.chance.uniform(0.02, LONGEST_PAUSE_S))  # the random moment itself
            began = time.monotonic()
            self.faults[name][1]()
            self._await_recovery(name)
            self.outages_s.append(time.monotonic() - began)

    def _await_recovery(self, name: str) -> None:
        known = len(self.ledger.acknowledged)
        wait_until(
            lambda: len(self.ledger.acknowledged) >= known + READINGS_BETWEEN or self.ledger.complaints,
            within_s=RECOVERS_WITHIN_S,
            what=f"readings are acknowledged again after: {name}",
        )


def kills_a_worker(server: LabfeedServer, chance: Random) -> Fault:
    """One web process ends in the middle of whatever it does; gunicorn replaces it."""

    def fault() -> None:
        if workers := server.pids:
            kill(chance.choice(workers))

    return fault


def kills_the_group(server: LabfeedServer) -> Fault:
    """All web processes end at once; somebody starts the server again."""
    return server.restart


def kills_postgres(cluster: PostgresCluster) -> Fault:
    """The database server ends with everything it had in hand, and recovers from its log."""

    def fault() -> None:
        cluster.kill9()
        cluster.start()

    return fault


def kills_redis(redis: RedisServer) -> Fault:
    """The bus between the web processes is gone and comes back empty."""

    def fault() -> None:
        redis.kill9()
        redis.start()

    return fault
