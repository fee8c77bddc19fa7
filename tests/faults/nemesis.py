"""What strikes a server at random moments while boards send. One seed gives one order of blows and pauses."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from tests.faults.ledger import Ledger
from tests.processes import kill, wait_until
from tests.servers import LabfeedServer, PostgresCluster, RedisServer

Fault = Callable[[], None]

RECOVERS_WITHIN_S = 30.0


@dataclass(slots=True)
class Nemesis:
    """`faults` is name → (weight, what to do). `struck` counts the blows; `outages_s` says how long each was felt."""

    ledger: Ledger
    faults: Mapping[str, tuple[int, Fault]]
    chance: Random
    longest_pause_s: float = 0.4
    struck: Counter[str] = field(default_factory=Counter)
    outages_s: list[float] = field(default_factory=list)

    def strike(self, times: int) -> None:
        """Strike so often, each time at a random moment after readings are acknowledged again."""
        names, weights = list(self.faults), [weight for weight, _ in self.faults.values()]
        for _ in range(times):
            time.sleep(self.chance.uniform(0.02, self.longest_pause_s))  # the random moment itself
            name = self.chance.choices(names, weights)[0]
            known = len(self.ledger.acknowledged)
            began = time.monotonic()
            self.faults[name][1]()
            self._await_recovery(known, name)
            self.outages_s.append(time.monotonic() - began)
            self.struck[name] += 1

    def _await_recovery(self, known: int, name: str) -> None:
        wait_until(
            lambda: len(self.ledger.acknowledged) > known or self.ledger.complaints,
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
