"""A consistent copy of the database, made while it is in use."""

from __future__ import annotations

import subprocess
import threading

import pytest
from sqlalchemy import func, select

from domain.errors import Busy
from models import backups, upgrading
from models.schema import reading
from models.store import Store
from tests.builders import NOW, append, entry, make_channel, opened_store, reread
from tests.processes import require_program


@pytest.fixture
def sqlite_store(sqlite_url):
    with opened_store(sqlite_url) as store:
        yield store


def number_of_readings(connection) -> int:
    return connection.execute(select(func.count()).select_from(reading)).scalar_one()


class TestSqlite:
    def test_it_is_whole_although_somebody_writes(self, sqlite_store, tmp_path):
        """Each message is two readings and one entry: in a copy of one instant they agree."""
        channel = make_channel(sqlite_store, feeds=("temperature", "door:text"))
        append(sqlite_store, channel, entry(NOW - 1, temperature=1, door="open"))
        is_over = threading.Event()

        def write() -> None:
            at = NOW
            while not is_over.is_set():
                at += 1
                append(sqlite_store, channel, entry(at, temperature=1, door="open"))

        writer = threading.Thread(target=write)
        writer.start()
        sizes = [backups.write(sqlite_store, tmp_path / f"{number}.db") for number in range(5)]
        is_over.set()
        writer.join()
        for number, size in enumerate(sizes):
            assert (tmp_path / f"{number}.db").stat().st_size == size
            with opened_store(f"sqlite:///{tmp_path / f'{number}.db'}") as copy:
                check = copy.ask(lambda connection: connection.exec_driver_sql("PRAGMA integrity_check").scalar())
                assert check == "ok"
                assert copy.ask(number_of_readings) == 2 * reread(copy, channel).cursor >= 2

    def test_it_can_be_used_in_place_of_the_database(self, sqlite_url, tmp_path):
        store = Store.open(sqlite_url)
        upgrading.upgrade(store)
        make_channel(store, "kept")
        backups.write(store, tmp_path / "copy.db")
        store.close()
        copy = Store.open(f"sqlite:///{tmp_path / 'copy.db'}")
        assert upgrading.is_current(copy)
        assert append(copy, make_channel(copy, "next"), entry(temperature=1)).entry_id == 1
        copy.close()

    def test_it_is_one_file(self, sqlite_store, tmp_path):
        make_channel(sqlite_store)
        (tmp_path / "copies").mkdir()
        backups.write(sqlite_store, tmp_path / "copies" / "copy.db")
        assert [file.name for file in (tmp_path / "copies").iterdir()] == ["copy.db"]

    def test_it_takes_the_place_of_an_older_one(self, sqlite_store, tmp_path):
        (tmp_path / "copy.db").write_text("older")
        size = backups.write(sqlite_store, tmp_path / "copy.db")
        assert (tmp_path / "copy.db").read_bytes()[:6] == b"SQLite"
        assert size > 1000

    def test_without_its_folder_it_is_refused(self, sqlite_store, tmp_path):
        with pytest.raises(OSError):
            backups.write(sqlite_store, tmp_path / "nowhere" / "copy.db")


class TestPostgres:
    def test_it_can_be_restored(self, store_on_postgres, tmp_path):
        require_program("pg_dump")
        append(store_on_postgres, make_channel(store_on_postgres), entry(temperature=1))
        size = backups.write(store_on_postgres, tmp_path / "copy.dump")
        listed = subprocess.run(
            [require_program("pg_restore"), "--list", tmp_path / "copy.dump"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert size == (tmp_path / "copy.dump").stat().st_size
        assert all(f"TABLE DATA public {table}" in listed.stdout for table in ("reading", "entry", "channel", "rollup"))

    def test_a_server_that_is_away_is_said_and_leaves_no_file(self, tmp_path):
        require_program("pg_dump")
        store = Store.open("postgresql+psycopg://labfeed:secret-word@127.0.0.1:1/nothing")
        with pytest.raises(Busy) as refused:
            backups.write(store, tmp_path / "copy.dump")
        assert "secret-word" not in str(refused.value)
        assert list(tmp_path.iterdir()) == []


@pytest.fixture
def store_on_postgres(postgres_url):
    with opened_store(postgres_url) as store:
        yield store
