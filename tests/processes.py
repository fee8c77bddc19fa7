"""Processes that tests start: how they are found, begun, awaited and ended."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN_S = 30.0
ENDS_WITHIN_S = 20.0
MOST_PAUSE_S = 0.1

Found = TypeVar("Found")


def wait_until(condition: Callable[[], Found], *, within_s: float, what: str = "") -> Found:
    """The first true value of `condition()`. AssertionError with its last value when the time is over.

    What is slow to come is looked at less often: to look costs the machine on which it is awaited.
    """
    begun = time.monotonic()
    while not (found := condition()):
        waited_s = time.monotonic() - begun
        if waited_s > within_s:
            raise AssertionError(f"not within {within_s:g} s: {what or condition}; last seen: {found!r}")
        pause_s = min(0.005 + waited_s / 20, MOST_PAUSE_S)
        time.sleep(pause_s)  # between two looks at the condition, not a guess at how long it takes
    return found


def find_free_port() -> int:
    """A port of 127.0.0.1 that is free now.

    Below the range from which outgoing connections are served, so that none takes it while a server is down.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


def require_program(name: str, *places: str) -> str:
    """Where the program is: in one of the places (glob patterns), else on the PATH. Skips the test without it."""
    found = [str(path) for place in places for path in sorted(Path("/").glob(place.lstrip("/")))]
    program = found[-1] if found else shutil.which(name)
    if program:
        return program
    if os.environ.get("CI") == "true":
        pytest.fail(f"{name} is not installed here, and in CI every server must be")
    pytest.skip(f"{name} is not installed here")


@dataclass(slots=True)
class Daemon:
    """A server process, first of a process group of its own; what it prints goes to a file.

    `is_ready` answers whether it serves; `user` runs it as somebody else, where a server refuses to be root's.
    """

    name: str
    command: Sequence[str]
    log_path: Path
    is_ready: Callable[[], bool]
    environment: Mapping[str, str] | None = None
    cwd: Path = ROOT
    user: str | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and return when it serves."""
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.cwd, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True, user=self.user, group=self.user, extra_groups=[] if self.user else None,
            )  # fmt: skip
        try:
            wait_until(self._is_ready_or_dead, within_s=STARTS_WITHIN_S, what=f"{self.name} serves")
        except AssertionError as late:
            raise AssertionError(f"{late}\nIt printed:\n{self.log()}") from late

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end and wait for that; after a while, kill it."""
        if self.process is None:
            return
        self.process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(ENDS_WITHIN_S)
        self.kill9()

    def kill9(self) -> None:
        """End it and every process below it at once, as a power cut would."""
        if self.process is None:
            return
        pids = self.pids()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(ENDS_WITHIN_S)
        self.process = None
        for pid in pids:
            kill(pid)

    def pids(self) -> tuple[int, ...]:
        """The direct children: gunicorn's workers, PostgreSQL's helpers."""
        if self.process is None:
            return ()
        try:
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        except FileNotFoundError:
            return ()
        return tuple(int(pid) for pid in children.split())

    def log(self) -> str:
        """Everything it has printed."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def _is_ready_or_dead(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended while starting, code {self.process.returncode}")
        return self.is_ready()


def kill(pid: int) -> None:
    """Kill a process and return when it holds nothing any more: no port, no lock, no file."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: _is_dead(pid), within_s=ENDS_WITHIN_S, what=f"process {pid} ends")


def accepts(port: int) -> bool:
    """Whether somebody listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(port: int, path: str) -> bool:
    """Whether this path of a server on 127.0.0.1 answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _is_dead(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"
