"""Sets a scene: a server with a channel for numbers, then the same server run in another way."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
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


@contextmanager
def labfeed_with_channel(folder: Path, **settings: str) -> Iterator[Scene]:
    """A server, without a limit of rate, that has one channel with a feed for numbers and one for words."""
    with running_labfeed(folder, {"RATE_LIMIT": "off"} | settings) as server:
        yield Scene(server, server.create_channel("Ledger", feeds=(NUMBER, f"{WORD}:text")))


def restart_as(server: LabfeedServer, app: str) -> None:
    """Start it again with another app: gunicorn's last word says which."""
    server.daemon.command = [*server.daemon.command[:-1], app]
    server.restart()


def start_recorded(server: LabfeedServer, log_path: Path) -> None:
    """Start it (it is stopped) with every call it makes to the kernel written to a log."""
    server.daemon.command = strace.command(log_path, server.daemon.command)
    server.start()


def stop_recorded(server: LabfeedServer) -> None:
    """End a recorded server politely; returns when the log is complete."""
    process = server.daemon.process
    assert process is not None
    for master in server.daemon.pids():  # strace's own child
        os.kill(master, signal.SIGTERM)
    process.wait(ENDS_WITHIN_S)
