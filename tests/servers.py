"""Real servers for the tests, each private: a free port, a folder of its own, a bounded wait, killed at the end.

They are context managers; the fixtures in conftest.py hand them out. A server that cannot be had on this machine is a
visible skip, and a failure where CI=true.
"""

from __future__ import annotations

import os
import pwd
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

import context
from commands import FeedParameter
from domain.channels import Visibility
from domain.keys import new_key
from domain.roles import Right
from models import keys
from models.store import Store
from models.vault import Vault
from tests import ready
from tests.processes import ROOT, Daemon, accepts, answers, find_free_port, kill, require_program
from tools import practice_provider


@dataclass(slots=True)
class PostgresCluster:
    """A PostgreSQL server. Its one role, `labfeed`, may do everything and needs no password."""

    port: int
    daemon: Daemon

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://labfeed@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        self.daemon.start()

    def kill9(self) -> None:
        """A power cut for the server's processes; the files stay as they are."""
        self.daemon.kill9()

    def log(self) -> str:
        return self.daemon.log()


@contextmanager
def private_postgres(*, durable: bool = False) -> Iterator[PostgresCluster]:
    """A new cluster. Unless it shall be durable it never waits for the disk, which is four times faster."""
    programs = Path(require_program("initdb", "/usr/lib/postgresql/*/bin/initdb")).parent
    port, user = find_free_port(), "postgres" if os.geteuid() == 0 else None
    with _folder_of(user) as folder:
        _init_cluster(programs, folder / "data", user)
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": "200"}
        options |= {} if durable else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port)]
        command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        daemon = Daemon("PostgreSQL", command, folder / "log", lambda: _accepts_postgres(port), cwd=folder, user=user)
        daemon.start()
        try:
            yield PostgresCluster(port, daemon)
        finally:
            daemon.stop(signal.SIGQUIT)


