"""The database behind one address: SQLite by default, PostgreSQL by setting, the same code for both.

`ask` answers a question in one consistent look, `tell` makes one change and returns when it is on disk. Both run off
the gevent loop. Errors of the driver leave here as members of Labfeed's own family.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from domain.errors import NOT_KNOWN, Busy, ConfigError, Crowded, LabfeedError, StorageFull
from domain.spelling import spelled
from models.offload import Offload
from models.written import SPELLED, TEXT_AS_UTF8

Result = TypeVar("Result")
Params = ParamSpec("Params")

READERS = 6
"""Native threads that answer questions at once; a seventh waits its turn."""

LONG_READERS = 2
"""Native threads for questions that may take seconds: they never stand in the way of the others."""

MOST_LONG = 50
"""Such questions that are answered or wait; whoever asks another one comes again."""

PIECES_OF_FILES = 4
"""Of the long questions that are answered or wait, as many are pieces of files: whoever takes one, or fifty, away
leaves the others room."""

BUSY_S = 2.0
"""How long a writer waits for another process before it says so."""

POSTGRES_SETTINGS = {
    "datestyle": "ISO",  # days as files have them are spelled there (models/written)
    "synchronous_commit": "on",  # where the database is told not to wait for the disk, our answers would be untrue
    "statement_timeout": 20_000,
    "lock_timeout": int(BUSY_S * 1000),
    "idle_in_transaction_session_timeout": 30_000,
}
"""What each of our connections asks of PostgreSQL; times in ms."""

FIRST_SAFE_SQLITE = (3, 51, 3)
"""Before this, two connections that checkpoint at once may corrupt a WAL file (sqlite.org/wal.html#walresetbug)."""


class Store:
    """One database, shared by everything in a process."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._idle_readers: deque[Connection] = deque()
        self._writer: Connection | None = None
        self._read = Offload(READERS)
        self._read_long = Offload(LONG_READERS)
        self._long = threading.BoundedSemaphore(MOST_LONG)
        self.turns_of_files = threading.BoundedSemaphore(PIECES_OF_FILES)
        self._write = Offload(1)

    @classmethod
    def open(cls, database_url: str, *, synchronous: str = "FULL") -> Store:
        """The store at `database_url`; makes the folder of an SQLite file. Raises ConfigError when it cannot be right.

        `synchronous` other than FULL gives up durability at a power cut; it exists so that tests can show that.
        """
        try:
            url = make_url(database_url)
        except ArgumentError as error:
            raise ConfigError(
                "DATABASE_URL is not an address: write postgresql+psycopg://user:password@host/name."
            ) from error
        if url.get_backend_name() == "sqlite":
            return cls(_sqlite_engine(database_url, synchronous))
        if url.get_backend_name() == "postgresql":
            return cls(_postgres_engine(database_url))
        raise ConfigError(f"DATABASE_URL names {url.get_backend_name()}; Labfeed stores in sqlite or postgresql.")

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def ask(
        self, question: Callable[Concatenate[Connection, Params], Result], *args: Params.args, **kwargs: Params.kwargs
    ) -> Result:
        """What `question(connection, …)` finds, all of it in one consistent look at the database."""
        answer: Result = self._read(self._answer, lambda connection: question(connection, *args, **kwargs))
        return answer

    def ask_long(
        self, question: Callable[Concatenate[Connection, Params], Result], *args: Params.args, **kwargs: Params.kwargs
    ) -> Result:
        """The same for a question that may look through millions of readings. Raises Crowded where too many wait."""
        answer: Result = self.aside(self._answer, lambda connection: question(connection, *args, **kwargs))
        return answer

    def aside(self, work: Callable[..., Result], *args: Any) -> Result:
        """What `work(*args)` returns: much to reckon or to write, done where long questions are answered.

        Raises Crowded where too many wait.
        """
        if not self._long.acquire(blocking=False):
            raise Crowded("Too many long ranges are being looked through.", retry_after_s=5)
        try:
            return self._read_long(work, *args)
        finally:
            self._long.release()

    def tell(
        self, change: Callable[Concatenate[Connection, Params], Result], *args: Params.args, **kwargs: Params.kwargs
    ) -> Result:
        """What `change(connection, …)` returns, after it was committed; nothing of it is kept when it raises."""
        outcome: Result = self._write(self._carry_out, lambda connection: change(connection, *args, **kwargs))
        return outcome

    def close(self) -> None:
        self._read.close()
        self._read_long.close()
        self._write.close()
        self._close_idle_readers()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self.engine.dispose()

    def _close_idle_readers(self) -> None:
        with suppress(IndexError):  # other threads take from it, too
            while True:
                self._idle_readers.pop().close()

    def _answer(self, question: Callable[[Connection], Result]) -> Result:
        try:
            reused, connection = True, self._idle_readers.pop()
        except IndexError:
            reused, connection = False, self._reader()
        try:
            with connection.begin():
                result = question(connection)
        except DBAPIError as error:
            connection.close()
            if error.connection_invalidated and reused:  # the database was restarted since: ask it anew, once
                self._close_idle_readers()
                return self._answer(question)
            raise said_plainly(error) from error
        except LabfeedError:
            self._idle_readers.append(connection)
            raise
        except BaseException:
            connection.close()
            raise
        self._idle_readers.append(connection)
        return result

    def _carry_out(self, change: Callable[[Connection], Result]) -> Result:
        reused = self._writer is not None
        try:
            if self._writer is None:
                self._writer = self._connect(write=True)
            with self._writer.begin():
                return change(self._writer)
        except DBAPIError as error:
            self._drop_writer()
            if error.connection_invalidated and _may_have_committed(error):
                raise Busy(
                    "The database went away while it stored this.", hint=NOT_KNOWN, retry_after_s=BUSY_S
                ) from error
            if error.connection_invalidated and reused:
                return self._carry_out(change)
            raise said_plainly(error) from error
        except LabfeedError:
            raise
        except BaseException:
            self._drop_writer()
            raise

    def _drop_writer(self) -> None:
        """A connection that failed is not trusted again."""
        if self._writer is not None:
            self._writer.invalidate()
            self._writer.close()
            self._writer = None

    def _reader(self) -> Connection:
        return self._connect(write=False)

    def _connect(self, *, write: bool) -> Connection:
        try:
            connection = self.engine.connect()
        except DBAPIError as error:
            raise said_plainly(error) from error
        if self.is_sqlite:
            return connection.execution_options(labfeed_begin="BEGIN IMMEDIATE" if write else "BEGIN")
        if write:
            return connection
        return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def said_plainly(error: DBAPIError) -> LabfeedError | DBAPIError:
    """The driver's complaint as a member of our family, or itself where it is a fault of ours."""
    words = str(error.orig).lower()
    if getattr(error.orig, "sqlite_errorname", "") == "SQLITE_ERROR":  # a statement that cannot be right
        return error
    if "disk is full" in words or "no space left" in words or "disk full" in words:
        return StorageFull(retry_after_s=60)
    if "locked" in words or "busy" in words:
        return Busy("The database is busy with another writer.", retry_after_s=BUSY_S)
    if "readonly database" in words or "read-only" in words or "disk i/o error" in words:
        return Busy("The database cannot be written just now.", retry_after_s=10)
    if error.connection_invalidated or type(error).__name__ in ("OperationalError", "InterfaceError"):
        return Busy("The database does not answer just now.", retry_after_s=BUSY_S)
    return error


def _may_have_committed(error: DBAPIError) -> bool:
    """Whether the connection broke while the commit was under way: then nobody knows, and the sender must ask again."""
    return (error.statement or "").upper().startswith("COMMIT") or error.statement is None


def _sqlite_engine(database_url: str, synchronous: str) -> Engine:
    import pysqlite3.dbapi2 as sqlite

    refuse_unsafe_sqlite(sqlite.sqlite_version_info)
    database = make_url(database_url).database
    if not database or database == ":memory:":
        raise ConfigError("DATABASE_URL must name a file: readings kept in memory would not survive a restart.")
    Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(database_url, module=sqlite, poolclass=NullPool, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say so, not where the driver guesses
        connection.create_function(SPELLED, 1, spelled, deterministic=True)
        for pragma in (
            f"busy_timeout={int(BUSY_S * 1000)}",
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "mmap_size=0",
            "journal_size_limit=67108864",
            "trusted_schema=OFF",
            "cache_size=-16000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("labfeed_begin", "BEGIN IMMEDIATE"))

    return engine


def _postgres_engine(database_url: str) -> Engine:
    from psycopg.adapt import Buffer, Loader

    class AsItCame(Loader):
        def load(self, data: Buffer) -> bytes:
            return bytes(data)

    engine = create_engine(
        database_url,
        poolclass=NullPool,
        connect_args={
            "connect_timeout": 3,
            "application_name": "labfeed",
            "client_encoding": "utf8",
            "options": " ".join(f"-c {name}={value}" for name, value in POSTGRES_SETTINGS.items()),
        },
    )

    @event.listens_for(engine, "before_cursor_execute")
    def _let_texts_be(_connection: Any, cursor: Any, _sql: str, _given: Any, context: Any, _many: bool) -> None:
        if context is not None and TEXT_AS_UTF8.keys() <= context.execution_options.keys():
            cursor.adapters.register_loader("text", AsItCame)

    return engine


def refuse_unsafe_sqlite(version: tuple[int, ...]) -> None:
    """Raise ConfigError for a library version that may corrupt a database written by several processes."""
    if version < FIRST_SAFE_SQLITE:
        found, wanted = (".".join(map(str, each)) for each in (version, FIRST_SAFE_SQLITE))
        raise ConfigError(
            f"The SQLite library is {found}; before {wanted} it may corrupt a database with several writers. "
            "Install pysqlite3 as pinned in requirements.txt (not pysqlite3-binary)."
        )
