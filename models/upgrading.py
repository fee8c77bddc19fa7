"""Brings a database to the tables of this version; safe to run again, and from several processes at once."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from models.store import Store

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = files("models") / "migrations"

POSTGRES_LOCK = 0x1AB_FEED
"""Advisory lock that lets one process migrate while others wait."""


def upgrade(store: Store) -> str:
    """Run what is missing and return the revision reached. All of it happens in one transaction, or nothing."""
    if is_current(store):
        return _newest()
    from alembic import command  # with all it brings, 8 MB that most starts do without; loaded before others must wait

    return store.tell(_upgrade, command.upgrade)


def is_current(store: Store) -> bool:
    """Whether the tables are those of this version."""
    return store.ask(lambda connection: _revision(connection) == _newest())


def _upgrade(connection: Connection, run: Callable[[Config, str], None]) -> str:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))  # another process may migrate for minutes
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:which)"), {"which": POSTGRES_LOCK})
    if _revision(connection) != _newest():
        run(_config(connection), "head")
    return _newest()


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _newest() -> str:
    """The newest revision; migrations are named by their numbers, which count up."""
    return max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").iterdir() if file.name[0].isdigit())


def _revision(connection: Connection) -> str | None:
    """The revision of the tables; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
