"""A consistent copy of the database, made while it is in use."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import URL

from domain.errors import Busy
from models.store import Store


def write(store: Store, file: Path) -> int:
    """Write a backup to `file`, complete or not at all, and return its size in bytes.

    SQLite: a database file made by the online backup interface. PostgreSQL: what pg_dump writes in its custom format.
    Raises OSError, or Busy where the database cannot be read.
    """
    part = file.with_name(file.name + ".part")
    try:
        if store.is_sqlite:
            _copy_sqlite(store.engine, part)
        else:
            _dump_postgres(store.engine.url, part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return file.stat().st_size


def _copy_sqlite(engine: Engine, part: Path) -> None:
    import pysqlite3.dbapi2 as sqlite

    part.write_bytes(b"")
    copy = sqlite.connect(str(part))
    try:
        with engine.connect() as connection:
            source = connection.connection.driver_connection
            assert source is not None
            source.backup(copy, pages=-1)  # one look: in steps, a busy writer would make it begin again and again
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    except sqlite.Error as error:
        raise Busy(f"The database could not be copied: {error}.") from error
    finally:
        copy.close()


def _dump_postgres(url: URL, part: Path) -> None:
    from psycopg.conninfo import make_conninfo  # 8 MB that SQLite does not need

    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as passfile:  # the password shows in no list of processes
        password = (url.password or "").replace("\\", "\\\\").replace(":", "\\:")
        passfile.write(f"*:*:*:*:{password}\n")
        passfile.flush()
        reach = make_conninfo(
            host=url.host or str(url.query.get("host", "")),
            port=url.port,
            user=url.username,
            dbname=url.database,
            passfile=passfile.name,
        )
        command = ["pg_dump", "--format=custom", f"--file={part}", "--dbname", reach]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except FileNotFoundError as error:
            raise Busy("pg_dump is not installed here.", hint="Install PostgreSQL's client programs.") from error
        except subprocess.CalledProcessError as error:
            raise Busy(f"pg_dump failed: {error.stderr.strip()}") from error
