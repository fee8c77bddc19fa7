"""Rows of a file against what is stored: what is new, what repeats, what contradicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import lt
from typing import TypeAlias

from sqlalchemy import Connection, select

from domain.imports import Chunk, Fault, Plain
from domain.readings import NewEntry, NewReading
from domain.spelling import spelled
from domain.timespan import to_rfc3339
from models import bulk
from models.schema import reading

Value: TypeAlias = tuple[float | None, str | None]
"""A number, a word, or a number with its spelling."""


@dataclass(slots=True)
class Sifted:
    """Of the rows of a chunk: the entries that are new, by instant, each reading once, or the columns of such rows; how
    many readings are stored already; and those whose feed has another for that instant."""

    entries: Sequence[NewEntry] = ()
    plain: Plain | None = None
    repeated: int = 0
    clashing: list[Fault] = field(default_factory=list)


def sift(connection: Connection, chunk: Chunk, feed_ids: Mapping[str, int]) -> Sifted:
    """Compare a chunk with what is stored in the feeds it goes to; those that are yet to be made are not among them.

    A number that comes without a spelling repeats one that is stored with it.
    """
    instants = chunk.instants
    if not instants:
        return Sifted()
    first, last = min(instants), max(instants)
    filled = [name for name, feed_id in feed_ids.items() if _has_any(connection, feed_id, first, last)]
    if not filled and all(map(lt, instants, instants[1:])):
        return Sifted(plain=chunk.plain) if chunk.plain is not None else Sifted(chunk.entries)
    stored = {name: _stored(connection, feed_ids[name], name, chunk.entries) for name in filled}
    return _compared(chunk, stored)


def _has_any(connection: Connection, feed_id: int, first: int, last: int) -> bool:
    within = (reading.c.feed_id == feed_id) & (reading.c.at >= first) & (reading.c.at <= last)
    return connection.execute(select(reading.c.at).where(within).limit(1)).first() is not None


def _stored(connection: Connection, feed_id: int, name: str, entries: Sequence[NewEntry]) -> dict[int, Value]:
    """What the feed holds at the instants at which the rows have a reading for it."""
    wanted = [entry.at for entry in entries if entry.at is not None and any(each[0] == name for each in entry.readings)]
    found = bulk.stored_at(connection, feed_id, wanted) if wanted else {}
    return {at: (value, text) for at, (_, value, text) in found.items()}


def _compared(chunk: Chunk, stored: Mapping[str, dict[int, Value]]) -> Sifted:
    sifted = Sifted()
    kept: list[NewEntry] = []
    seen: dict[str, dict[int, Value]] = {name: dict(found) for name, found in stored.items()}
    for entry, line in sorted(zip(chunk.entries, chunk.lines, strict=True), key=_at_of_first):
        at = entry.at or 0
        fresh: list[NewReading] = []
        for each in entry.readings:
            of_feed = seen.setdefault(each.feed, {})
            there = of_feed.get(at)
            if there is None:
                of_feed[at] = (each.value, each.text)
                fresh.append(each)
            elif _repeats(each, there):
                sifted.repeated += 1
            else:
                sifted.clashing.append(_clash(line, at, each, there))
        if fresh or not entry.readings:
            kept.append(entry._replace(readings=fresh))
    sifted.entries = kept
    return sifted


def _at_of_first(pair: tuple[NewEntry, int]) -> int:
    return pair[0].at or 0


def _repeats(new: NewReading, there: Value) -> bool:
    return new.value == there[0] and (new.text == there[1] or (new.text is None and new.value is not None))


def _clash(line: int, at: int, new: NewReading, there: Value) -> Fault:
    says, has = (_shown(value, text) for value, text in ((new.value, new.text), there))
    return Fault(line, f"{to_rfc3339(at)} has {has} already, the file says {says}", new.feed)


def _shown(value: float | None, text: str | None) -> str:
    if value is not None:
        return spelled(value)
    word = text or ""
    return f'"{word if len(word) <= 40 else word[:39] + "…"}"'