def fresh_database(cluster: PostgresCluster) -> str:
    """The URL of a new, empty database of this cluster."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(f"postgresql://labfeed@127.0.0.1:{cluster.port}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    return cluster.url(name)


@dataclass(slots=True)
class RedisServer:
    """A Redis server that remembers nothing; after `kill9()` or `stop()`, `start()` takes the same port again."""

    port: int
    daemon: Daemon

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.daemon.start()

    def stop(self) -> None:
        self.daemon.stop()

    def kill9(self) -> None:
        self.daemon.kill9()


@contextmanager
def private_redis(folder: Path) -> Iterator[RedisServer]:
    """A new Redis server whose files lie in the folder."""
    program, port = require_program("redis-server"), find_free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    daemon = Daemon("Redis", command, folder / "redis.log", lambda: accepts(port))
    daemon.start()
    try:
        yield RedisServer(port, daemon)
    finally:
        daemon.stop()


@dataclass(frozen=True, slots=True)
class CreatedChannel:
    """A channel and its two keys."""

    channel_id: int
    write_key: str
    read_key: str


@dataclass(slots=True)
class LabfeedServer:
    """The product as it is run for real: gunicorn, its configuration and `wsgi:server`, with settings of its own."""

    port: int
    settings: dict[str, str]
    daemon: Daemon = field(repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def websocket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        return self.settings["DATABASE_URL"]

    @property
    def pids(self) -> tuple[int, ...]:
        """The worker processes."""
        return self.daemon.pids()

    def start(self) -> None:
        self.daemon.start()

    def stop(self) -> None:
        """The polite end: requests under way are answered."""
        self.daemon.stop()

    def kill9(self) -> None:
        """The power cut: no process of this server gets to say anything more."""
        self.daemon.kill9()

    def restart(self) -> None:
        """Kill it and start it again on the same port and database."""
        self.kill9()
        self.start()

    def kill_worker(self) -> None:
        """Kill one worker; gunicorn replaces it."""
        kill(self.pids[0])

    def log(self) -> str:
        return self.daemon.log()

    def run_command(self, *words: str) -> str:
        """What `flask --app wsgi:server …` prints with this server's settings; AssertionError when it fails."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi:server", *words]
        done = subprocess.run(
            command, cwd=self.daemon.cwd, env=self.settings, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def create_channel(
        self, name: str, *, feeds: Sequence[str] = ("temperature:°C", "door:text"), visibility: str = "public"
    ) -> CreatedChannel:
        """Make a channel from outside, as `channel create` does, without the seconds in which that starts."""
        write_key, read_key = new_key(random.choice), new_key(random.choice)
        store = Store.open(self.database_url)
        try:
            made = store.tell(
                keys.create_channel,
                Vault(self.settings["SECRET_KEY"]),
                {Right.WRITE: write_key, Right.READ: read_key},
                now=context.now(),
                name=name,
                feeds=tuple(FeedParameter().convert(feed, None, None) for feed in feeds),
                visibility=Visibility(visibility),
            )
        finally:
            store.close()
        return CreatedChannel(made.id, write_key, read_key)


@contextmanager
def running_labfeed(folder: Path, settings: Mapping[str, str]) -> Iterator[LabfeedServer]:
    """A started server. Of this shell's environment it sees the paths and the language only.

    It works in the folder, so that it does not find the `.env` of whoever runs the tests.
    """
    port = int(settings.get("PORT") or find_free_port())
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    environment |= {
        "LABFEED_ENV": "development",
        "SECRET_KEY": "a-secret-of-the-tests-and-of-nothing-else",
        "PYTHONPATH": str(ROOT),
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'labfeed.db'}",
        "FLASK_SKIP_DOTENV": "1",
        # Open pages would make each polite end wait for the full ten seconds.
        "GUNICORN_CMD_ARGS": "--graceful-timeout 2",
        **settings,
        "PORT": str(port),
    }
    if environment["LABFEED_ENV"] != "production":  # where nothing makes the tables by itself
        ready.lay(environment["DATABASE_URL"], ready.migrated)
    command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py"), "wsgi:server"]
    log_path = folder / f"labfeed-{port}.log"
    daemon = Daemon("Labfeed", command, log_path, lambda: answers(port, "/healthz"), environment, folder)
    server = LabfeedServer(port, environment, daemon)
    try:
        server.start()
        yield server
    finally:
        server.kill9()  # the polite end has tests of its own, and waits for open pages


def _init_cluster(programs: Path, data: Path, user: str | None) -> None:
    command = [str(programs / "initdb"), "-D", str(data), "-U", "labfeed", "-A", "trust", "-E", "UTF8", "--locale=C"]
    subprocess.run(
        [*command, "--no-sync"], check=True, capture_output=True, timeout=60, cwd="/",
        user=user, group=user, extra_groups=[] if user else None,
    )  # fmt: skip


@contextmanager
def _folder_of(user: str | None) -> Iterator[Path]:
    """A folder that this user owns and can reach; pytest's own are closed to everyone but root."""
    folder = Path(tempfile.mkdtemp(prefix="labfeed-"))
    if user:
        owner = pwd.getpwnam(user)
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _accepts_postgres(port: int) -> bool:
    try:
        psycopg.connect(f"postgresql://labfeed@127.0.0.1:{port}/postgres", connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


@contextmanager
def running_practice(folder: Path) -> Iterator[dict[str, str]]:
    """The sign-in provider to practise with, as `make run` starts it; yields the settings to sign in with it."""
    port = find_free_port()
    command = [sys.executable, "-m", "tools.practice_provider", "--port", str(port)]
    log = folder / "provider.log"
    provider = Daemon(
        "the practice provider",
        command,
        log,
        lambda: answers(port, "/.well-known/openid-configuration"),
        dict(os.environ),
    )
    provider.start()
    try:
        yield practice_provider.settings(port)
        said = provider.log()
        assert "Traceback" not in said, said
        assert "Warning" not in said, said
    finally:
        provider.stop()
