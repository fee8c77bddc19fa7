"""The database behind one address: consistent looks, whole changes, plain words for its errors."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from domain.errors import NOT_KNOWN, Busy, ConfigError, Crowded, NotFound, StorageFull
from models import channels
from models.store import LONG_READERS, MOST_LONG, Store, refuse_unsafe_sqlite
from tests.builders import NOW, append, entry, lose_patience, make_channel, opened_store, reread, url_of
from tests.processes import ROOT
from tests.servers import fresh_database, private_postgres


def names(connection) -> list[str]:
    return [channel.name for channel in channels.every(connection)]


class TestOpen:
    @pytest.mark.parametrize(
        "url", ["mysql://host/name", "nonsense", "", "sqlite://", "sqlite:///:memory:", "oracle://host/x"]
    )
    def test_an_address_that_cannot_be_right_is_refused_by_name(self, url):
        with pytest.raises(ConfigError, match="DATABASE_URL"):
            Store.open(url)

    def test_it_makes_the_folder_of_an_sqlite_file(self, tmp_path):
        with opened_store(f"sqlite:///{tmp_path / 'deep' / 'er' / 'labfeed.db'}") as store:
            assert store.is_sqlite
        assert (tmp_path / "deep" / "er" / "labfeed.db").exists()

    def test_sqlite_syncs_every_commit_and_keeps_references(self, sqlite_url):
        with opened_store(sqlite_url, synchronous="FULL") as store:
            asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            said = [store.ask(lambda c, name=name: c.exec_driver_sql(f"PRAGMA {name}").scalar()) for name in asked]
        assert said == ["wal", 2, 1, 2000]

    @pytest.mark.parametrize("version", [(3, 40, 1), (3, 51, 1), (3, 51, 2)])
    def test_an_sqlite_that_may_corrupt_the_file_is_refused(self, version):
        with pytest.raises(ConfigError, match="pysqlite3"):
            refuse_unsafe_sqlite(version)

    @pytest.mark.parametrize("version", [(3, 51, 3), (3, 53, 4), (4, 0, 0)])
    def test_a_mended_one_is_taken(self, version):
        refuse_unsafe_sqlite(version)


class TestAskLong:
    def test_it_stands_in_nobodys_way_and_what_is_too_much_is_refused(self, store, eventually):
        make_channel(store, "Greenhouse")
        goes_on, begun = threading.Event(), threading.Semaphore(0)

        def take_long(_connection) -> None:
            begun.release()
            goes_on.wait(10)

        threads = [threading.Thread(target=store.ask_long, args=[take_long]) for _ in range(MOST_LONG)]
        try:
            for thread in threads:
                thread.start()
            for _ in range(LONG_READERS):
                assert begun.acquire(timeout=10)
            assert not begun.acquire(timeout=0.2)
            assert store.ask(names) == ["Greenhouse"]
            eventually(lambda: store._long._value == 0, what="all of them ask")
            with pytest.raises(Crowded):
                store.ask_long(names)
        finally:
            goes_on.set()
            for thread in threads:
                thread.join(10)
        assert store.ask_long(names) == ["Greenhouse"]


class TestAsk:
    def test_a_look_is_not_disturbed_by_a_commit_meanwhile(self, store):
        make_channel(store, "before")

        def look(connection) -> tuple[list[str], list[str]]:
            first = names(connection)
            change = threading.Thread(target=make_channel, args=(store, "meanwhile"))
            change.start()
            change.join()
            return first, names(connection)

        assert store.ask(look) == (["before"], ["before"])
        assert store.ask(names) == ["before", "meanwhile"]

    def test_it_reuses_its_connections(self, store):
        opened = []
        event.listen(store.engine, "connect", lambda *_: opened.append(1))
        for _ in range(5):
            store.ask(names)
        assert len(opened) == 1

    def test_a_refusal_does_not_spoil_what_is_asked_next(self, store):
        opened = []
        event.listen(store.engine, "connect", lambda *_: opened.append(1))
        with pytest.raises(NotFound):
            store.ask(channels.known, 1)
        assert store.ask(names) == []
        assert len(opened) == 1

    def test_a_question_that_cannot_be_right_is_a_fault_of_ours(self, store):
        with pytest.raises(DBAPIError):
            store.ask(lambda connection: connection.execute(text("SELECT x FROM nowhere")))

    def test_many_threads_ask_at_once(self, store):
        make_channel(store, "one")
        found = in_threads(20, lambda _: store.ask(names))
        assert found == [["one"]] * 20


class TestTell:
    def test_a_change_that_raises_leaves_nothing(self, store):
        def change(connection) -> None:
            channels.create(connection, name="half", now=NOW)
            raise RuntimeError("halfway")

        with pytest.raises(RuntimeError):
            store.tell(change)
        assert store.ask(names) == []

    def test_a_refusal_leaves_nothing_either(self, store):
        def change(connection) -> None:
            channels.create(connection, name="half", now=NOW)
            channels.known(connection, 999)

        with pytest.raises(NotFound):
            store.tell(change)
        assert store.ask(names) == []

    def test_what_it_returns_is_committed(self, store):
        make_channel(store, "kept")
        with opened_store(url_of(store)) as other:
            assert other.ask(names) == ["kept"]

    def test_many_threads_change_one_after_the_other(self, store):
        in_threads(20, lambda number: make_channel(store, str(number)))
        assert sorted(map(int, store.ask(names))) == list(range(20))

    def test_a_broken_statement_does_not_spoil_the_next_change(self, store):
        with pytest.raises(DBAPIError):
            store.tell(lambda connection: connection.execute(text("INSERT INTO nowhere VALUES (1)")))
        make_channel(store, "after")
        assert store.ask(names) == ["after"]


class TestBusy:
    def test_another_writer_that_does_not_end_is_waited_for_and_then_said(self, store):
        channel = make_channel(store)

        def hold(connection) -> None:
            connection.execute(text("UPDATE channel SET name = 'held'"))
            with pytest.raises(Busy) as refused:
                append(other, channel, entry(temperature=1))
            assert refused.value.retry_after_s

        with opened_store(url_of(store)) as other:
            other.tell(lose_patience)
            store.tell(hold)
            assert append(other, channel, entry(temperature=1)).entry_id == 1

    def test_a_database_that_is_not_there_is_said(self):
        store = Store.open("postgresql+psycopg://labfeed@127.0.0.1:1/nothing")
        for say in (store.ask, store.tell):
            with pytest.raises(Busy):
                say(names)
        store.close()

    def test_a_file_that_cannot_be_opened_is_said(self, tmp_path):
        store = Store.open(f"sqlite:///{tmp_path}")
        with pytest.raises(Busy):
            store.ask(names)
        store.close()


class TestAfterARestart:
    def test_it_says_so_meanwhile_and_goes_on_by_itself(self):
        with private_postgres(durable=True) as cluster, opened_store(fresh_database(cluster)) as store:
            channel = make_channel(store, "kept")
            store.ask(names)
            cluster.kill9()
            for say in (store.ask, store.tell):
                with pytest.raises(Busy):
                    say(names)
            cluster.start()
            assert store.ask(names) == ["kept"]
            assert append(store, channel, entry(temperature=1)).entry_id == 1

    def test_connections_that_ended_meanwhile_are_not_noticed(self, postgres_url):
        with opened_store(postgres_url) as store:
            channel = make_channel(store, "kept")
            in_threads(6, lambda _: store.ask(names))
            end_connections(postgres_url)
            assert in_threads(6, lambda _: store.ask(names)) == [["kept"]] * 6
            assert append(store, channel, entry(temperature=1)).entry_id == 1

    def test_where_the_commit_was_cut_off_it_says_that_nobody_knows(self, postgres_url):
        with opened_store(postgres_url) as store:
            channel = make_channel(store)
            event.listen(store.engine, "commit", lambda _connection: end_connections(postgres_url), once=True)
            with pytest.raises(Busy) as refused:
                append(store, channel, entry(temperature=1))
            assert refused.value.hint == NOT_KNOWN
            assert append(store, channel, entry(temperature=1)).entry_id == 1


def end_connections(url: str) -> None:
    """What a restart of the server does to those who are connected."""
    others = text(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    other = Store.open(url)
    other.tell(lambda connection: connection.execute(others))
    other.close()


class TestFullDisk:
    def test_it_is_said_and_nothing_is_lost(self, sqlite_url):
        with opened_store(sqlite_url) as store:
            channel = make_channel(store)
            append(store, channel, entry(temperature=1))
            pages = store.ask(lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar())
            store.tell(lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={pages}"))
            many = [entry(NOW + 1 + second, temperature=second) for second in range(5_000)]
            with pytest.raises(StorageFull):
                append(store, channel, *many)
            assert reread(store, channel).cursor == 1

    def test_a_file_system_without_room_is_said_too(self, small_disk):
        assert fill(small_disk, most_bytes=-1) == ["StorageFull", "kept"]

    def test_a_disk_that_fails_is_said_as_well(self, tmp_path):
        assert fill(tmp_path, most_bytes=300_000) == ["Busy", "kept"]


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A file system of one megabyte; only root may make one, and not everywhere."""
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "labfeed-test", tmp_path], capture_output=True)
    if made.returncode != 0:
        pytest.skip("no file system may be mounted here")
    yield tmp_path
    subprocess.run(["umount", tmp_path], check=True)


def fill(folder: Path, *, most_bytes: int) -> list[str]:
    """What became of a message too large for the disk, and of one that fits; files may grow to `most_bytes`."""
    command = [sys.executable, "-c", FILL_THE_DISK, str(folder), str(most_bytes)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


FILL_THE_DISK = """
import resource, signal, sys
from domain.errors import LabfeedError
from tests.builders import NOW, append, entry, lose_patience, make_channel, opened_store, reread, url_of
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with opened_store(f"sqlite:///{sys.argv[1]}/labfeed.db") as store:
    channel = make_channel(store)
    append(store, channel, entry(temperature=1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    try:
        append(store, channel, *[entry(NOW + 1 + second, temperature=second) for second in range(40_000)])
    except LabfeedError as refused:
        print(type(refused).__name__)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    append(store, channel, entry(NOW + 1, temperature=2))
    print("kept" if reread(store, channel).cursor == 2 else "lost")
"""


def in_threads(count: int, work) -> list:
    """What `work(number)` returns in as many threads at once; raises what the first of them raises."""
    outcomes: list = [None] * count

    def run(number: int) -> None:
        try:
            outcomes[number] = work(number)
        except BaseException as error:  # noqa: BLE001 (raised again below)
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return outcomes
