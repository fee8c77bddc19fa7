"""A database with its tables, on each engine in turn, and the people of a channel in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import event, func, select

from domain.channels import Channel
from domain.people import Person
from domain.roles import Role
from models.schema import metadata
from models.store import Store
from tests.builders import make_channel, make_noise, opened_store
from tests.people import enrol, make_course, make_new_member, make_person
from tests.servers import PostgresCluster, fresh_database

EMPTY_THE_TABLES = ";".join(
    (
        "SET LOCAL session_replication_role = replica",  # no trigger keeps rows, no reference sets an order
        *(f'DELETE FROM "{table.name}"' for table in metadata.sorted_tables),
        "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence",
    )
)
"""To TRUNCATE so many tables takes fifty times as long, for each has files."""


@pytest.fixture(scope="session")
def postgres_tables(postgres: PostgresCluster) -> str:
    """A PostgreSQL database that has the tables: making one takes longer than most tests."""
    url = fresh_database(postgres)
    with opened_store(url):
        return url


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store with nothing in it, on each engine."""
    if request.param == "sqlite":
        with opened_store(request.getfixturevalue("sqlite_url")) as store:
            yield store
    else:
        with closing(Store.open(request.getfixturevalue("postgres_tables"))) as store:
            store.tell(lambda connection: connection.exec_driver_sql(EMPTY_THE_TABLES))
            yield store


@pytest.fixture
def noise(store: Store) -> list[Channel]:
    """Other channels, full of readings that no query may confuse with its own."""
    return make_noise(store)


@pytest.fixture
def channel(store: Store, noise: list[Channel]) -> Channel:
    """A public channel with a feed of numbers and one of words, among noise."""
    return make_channel(store, feeds=("temperature", "door:text"))


@pytest.fixture
def count_rows(store: Store) -> Callable[[], dict[str, int]]:
    """How many rows each table holds: what a refused message leaves as it was."""

    def count() -> dict[str, int]:
        tables = metadata.sorted_tables
        return store.ask(
            lambda connection: {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
            }
        )

    return count


@pytest.fixture
def statements(store: Store) -> Callable:
    """`with statements() as said:` lists what is sent to the database meanwhile."""

    @contextmanager
    def listening() -> Iterator[list[str]]:
        said: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            said.append(statement)

        event.listen(store.engine, "before_cursor_execute", note)
        try:
            yield said
        finally:
            event.remove(store.engine, "before_cursor_execute", note)

    return listening


@pytest.fixture
def course_id(store: Store) -> int:
    return make_course(store)


@pytest.fixture
def owner(store: Store, channel: Channel) -> Person:
    return make_new_member(store, channel.id, "Olga Owner", Role.OWNER)


@pytest.fixture
def editor(store: Store, channel: Channel) -> Person:
    return make_new_member(store, channel.id, "Eddy Editor", Role.EDITOR)


@pytest.fixture
def viewer(store: Store, channel: Channel) -> Person:
    return make_new_member(store, channel.id, "Vera Viewer", Role.VIEWER)


@pytest.fixture
def teacher(store: Store, course_id: int) -> Person:
    """Of the staff of the course."""
    person = make_person(store, "Tess Teacher")
    enrol(store, course_id, person)
    return person


@pytest.fixture
def stranger(store: Store) -> Person:
    """Somebody who has signed in, and no more."""
    return make_person(store, "Sam Stranger")


@pytest.fixture
def admin(store: Store) -> Person:
    """Somebody for `acting(…, is_admin=True)`."""
    return make_person(store, "Ann Admin")
