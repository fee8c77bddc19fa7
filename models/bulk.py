"""The few statements that carry the load, each in the form its engine is fastest with.

Their text is put together from names in this module and from integers alone (S608 is answered by that).

SQLite gets hundreds of rows by one statement; PostgreSQL gets whole columns as arrays in one round trip.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection

READING = ("feed_id", "at", "entry_id", "value", "text")
ROLLUP = ("feed_id", "width", "bucket", "n", "sum", "min", "max", "first", "last", "first_at", "last_at")
ENTRY = (
    "channel_id",
    "entry_id",
    "first_entry_id",
    "received_at",
    "at_min",
    "at_max",
    "door",
    "status",
    "latitude",
    "longitude",
    "elevation",
)

POSTGRES_TYPES = {
    "feed_id": "int",
    "channel_id": "int",
    "value": "float8",
    "sum": "float8",
    "min": "float8",
    "max": "float8",
    "first": "float8",
    "last": "float8",
    "latitude": "float8",
    "longitude": "float8",
    "elevation": "float8",
    "text": "text",
    "door": "text",
    "status": "text",
}
"""Array types by column; everything not named is a bigint."""


COLUMNS = {"reading": READING, "entry": ENTRY, "rollup": ROLLUP}

USUAL = {"reading": 4, "entry": 7, "rollup": 11}
"""How many columns, from the left, a row usually fills. The other columns are named only for rows that have something
there: pysqlite3 takes ten times as long to bind a None as a number, for it looks for an adapter each time."""

ROWS_AT_ONCE = 500
"""Rows of one statement on SQLite; row after row takes twice as long, and takes the interpreter's lock for each."""


@cache
def _sqlite_insert(table: str, width: int, rows: int) -> str:
    columns = ", ".join(map(_quoted, COLUMNS[table][:width]))
    marks = f"({', '.join('?' * width)})"
    merge = _merge_clause("min", "max") if table == "rollup" else ""
    return f"INSERT INTO {table} ({columns}) VALUES {', '.join([marks] * rows)}{merge}"  # noqa: S608


@cache
def _postgres_insert(table: str) -> str:
    columns = COLUMNS[table]
    arrays = ", ".join(f"%s::{POSTGRES_TYPES.get(column, 'bigint')}[]" for column in columns)
    merge = _merge_clause("least", "greatest") if table == "rollup" else ""
    return f"INSERT INTO {table} ({', '.join(map(_quoted, columns))}) SELECT * FROM unnest({arrays}){merge}"  # noqa: S608


def _quoted(column: str) -> str:
    return f'"{column}"'


def _merge_clause(least: str, greatest: str) -> str:
    return f"""
        ON CONFLICT ("feed_id", "width", "bucket") DO UPDATE SET
            "n" = rollup."n" + excluded."n",
            "sum" = rollup."sum" + excluded."sum",
            "min" = {least}(rollup."min", excluded."min"),
            "max" = {greatest}(rollup."max", excluded."max"),
            "first" = CASE WHEN excluded."first_at" < rollup."first_at" THEN excluded."first" ELSE rollup."first" END,
            "last" = CASE WHEN excluded."last_at" > rollup."last_at" THEN excluded."last" ELSE rollup."last" END,
            "first_at" = {least}(rollup."first_at", excluded."first_at"),
            "last_at" = {greatest}(rollup."last_at", excluded."last_at")"""


def lock_channels(connection: Connection, channel_ids: Sequence[int]) -> list[tuple[int, int, int]]:
    """(id, newest entry id, version) of the channels, held until the commit.

    In the order of their ids, so that two processes never wait for each other in a circle. SQLite's writing
    transaction holds the whole file anyway.
    """
    held = " FOR UPDATE" if connection.dialect.name == "postgresql" else ""
    rows = connection.exec_driver_sql(
        f"SELECT id, last_entry_id, version FROM channel WHERE id IN ({_listed(channel_ids)}) ORDER BY id{held}"  # noqa: S608
    )
    return [tuple(row) for row in rows]


def advance_channels(connection: Connection, rows: Sequence[tuple[int, int, int]]) -> None:
    """Rows of (newest entry id, how much the version grows, channel id)."""
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    connection.exec_driver_sql(
        f"UPDATE channel SET last_entry_id = {mark}, version = version + {mark} WHERE id = {mark}",  # noqa: S608
        list(rows),
    )


