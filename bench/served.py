"""A server under measurement: gunicorn with the configuration of the product, on a core of its own."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench import machine
from tests.processes import find_free_port

OUT = machine.ROOT / "bench" / "out"
LABFEED = "wsgi:server"
STARTS_WITHIN_S = 30
ENDS_WITHIN_S = 15


@dataclass
class Server:
    """One gunicorn. `folder` holds its data and its log, on the disk of the repository."""

    app: str
    folder: Path
    health: str = "/healthz"
    port: int = field(default_factory=find_free_port)
    started_in_s: float = 0.0
    _process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "LABFEED_ENV": "development",
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": "",
            "RATE_LIMIT": "off",
            "CONNECTIONS_PER_ADDRESS": "10000",
            "WEB_CONCURRENCY": "1",
            "LOG_LEVEL": "warning",
            "PYTHONUNBUFFERED": "1",
        }

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.folder / 'labfeed.db'}"

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "-b", f"127.0.0.1:{self.port}", self.app]

    def start(self) -> None:
        """Return with the first good answer; `started_in_s` is how long that took."""
        began = time.perf_counter()
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=machine.ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: machine.pin(machine.SERVER_CORE),
            )
        while not self._answers():
            self._complain_if_dead(time.perf_counter() - began)
            time.sleep(0.002)  # how finely a start is timed: nothing tells when a port answers
        self.started_in_s = time.perf_counter() - began

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    @property
    def pids(self) -> tuple[int, ...]:
        """The master and its worker."""
        assert self._process is not None
        master = self._process.pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text()
        return (master, *map(int, children.split()))

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=STARTS_WITHIN_S)
        try:
            connection.request("GET", self.health)
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()

    def _complain_if_dead(self, waited_s: float) -> None:
        assert self._process is not None
        if self._process.poll() is not None or waited_s > STARTS_WITHIN_S:
            self.stop()
            log = (self.folder / "server.log").read_text(errors="replace")
            raise RuntimeError(f"{self.app} does not answer {self.health}:\n{log[-3000:]}")


@contextlib.contextmanager
def served(app: str = LABFEED, health: str = "/healthz") -> Iterator[Server]:
    """A server with an empty database, gone afterwards with all its data."""
    with scratch() as folder:
        server = Server(app, folder, health)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder for data beside the repository: /tmp may be memory, where a sync costs nothing."""
    OUT.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="data-", dir=OUT))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@dataclass(frozen=True, slots=True)
class Channel:
    channel_id: int
    write_key: str
    feeds: tuple[str, ...]
    """Their names."""


def make_channel(server: Server, *feeds: str) -> Channel:
    """A public channel, made as the README says."""
    command = [sys.executable, "-m", "flask", "--app", LABFEED, "channel", "create", "Bench", "--json"]
    for feed in feeds:
        command += ["--feed", feed]
    said = subprocess.run(
        command, cwd=machine.ROOT, env=server.environment, check=True, capture_output=True, text=True
    ).stdout
    made = json.loads(said.splitlines()[-1])
    return Channel(made["channel_id"], made["write_key"], tuple(feed.partition(":")[0] for feed in feeds))
