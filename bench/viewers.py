"""Many viewers of one channel."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator

from bench.machine import Watch, memory_mb
from bench.page import Figure, Goal
from bench.posting import percentile
from bench.served import Server, make_channel, served
from bench.watching import Audience

TITLE = "Viewers of one channel (delay: from before the POST to the frame at the viewer, fsync included)"
MOST = 1000
STEPS = ((100, 1, 5), (500, 1, 5), (MOST, 1, 10), (MOST, 10, 5), (MOST, 40, 4))
"""(viewers, messages a second, for so many seconds)."""

P99_MS = Goal(100, most=True)
SETTLES_S = 0.5


def measure() -> list[Figure]:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with served() as server:
        audience = Audience(server.port, make_channel(server, "n"))
        audience.listen(10, 1)
        before_mb = memory_mb(server.pids)
        figures = [figure for step in STEPS for figure in _step(server, audience, *step)]
        after_mb = memory_mb(server.pids)
        audience.close()
    return [*figures, Figure("memory for each viewer", (after_mb - before_mb) / MOST, "MB", Goal(0.2, most=True))]


def _step(server: Server, audience: Audience, viewers: int, per_s: int, seconds: int) -> Iterator[Figure]:
    audience.grow(viewers)
    time.sleep(SETTLES_S)  # the handshakes' own work is over before anything is measured
    watch = Watch(server.pids)
    found = audience.listen(per_s, seconds)
    watch.stop()
    name = f"{viewers} viewers, {per_s} message{'s' if per_s > 1 else ''}/s"
    wanted = Goal(viewers * per_s * 0.98) if per_s > 1 else None
    yield Figure(f"{name}: delivered", found.per_s, "/s", wanted)
    yield Figure("… lost or repeated", found.lost + found.repeated, "", Goal(0, most=True))
    yield Figure("… p50", percentile(found.delays_s, 50) * 1000, "ms")
    yield Figure("… p99", percentile(found.delays_s, 99) * 1000, "ms", P99_MS if viewers == MOST else None)
    share = Goal(40, most=True) if (viewers, per_s) == (MOST, 10) else None
    yield Figure("… of the server's core", watch.share * 100, "%", share, others=watch.others)