def insert_readings(connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
    """Rows of (feed id, at, entry id, value, text), none of which is stored yet."""
    _run(connection, "reading", rows)


def insert_entries(connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
    """Rows in the order of ENTRY."""
    _run(connection, "entry", rows)


def merge_rollups(connection: Connection, rows: Sequence[Sequence[Any]]) -> None:
    """Rows in the order of ROLLUP, each bucket at most once; added to what is stored of that bucket."""
    _run(connection, "rollup", rows)


def stored_at(connection: Connection, feed_id: int, instants: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """Which of the instants the feed has a reading for: instant → (entry id, value, text)."""
    given: Any = list(instants)
    mark, wanted = "%s", "at = ANY(%s)"
    if connection.dialect.name == "sqlite":
        mark, wanted, given = "?", "at IN (SELECT value FROM json_each(?))", str(given)  # integers in a list are JSON
    rows = connection.exec_driver_sql(
        f"SELECT at, entry_id, value, text FROM reading WHERE feed_id = {mark} AND {wanted}",  # noqa: S608 - fixed text
        (feed_id, given),
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def has_entry_at(connection: Connection, channel_id: int, feed_ids: Sequence[int], at: int) -> bool:
    """Whether the channel, which has these feeds, has an entry at that instant, be it one without any reading."""
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    alone = f"SELECT 1 FROM entry WHERE channel_id = {mark} AND at_min = {mark} AND status IS NOT NULL"  # noqa: S608
    read = f"SELECT 1 FROM reading WHERE feed_id IN ({_listed(feed_ids)}) AND at = {mark}"  # noqa: S608
    found = connection.exec_driver_sql(f"{alone} LIMIT 1", (channel_id, at)).scalar()
    if found is None and feed_ids:
        found = connection.exec_driver_sql(f"{read} LIMIT 1", (at,)).scalar()
    return found is not None


def standing_of(connection: Connection, feed_ids: Sequence[int]) -> list[tuple[int, str, int | None]]:
    """(id, kind, newest instant; None where it has no reading) of the feeds: one seek a feed."""
    newest = "(SELECT max(at) FROM reading WHERE feed_id = feed.id)"
    rows = connection.exec_driver_sql(
        f"SELECT id, kind, {newest} FROM feed WHERE id IN ({_listed(feed_ids)})"  # noqa: S608
    )
    return [tuple(row) for row in rows]


def last_words(connection: Connection, feed_id: int, start: int, end: int, width: int) -> list[tuple[int, int]]:
    """(instant of the last, how many) of a feed's words in each `width` µs of a span that has one, ascending.

    SQLite has to be told to use the index of words: it believes that the numbers among them cost nothing.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    indexed, mark = (" INDEXED BY ix_reading_word", "?") if is_sqlite else ("", "%s")
    rows = connection.exec_driver_sql(
        f"SELECT max(at), count(*) FROM reading{indexed} "  # noqa: S608 - fixed text
        f"WHERE feed_id = {mark} AND value IS NULL AND at >= {mark} AND at < {mark} "
        f"GROUP BY at / {int(width)} ORDER BY 1",
        (feed_id, start, end),
    )
    return [tuple(row) for row in rows]


def count_words(connection: Connection, feed_id: int, start: int, end: int) -> int:
    """How many of a feed's readings in a span are words. SQLite has to be told to use their index here, too."""
    is_sqlite = connection.dialect.name == "sqlite"
    indexed, mark = (" INDEXED BY ix_reading_word", "?") if is_sqlite else ("", "%s")
    found = connection.exec_driver_sql(
        f"SELECT count(*) FROM reading{indexed} "  # noqa: S608 - fixed text
        f"WHERE feed_id = {mark} AND value IS NULL AND at >= {mark} AND at < {mark}",
        (feed_id, start, end),
    )
    return int(found.scalar_one())


def _listed(ids: Sequence[int]) -> str:
    return ", ".join(str(int(each)) for each in ids)


def _run(connection: Connection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        columns = [list(column) for column in zip(*rows, strict=True)]
        connection.exec_driver_sql(_postgres_insert(table), tuple(columns))
        return
    usual = USUAL[table]
    unset = (None,) * (len(rows[0]) - usual)
    plain = [row[:usual] for row in rows if row[usual:] == unset]
    _run_on_sqlite(connection, table, plain)
    if len(plain) < len(rows):
        _run_on_sqlite(connection, table, [row for row in rows if row[usual:] != unset])


def _run_on_sqlite(connection: Connection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    """Rows of one width, as few statements as there can be."""
    done = 0
    for done in range(ROWS_AT_ONCE, len(rows) + 1, ROWS_AT_ONCE):
        values = tuple(chain.from_iterable(rows[done - ROWS_AT_ONCE : done]))
        connection.exec_driver_sql(_sqlite_insert(table, len(rows[0]), ROWS_AT_ONCE), values)
    if rest := rows[done:]:
        connection.exec_driver_sql(_sqlite_insert(table, len(rest[0]), 1), list(rest))
