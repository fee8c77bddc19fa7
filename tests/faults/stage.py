"""Sets a scene: a server with a channel for numbers, then the same server run in another way."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults import strace
from tests.faults.boards import WORD
from tests.faults.ledger import NUMBER
from tests.processes import ENDS_WITHIN_S
from tests.servers import CreatedChannel, LabfeedServer, running_labfeed


@dataclass(frozen=True, slots=True)
class Scene:
    """A running server and the channel that the boards write to."""

    server: LabfeedServer
    channel: CreatedChannel


PRODUCT = "wsgi:server"
ACKNOWLEDGING_EARLY = "tests.faults.sabotage:acknowledging_early()"
WITHOUT_SYNCS = "tests.faults.sabotage:without_syncs()"
"""What gunicorn starts: the product, or the product sabotaged."""

PRODUCTION = {
    "LABFEED_ENV": "production",
    "SECRET_KEY": "Q7vX2mK9pL4wZ8tR6yB3nH5jC1dF0gSaE",
    "PUBLIC_URL": "https://labfeed.example.edu",
}


@contextmanager
def labfeed_with_channel(folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[Scene]:
    """A server, without a limit of rate, that has one channel with a feed for numbers and one for words."""
    with running_labfeed(folder, {"RATE_LIMIT": "off"} | dict(settings or {})) as server:
        if "LABFEED_ENV" in (settings or {}):
            server.run_command("db", "upgrade")  # in production nothing changes the tables by itself
        yield Scene(server, server.create_channel("Ledger", feeds=(NUMBER, f"{WORD}:text")))


def restart_as(server: LabfeedServer, app: str) -> None:
    """Start it again with another app: gunicorn's last word says which."""
    server.daemon.command = [*server.daemon.command[:-1], app]
    server.restart()


def start_recorded(server: LabfeedServer, log_path: Path, app: str) -> None:
    """Start it (it is stopped) with another app and with every call it makes to the kernel written to a log."""
    server.daemon.command = strace.command(log_path, [*server.daemon.command[:-1], app])
    server.start()


def stop_recorded(server: LabfeedServer) -> None:
    """End a recorded server politely; returns when the log is complete."""
    process = server.daemon.process
    assert process is not None
    for master in server.daemon.pids():  # strace's own child
        os.kill(master, signal.SIGTERM)
    process.wait(ENDS_WITHIN_S)
