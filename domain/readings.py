"""What boards say and what charts draw: messages, entries, readings, series.

Instants are integers: microseconds since 1970-01-01 UTC, as they are stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from domain.errors import Complaint


class Kind(StrEnum):
    """What a feed holds."""

    NUMBER = "number"
    TEXT = "text"
    MIXED = "mixed"
    """Numbers and, now and then, a word: drawn as a line with marks. Only people make such a feed, never a board."""


class Door(StrEnum):
    """The way a message came in."""

    HTTP = "http"
    WEBSOCKET = "websocket"
    MQTT = "mqtt"
    REHEARSAL = "rehearsal"
    COMMAND_LINE = "command line"
    PAGE = "page"
    """A test reading, sent by a person from a channel's page."""
    THINGSPEAK = "ThingSpeak"
    """A board or program that speaks ThingSpeak's language."""
    IMPORT = "import"
    """A row of a file that somebody imported."""


class Position(NamedTuple):
    """Where an entry was taken: degrees (WGS 84) and metres above sea level."""

    latitude: float
    longitude: float
    elevation: float | None = None


class Item(NamedTuple):
    """One object of a message as it was sent: the values by feed name, still to be checked against the feeds.

    `at` is None where the server is to stamp the arrival. `pointer` leads to a value inside the message (RFC 6901):
    `{row}` in it stands for the item's place, counted from 0, and `{feed}` for the name; a message without rows has no
    `{row}`. `faults` is what was found wrong before any value was looked at: such an item is not stored.
    """

    values: dict[str, Any]
    at: int | None = None
    status: str | None = None
    position: Position | None = None
    pointer: str = "/{feed}"
    faults: tuple[Complaint, ...] = ()


class NewReading(NamedTuple):
    """A checked reading on its way to the disk.

    A number has `value`; a word has `text`; a number sent as a text that spells it otherwise ("21.50") has both.
    """

    feed: str
    value: float | None
    text: str | None


class NewEntry(NamedTuple):
    """What is to be stored as one entry of a channel; `at` None: stamp it with the arrival."""

    at: int | None
    readings: list[NewReading]
    status: str | None = None
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one message; returned only when it is on disk.

    `entry_id` is the number of the last entry it made or, for a repeat, the entry first stored.
    """

    entry_id: int | None
    entries: int
    stored: int
    repeated: int
    new_feeds: tuple[str, ...] = ()


class Point(NamedTuple):
    """One stored reading: `value` for numbers, `text` for words."""

    at: int
    value: float | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Feed:
    """One quantity of a channel over time."""

    id: int
    channel_id: int
    name: str
    title: str
    kind: Kind
    unit: str | None
    colour: str | None
    decimals: int | None
    position: int
    is_hidden: bool = False

    @property
    def label(self) -> str:
        return self.title or self.name


@dataclass(frozen=True, slots=True)
class FreshReadings:
    """What one run of entries brought for one channel: the live path's unit.

    Entries `first` to `last` of the channel, without a hole. `rows` are (feed id, at, value, text) in the order stored.
    `received_at` is the server's clock when the newest of them arrived.
    """

    channel_id: int
    first: int
    last: int
    received_at: int
    rows: tuple[tuple[int, int, float | None, str | None], ...]
    new_feeds: bool = False


class Word(NamedTuple):
    """A word that came to a feed of numbers and words; `others`: so many more just before it are told by it as well."""

    at: int
    text: str
    others: int = 0


@dataclass(frozen=True, slots=True)
class Series:
    """One feed's content for a chart, ascending in time; the columns are equally long.

    Raw (`bucket_us` 0): `at` and `value`, or `text` for words; of very many words only the first and last of each run
    of equal ones. From rollups: `at` is the bucket's start, `value` the
    mean, `low` and `high` the smallest and largest reading in it, `n` how many.

    Of a feed of numbers and words the columns hold the numbers alone, and `words` what came between them, ascending.
    """

    feed: Feed
    at: list[int] = field(default_factory=list)
    value: list[float | None] = field(default_factory=list)
    text: list[str | None] = field(default_factory=list)
    low: list[float | None] = field(default_factory=list)
    high: list[float | None] = field(default_factory=list)
    n: list[int] = field(default_factory=list)
    bucket_us: int = 0
    words: list[Word] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Series read in one consistent look, and the cursor that goes with them.

    Everything up to entry `cursor` is in the series and nothing after it, so a live stream that starts after
    `cursor` neither misses nor repeats a reading.
    """

    channel_id: int
    cursor: int
    series: tuple[Series, ...]
