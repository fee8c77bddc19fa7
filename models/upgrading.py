"""Brings a database to the tables of this version; safe to run again, and from several processes at once."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from models.store import Store

POSTGRES_LOCK = 0x1AB_FEED
"""Advisory lock that lets one process migrate while others wait."""


def upgrade(store: Store) -> str:
    """Run what is missing and return the revision reached. All of it happens in one transaction, or nothing."""
    return store.tell(_upgrade)


def is_current(store: Store) -> bool:
    """Whether the tables are those of this version."""
    return store.ask(lambda connection: _revision(connection) == _newest())


def _upgrade(connection: Connection) -> str:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))  # another process may migrate for minutes
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:which)"), {"which": POSTGRES_LOCK})
    if _revision(connection) != _newest():
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return _newest()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("models") / "migrations"))
    return config


def _newest() -> str:
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
