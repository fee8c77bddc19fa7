"""Migrations: from nothing to exactly the tables of the schema, again and at once."""

from __future__ import annotations

import subprocess
import sys

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from models import upgrading
from models.schema import metadata
from models.store import Store
from tests.builders import make_channel
from tests.processes import ROOT

UPGRADE = """
import sys
from models import upgrading
from models.store import Store
print(upgrading.upgrade(Store.open(sys.argv[1])))
"""


def differences(connection) -> list:
    # SQLite reports an empty text as its default in a way that Alembic takes for a difference.
    options = {"compare_type": True, "compare_server_default": connection.dialect.name == "postgresql"}
    found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    if connection.dialect.name != "sqlite":
        return found
    # Of a reference that came with a later column, SQLAlchemy does not tell what happens ON DELETE: see the next test.
    return [each for each in found if each[0] not in ("add_fk", "remove_fk")]


def references(connection) -> dict[str, set]:
    """What each table refers to: (table, from, to, on update, on delete), as SQLite itself tells."""
    connection.exec_driver_sql("SELECT 1 FROM sqlite_master")  # a PRAGMA alone may tell of the tables as they once were
    return {
        table: {row[2:7] for row in connection.exec_driver_sql(f'PRAGMA foreign_key_list("{table}")')}
        for table in metadata.tables
    }


class TestUpgrade:
    def test_from_nothing_it_builds_exactly_the_schema(self, database_url):
        store = Store.open(database_url)
        upgrading.upgrade(store)
        assert store.ask(differences) == []
        store.close()

    def test_the_references_of_the_schema_are_built_too(self, sqlite_url):
        migrated, made = Store.open(sqlite_url), Store.open(sqlite_url + ".made")
        upgrading.upgrade(migrated)
        made.tell(metadata.create_all)
        assert migrated.ask(references) == made.ask(references)
        migrated.close()
        made.close()

    def test_the_clustering_of_the_schema_is_built_too(self, sqlite_url):
        migrated, made = Store.open(sqlite_url), Store.open(sqlite_url + ".made")
        upgrading.upgrade(migrated)
        made.tell(metadata.create_all)
        assert (
            migrated.ask(without_rowid) == made.ask(without_rowid) == {"entry", "reading", "removed_reading", "rollup"}
        )
        migrated.close()
        made.close()

    def test_again_it_changes_nothing(self, database_url):
        store = Store.open(database_url)
        revision = upgrading.upgrade(store)
        kept = make_channel(store, "kept")
        assert upgrading.upgrade(store) == revision
        assert make_channel(store, "next").id == kept.id + 1
        store.close()

    def test_several_processes_at_once_do_it_once(self, database_url):
        command = [sys.executable, "-c", UPGRADE, database_url]
        started = [
            subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        said = [process.communicate(timeout=60) for process in started]
        assert [process.returncode for process in started] == [0, 0], said
        assert len({out for out, _ in said}) == 1

    def test_migrations_are_named_by_their_revisions(self, sqlite_url):
        store = Store.open(sqlite_url)
        scripts = Config()
        scripts.set_main_option("script_location", str(upgrading.MIGRATIONS))
        assert upgrading.upgrade(store) == ScriptDirectory.from_config(scripts).get_current_head()
        store.close()


class TestIsCurrent:
    def test_an_empty_database_is_not(self, database_url):
        store = Store.open(database_url)
        assert not upgrading.is_current(store)
        upgrading.upgrade(store)
        assert upgrading.is_current(store)
        store.close()


def without_rowid(connection) -> set[str]:
    rows = connection.exec_driver_sql("SELECT name FROM pragma_table_list WHERE wr = 1 AND schema = 'main'")
    tables = set(inspect(connection).get_table_names())
    return {row[0] for row in rows} & tables
