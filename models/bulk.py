"""The few statements that carry the load, each in the form its engine is fastest with.

SQLite binds row after row inside the process (executemany); PostgreSQL gets whole columns as arrays in one round trip.
"""

from __future__ import annotations

from collections.abc import Sequence

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


def _sqlite_insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(map(_quoted, columns))}) VALUES ({', '.join('?' * len(columns))})"


def _postgres_insert(table: str, columns: Sequence[str]) -> str:
    arrays = ", ".join(f"%s::{POSTGRES_TYPES.get(column, 'bigint')}[]" for column in columns)
    return f"INSERT INTO {table} ({', '.join(map(_quoted, columns))}) SELECT * FROM unnest({arrays})"


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


STATEMENTS = {
    "sqlite": {
        "reading": _sqlite_insert("reading", READING),
        "entry": _sqlite_insert("entry", ENTRY),
        "rollup": _sqlite_insert("rollup", ROLLUP) + _merge_clause("min", "max"),
    },
    "postgresql": {
        "reading": _postgres_insert("reading", READING),
        "entry": _postgres_insert("entry", ENTRY),
        "rollup": _postgres_insert("rollup", ROLLUP) + _merge_clause("least", "greatest"),
    },
}


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


def insert_readings(connection: Connection, rows: Sequence[Sequence]) -> None:
    """Rows of (feed id, at, entry id, value, text), none of which is stored yet."""
    _run(connection, "reading", rows)


def insert_entries(connection: Connection, rows: Sequence[Sequence]) -> None:
    """Rows in the order of ENTRY."""
    _run(connection, "entry", rows)


def merge_rollups(connection: Connection, rows: Sequence[Sequence]) -> None:
    """Rows in the order of ROLLUP, each bucket at most once; added to what is stored of that bucket."""
    _run(connection, "rollup", rows)


def stored_at(connection: Connection, feed_id: int, instants: Sequence[int]) -> dict[int, tuple]:
    """Which of the instants the feed has a reading for: instant → (entry id, value, text)."""
    if connection.dialect.name == "postgresql":
        sql, given = "at = ANY(%s)", list(instants)
        mark = "%s"
    else:
        sql, given = (
            "at IN (SELECT value FROM json_each(?))",
            str(list(instants)),
        )  # a list of integers is JSON as it is
        mark = "?"
    rows = connection.exec_driver_sql(
        f"SELECT at, entry_id, value, text FROM reading WHERE feed_id = {mark} AND {sql}",  # noqa: S608 - fixed text
        (feed_id, given),
    )
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def newest_of(connection: Connection, feed_ids: Sequence[int]) -> dict[int, int]:
    """The newest instant of each feed that has readings: one seek a feed."""
    rows = connection.exec_driver_sql(
        f"SELECT id, (SELECT max(at) FROM reading WHERE feed_id = feed.id) FROM feed WHERE id IN ({_listed(feed_ids)})"  # noqa: S608
    )
    return {row[0]: row[1] for row in rows if row[1] is not None}


def _listed(ids: Sequence[int]) -> str:
    return ", ".join(str(int(each)) for each in ids)


def _run(connection: Connection, table: str, rows: Sequence[Sequence]) -> None:
    if not rows:
        return
    statement = STATEMENTS[connection.dialect.name][table]
    if connection.dialect.name == "postgresql":
        columns = [list(column) for column in zip(*rows, strict=True)]
        connection.exec_driver_sql(statement, tuple(columns))
    else:
        connection.exec_driver_sql(statement, list(rows))
