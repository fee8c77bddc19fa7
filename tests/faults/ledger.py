"""What boards sent, what they were told is stored, and what is stored in the end: the three must agree.

Each reading carries a number of its own, so a reading that was stored twice, or that nobody sent, shows by its number.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, select

from domain.timespan import ROLLUP_WIDTHS
from models.schema import channel, entry, feed, reading, rollup
from models.store import Store

NUMBER = "number"
"""The feed that holds the numbers."""


class Stamped(NamedTuple):
    """One reading as a board means it: its number, and when it was taken; None where the server shall say."""

    number: int
    at: int | None


@dataclass(slots=True)
class Ledger:
    """What the boards wrote down while they sent. Each number is used by one board only."""

    sent: dict[int, int | None] = field(default_factory=dict)
    acknowledged: dict[int, int] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    resent: int = 0
    _mutex: threading.Lock = field(default_factory=threading.Lock)

    def note_sent(self, readings: Sequence[Stamped]) -> None:
        with self._mutex:
            self.sent |= dict(readings)

    def note_resent(self) -> None:
        with self._mutex:
            self.resent += 1

    def note_acknowledged(self, readings: Sequence[Stamped], entry_id: int | None) -> None:
        """The server says these are stored, the last of them as this entry."""
        first = (entry_id or 0) - len(readings) + 1
        with self._mutex:
            self.acknowledged |= {each.number: first + place for place, each in enumerate(readings)}

    def note_complaint(self, complaint: str) -> None:
        """The server refused what it should have taken."""
        with self._mutex:
            self.complaints.append(complaint)


@dataclass(frozen=True, slots=True)
class Audit:
    """Where ledger and database disagree. All empty is how it should be."""

    lost: tuple[int, ...] = ()
    never_sent: tuple[int, ...] = ()
    twice: tuple[int, ...] = ()
    wrong_instant: tuple[int, ...] = ()
    entry_faults: tuple[str, ...] = ()
    rollup_faults: tuple[str, ...] = ()
    integrity: str = "ok"

    @property
    def is_clean(self) -> bool:
        return self == Audit()


class Stored(NamedTuple):
    """A row of the reading table."""

    feed_id: int
    at: int
    entry_id: int
    value: float


def audit(ledger: Ledger, store: Store, channel_id: int) -> Audit:
    """Compare what the boards wrote down with what their channel holds."""
    rows = store.ask(_readings, channel_id)
    counted = Counter(int(row.value) for row in rows)
    return Audit(
        lost=tuple(sorted(ledger.acknowledged.keys() - counted)),
        never_sent=tuple(sorted(counted.keys() - ledger.sent)),
        twice=tuple(sorted(number for number, times in counted.items() if times > 1)),
        wrong_instant=tuple(int(row.value) for row in rows if ledger.sent.get(int(row.value)) not in (None, row.at)),
        entry_faults=tuple(store.ask(_entry_faults, channel_id, rows)),
        rollup_faults=tuple(store.ask(_rollup_faults, rows)),
        integrity=store.ask(_integrity),
    )


def _readings(connection: Connection, channel_id: int) -> list[Stored]:
    rows = connection.execute(
        select(reading.c.feed_id, reading.c.at, reading.c.entry_id, reading.c.value)
        .join(feed, feed.c.id == reading.c.feed_id)
        .where(feed.c.channel_id == channel_id, feed.c.name == NUMBER)
    )
    return [Stored(*row) for row in rows]


def _entry_faults(connection: Connection, channel_id: int, rows: Sequence[Stored]) -> list[str]:
    """Entries must be numbered 1 to n, each of them one reading here, and told so in the entry and channel tables."""
    expected = list(range(1, len(rows) + 1))
    runs = connection.execute(
        select(entry.c.first_entry_id, entry.c.entry_id).where(entry.c.channel_id == channel_id)
    ).all()
    newest = connection.scalar(select(channel.c.last_entry_id).where(channel.c.id == channel_id))
    checks = {
        "entries of the readings are not 1 to n": sorted(row.entry_id for row in rows) == expected,
        "entries of the entry table are not 1 to n": sorted(_spread(runs)) == expected,
        f"the channel's newest entry is {newest}, not {len(rows)}": newest == len(rows),
    }
    return [fault for fault, holds in checks.items() if not holds]


def _spread(runs: Iterable[Sequence[int]]) -> list[int]:
    return [number for first, last in runs for number in range(first, last + 1)]


def _rollup_faults(connection: Connection, rows: Sequence[Stored]) -> list[str]:
    """Every stored summary must be what its readings give, and none may be missing or left over."""
    stored = {
        (row.feed_id, row.width, row.bucket): tuple(row)[3:]
        for row in connection.execute(select(rollup).where(rollup.c.feed_id.in_({row.feed_id for row in rows})))
    }
    expected = {key: _summary(found) for width in ROLLUP_WIDTHS for key, found in _buckets(rows, width).items()}
    return [
        f"rollup {key}: {stored.get(key)} instead of {expected.get(key)}"
        for key in sorted(stored.keys() | expected.keys())
        if stored.get(key) != expected.get(key)
    ]


def _buckets(rows: Sequence[Stored], width: int) -> dict[tuple[int, int, int], list[Stored]]:
    found: dict[tuple[int, int, int], list[Stored]] = {}
    for row in rows:
        found.setdefault((row.feed_id, width, row.at // width * width), []).append(row)
    return found


def _summary(rows: Sequence[Stored]) -> tuple[float, ...]:
    """(n, sum, min, max, first, last, first_at, last_at), reckoned afresh; numbers are whole, so the sum is exact."""
    values = [row.value for row in rows]
    first, last = min(rows, key=lambda row: row.at), max(rows, key=lambda row: row.at)
    return (len(rows), sum(values), min(values), max(values), first.value, last.value, first.at, last.at)


def _integrity(connection: Connection) -> str:
    if connection.dialect.name != "sqlite":
        return "ok"
    return str(connection.exec_driver_sql("PRAGMA integrity_check").scalar())
