"""How readings and bins are told to programs: as members of JSON, as lines of it, as rows of CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api.described import JSON, Said
from domain import cells
from domain.bin_lines import Figures
from domain.channels import Channel
from domain.downloads import Aggregate, Binned
from domain.headings import TIDY
from domain.spelling import spelled
from domain.timespan import to_rfc3339
from models.bin_pages import Row
from models.readings import StoredReading

COMMA = ","


class Format(StrEnum):
    """How an answer is written."""

    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self]


CONTENT_TYPES = {
    Format.JSON: JSON,
    Format.NDJSON: "application/x-ndjson",
    Format.CSV: "text/csv; charset=utf-8",
}


class ReadingSaid(Said):
    """One reading."""

    entry_id: Annotated[int, Meta(description="The number of the message that brought it, counted by channel.")]
    at: Annotated[str, Meta(description="When it was taken: RFC 3339, UTC.")]
    feed: str
    value: Annotated[float | str, Meta(description="A number or a word.")]


class BinSaid(Said):
    """What the numbers of a feed in one bin come to; only what was asked for is there. Null: nothing came."""

    at: Annotated[str, Meta(description="When the bin begins: RFC 3339, UTC.")]
    feed: str
    mean: float | UnsetType | None = UNSET
    min: float | UnsetType | None = UNSET
    max: float | UnsetType | None = UNSET
    count: int | UnsetType = UNSET


class ReadingsSaid(Said):
    """Readings of a channel."""

    channel_id: int
    readings: list[ReadingSaid]


class BinsSaid(Said):
    """Readings of a channel, summed up in bins."""

    channel_id: int
    bins: list[BinSaid]


def reading_said(row: StoredReading) -> ReadingSaid:
    """A stored reading as programs are told of it."""
    value = row.value if row.value is not None else row.text or ""
    return ReadingSaid(entry_id=row.entry_id, at=to_rfc3339(row.at), feed=row.feed.name, value=value)


def bin_said(row: Row, binned: Binned) -> BinSaid:
    """A bin as programs are told of it: what was asked for."""
    figures: dict[str, Any] = {str(each): _figure(row.figures, each) for each in binned.aggregates}
    return BinSaid(at=to_rfc3339(row.at), feed=row.feed.name, **figures)


def _figure(figures: Figures | None, aggregate: Aggregate) -> float | int | None:
    if aggregate is Aggregate.COUNT:
        return figures.count if figures else 0
    return figures.of(aggregate) if figures else None


def lines(said: Iterable[Said]) -> bytes:
    """An object a line."""
    return b"".join(msgspec.json.encode(each) + b"\n" for each in said)


def readings_table(channel: Channel, rows: Iterable[StoredReading]) -> bytes:
    """The rows of a tidy file, with its header."""
    return _table(TIDY, (_row(channel, row) for row in rows))


def bins_table(channel: Channel, bins: Iterable[BinSaid], aggregates: Sequence[Aggregate]) -> bytes:
    """The same for bins: a column for each thing that was asked for."""
    units = {feed.name: feed.unit or "" for feed in channel.feeds}
    told = (
        (each.at, _word(channel.name), _word(each.feed), *_parts(each, aggregates), _word(units[each.feed]))
        for each in bins
    )
    return _table(("time_utc", "channel", "feed", *map(str, aggregates), "unit"), told)


def _row(channel: Channel, row: StoredReading) -> tuple[str, ...]:
    value, text = "" if row.value is None else spelled(row.value), "" if row.text is None else _word(row.text)
    return to_rfc3339(row.at), _word(channel.name), _word(row.feed.name), value, text, _word(row.feed.unit or "")


def _parts(each: BinSaid, aggregates: Iterable[Aggregate]) -> Iterable[str]:
    for aggregate in aggregates:
        part = getattr(each, aggregate)
        yield "" if part is None else spelled(float(part))


def _word(word: str) -> str:
    """A word as a cell."""
    return cells.worded(word, COMMA)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    return "".join(COMMA.join(row) + cells.END_OF_ROW for row in (head, *rows)).encode()
