"""What a file seems to be, from its beginning: a mapping that whoever imports it can put right."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from domain.cells import unguarded
from domain.downloads import Shape
from domain.errors import Invalid
from domain.headings import TIME_LOCAL
from domain.imports import NOWHERE, DateOrder, FileForm, Hints, Mapping, Source
from domain.incoming import cells
from domain.incoming.instants import Clock
from domain.incoming.objects import object_from, values_of
from domain.incoming.texts import EMPTY_WORD, ENCODINGS, lines_of, unpacked
from domain.names import MOST_NAME_CHARS, RESERVED, SEPARATORS, normal
from domain.readings import Feed, Kind
from domain.spelling import number_from
from domain.timespan import DAY, from_datetime
from domain.zones import zone_named

HEAD_BYTES = 1 << 20
"""As much of a file as is looked at."""
SAMPLE = 500
"""Rows that are looked at."""
MOST_COLUMNS = 1_000
"""Of a table, or names in a file of objects: far more than a channel has feeds."""

TIME_NAMES = ("time_utc", "created_at", "at", "timestamp", "datetime", "date_time", "time", "date", "when", "day")
"""What a column of instants is usually called, the surest first."""
NOT_A_FEED = frozenset({TIME_LOCAL, "entry_id", "unit"})
SEPARATED_BY = (",", ";", "\t")
NO_HINTS = Hints()
BESIDES = ("latitude", "longitude", "elevation")
PLAUSIBLE_FROM = from_datetime(datetime(2000, 1, 1, tzinfo=UTC))
"""Numbers that would be earlier instants are taken for readings."""

_with_unit = re.compile(r"(.*?\S)\s*[\[(]([^\[\]()]{1,32})[\])]").fullmatch  # \S: blanks in a row are gone through once
_slashed = re.compile(r"(\d{1,2})([./-])(\d{1,2})[./-]\d{2,4}\b", re.ASCII).match


@dataclass(slots=True)
class Head:
    """The beginning of a table: its cells, and how they are parted."""

    encoding: str
    separator: str
    rows: list[list[str]] = field(default_factory=list)


def guess(head: bytes, feeds: Sequence[Feed], zone: str, now: int, hints: Hints = NO_HINTS) -> Mapping:
    """How a file that begins so is to be read into a channel with these feeds. Raises Invalid for what is no such file.

    `zone`: of times that name none.
    """
    start = _start(head)
    encoding = hints.encoding or _encoding(start)
    text = _text(start, encoding).lstrip("\ufeff \r\n\t")
    if text.startswith("{"):
        return _as_said(_of_objects(text, encoding, feeds, zone), feeds, hints)
    if text.startswith(("[", "<")):
        raise Invalid(
            "The file is neither CSV nor a file of JSON objects, one a line (NDJSON).",
            hint="Download the readings as CSV.",
        )
    table = _table(start, encoding, hints.separator)
    return _as_said(_of_table(table, feeds, zone, now, hints), feeds, hints)


def headings_and_rows(head: bytes, told: Mapping, most: int) -> tuple[tuple[str, ...], list[list[str]]]:
    """The headings of a table and its first rows, as their cells stand there; of a file of objects neither."""
    if told.form is FileForm.NDJSON:
        return (), []
    rows = _rows(_start(head), told.encoding, told.separator, most + 1)
    if told.has_heading:
        return (tuple(rows[0]) if rows else ()), rows[1:]
    return tuple(f"Column {place + 1}" for place in range(len(rows[0]) if rows else 0)), rows[:most]


def feed_name(heading: str) -> str:
    """A heading as a name that a feed may have."""
    name = normal("".join(" " if mark in SEPARATORS or not mark.isprintable() else mark for mark in heading))
    name = " ".join(name.split())[:MOST_NAME_CHARS].strip()
    if not name.strip("."):
        return "feed"
    return f"{name}_"[:MOST_NAME_CHARS] if name.casefold() in RESERVED else name


def parted(heading: str) -> tuple[str, str]:
    """A heading's name and unit: `temperature [°C]`, `Humidity (%)`."""
    found = _with_unit(heading.strip())
    return (found[1], found[2].strip()) if found else (heading.strip(), "")


def _start(head: bytes) -> bytes:
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Invalid("This is a spreadsheet, not a CSV file.", hint="In the spreadsheet: Save as, then CSV (UTF-8).")
    found = b""
    try:
        for piece in unpacked([head]):
            found += piece
            if len(found) >= HEAD_BYTES:
                break
    except Invalid:
        if not found:
            raise
    if not found.strip():
        raise Invalid("The file is empty.", hint="It needs a heading and a row for each time.")
    return found[:HEAD_BYTES]


def _encoding(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in start[:1000]:
        raise Invalid("The file is not text.", hint="Save it as CSV (UTF-8).")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "windows-1252"
    return ENCODINGS[0]


def _text(start: bytes, encoding: str) -> str:
    return "".join("".join(lines) for lines in lines_of([start], encoding))


def _of_objects(text: str, encoding: str, feeds: Sequence[Feed], zone: str) -> Mapping:
    samples: dict[str, list[str]] = {}
    lines = text.split("\n")
    whole = lines[:-1] or lines  # the last may be cut short
    for line in whole[:SAMPLE]:
        try:
            values = values_of(object_from(line)) if line.strip() else {}
        except Exception:  # noqa: BLE001, S112 - a bad line is told of when the file is read
            continue
        for name, value in values.items():
            samples.setdefault(normal(name), []).append("" if value is None else str(value))
    _refuse_too_many(len(samples))
    shape = Shape.TIDY if '"feed"' in lines[0] else Shape.WIDE
    sources = tuple(_source(name, feeds, sample) for name, sample in samples.items())
    return Mapping(FileForm.NDJSON, shape, sources, encoding=encoding, zone=zone)


def _table(start: bytes, encoding: str, separator: str | None) -> Head:
    candidates = [separator] if separator else SEPARATED_BY
    found = [(each, _rows(start, encoding, each, SAMPLE)) for each in candidates]
    separator, rows = max(found, key=lambda each: _evenness(each[1]))
    if not rows or len(rows[0]) < 2:
        raise Invalid(
            "The file is no table of readings: its rows have a single column.",
            hint="Part the columns by commas, semicolons or tabs, with a column of times.",
        )
    _refuse_too_many(len(rows[0]))
    return Head(encoding, separator, rows)


def _refuse_too_many(columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise Invalid(
            f"The file has {columns} columns; at most {MOST_COLUMNS} are read.", hint="Is this a file of readings?"
        )


def _evenness(rows: list[list[str]]) -> tuple[int, int]:
    """How many rows have as many cells as the first, where those are several."""
    width = len(rows[0]) if rows else 0
    return (sum(len(row) == width for row in rows), width) if width > 1 else (0, width)


def _rows(start: bytes, encoding: str, separator: str, most: int) -> list[list[str]]:
    """The first rows that are not empty; the last row of a long beginning may be cut short and is left out."""
    lines = (line for some in lines_of([start], encoding, separator) for line in some)
    rows: list[list[str]] = []
    with suppress(csv.Error):  # told of when the file is read
        rows.extend(islice((row for row in csv.reader(lines, delimiter=separator, strict=True) if row), most))
    return rows[:-1] if len(start) >= HEAD_BYTES and len(rows) < most else rows


def _of_table(table: Head, feeds: Sequence[Feed], zone: str, now: int, hints: Hints) -> Mapping:
    times = _Times(zone, now)
    has_heading = not any(times.order_of([cell]) for cell in table.rows[0] if number_from(cell) is None)
    first, rows = table.rows[0], table.rows[1:] if has_heading else table.rows
    names = first if has_heading else [f"Column {place + 1}" for place in range(len(first))]
    columns = [[row[place] for row in rows if len(row) > place] for place in range(len(first))]
    plain = [name.strip().lower().lstrip("\ufeff") for name in names]
    if hints.time is not None:
        time, clock = _place_of(hints.time, names), NOWHERE
        dates = times.order_of(columns[time][:50]) or DateOrder.ISO
    else:
        time, clock, dates = times.find(plain, columns)
    commas = hints.decimal_comma
    told = Mapping(
        separator=table.separator,
        encoding=table.encoding,
        has_heading=has_heading,
        time=time,
        clock=clock,
        dates=hints.dates or dates,
        zone=zone,
        decimal_comma=table.separator != "," and _has_decimal_commas(columns) if commas is None else commas,
    )
    if {"feed", "value"} <= set(plain):
        return _tidy(told, plain, columns, feeds)
    return _wide(told, names, plain, columns, feeds)


def _place_of(said: str, names: Sequence[str]) -> int:
    """The place of a column by its heading, or by its number from 1 on. Raises Invalid."""
    if said in names:
        return names.index(said)
    if said.isdecimal() and len(said) < 4 and 1 <= int(said) <= len(names):
        return int(said) - 1
    listed = ", ".join(name.strip() for name in names[:20])
    raise Invalid(f'The file has no column "{said[:60]}".', hint=f"It has {listed}.")


def _as_said(told: Mapping, feeds: Sequence[Feed], hints: Hints) -> Mapping:
    """The mapping with its columns as whoever imports the file wants them. Raises Invalid for one that is not there."""
    if not hints.columns and not hints.kinds:
        return told.but(sources=()) if hints.only_named else told
    known = {feed.name for feed in feeds}
    sources = list(told.sources)
    named = {_source_said(said, sources): feed for said, feed in hints.columns.items()}
    for place, source in enumerate(sources):
        feed = named.get(place, "" if hints.only_named and hints.columns else source.feed)
        kind = None if feed in known else hints.kinds.get(feed) or source.kind or Kind.NUMBER
        sources[place] = Source(source.name, feed, kind if feed else source.kind, source.unit, source.place)
    return told.but(sources=tuple(sources))


def _source_said(said: str, sources: Sequence[Source]) -> int:
    """Which of the sources is meant, by its name, or by the number of its column."""
    for place, source in enumerate(sources):
        if source.name == said or (source.place != NOWHERE and str(source.place + 1) == said):
            return place
    listed = ", ".join(source.name.strip() for source in sources[:20])
    raise Invalid(f'The file has no column "{said[:60]}" that could go to a feed.', hint=f"It has {listed}.")


def _tidy(told: Mapping, plain: list[str], columns: list[list[str]], feeds: Sequence[Feed]) -> Mapping:
    feed, value, text, unit = (
        plain.index(name) if name in plain else NOWHERE for name in ("feed", "value", "text", "unit")
    )
    samples: dict[str, list[str]] = {}
    units: dict[str, str] = {}
    for place, name in enumerate(columns[feed]):
        word = columns[text][place] if text != NOWHERE else ""
        samples.setdefault(name, []).append(columns[value][place] or word or EMPTY_WORD)
        units[name] = columns[unit][place] if unit != NOWHERE else ""
    sources = tuple(_source(name, feeds, sample, units[name]) for name, sample in samples.items())
    return told.but(shape=Shape.TIDY, feed=feed, value=value, text=text, sources=sources)


def _wide(
    told: Mapping, names: Sequence[str], plain: list[str], columns: list[list[str]], feeds: Sequence[Feed]
) -> Mapping:
    known = {feed.name.lower() for feed in feeds}
    is_thingspeak = {"created_at", "entry_id"} <= set(plain)
    besides = {"status", *BESIDES} - known if is_thingspeak or set(BESIDES[:2]) <= set(plain) else set()
    sources = []
    for place, name in enumerate(names):
        if place in (told.time, told.clock) or plain[place] in NOT_A_FEED - known or plain[place] in besides:
            continue
        source = _source(name, feeds, columns[place], place=place)
        is_empty = not any(columns[place]) and source.kind is not None
        sources.append(Source(source.name, "", place=place) if is_empty else source)
    where = [plain.index(name) if name in besides and name in plain else NOWHERE for name in ("status", *BESIDES)]
    return told.but(sources=_distinct(sources), status=where[0], position=(where[1], where[2], where[3]))


def _distinct(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Each feed is fed by one column: by the first that is called so."""
    taken: set[str] = set()
    kept = []
    for source in sources:
        kept.append(Source(source.name, "", place=source.place) if source.feed in taken else source)
        taken.add(source.feed)
    return tuple(kept)


def _source(name: str, feeds: Sequence[Feed], sample: Sequence[str], unit: str = "", *, place: int = NOWHERE) -> Source:
    """A column with the feed it seems to be meant for, or one that is to be made."""
    written = unguarded(name)
    feed = _feed_called(written, feeds)
    if feed is not None:
        return Source(name, feed.name, place=place)
    bare, unit_in_name = parted(written)
    kind = _kind(sample)
    return Source(name, feed_name(bare), kind, "" if kind is Kind.TEXT else (unit or unit_in_name)[:32], place)


def _feed_called(heading: str, feeds: Sequence[Feed]) -> Feed | None:
    written = heading.strip()
    bare = parted(written)[0]
    for wanted in (written, bare, feed_name(bare)):
        for feed in feeds:
            titled = f"{feed.name} [{feed.unit}]" if feed.unit else feed.name
            if wanted in (titled, feed.name, feed.title) or wanted.casefold() == feed.name.casefold():
                return feed
    return None


def _kind(sample: Sequence[str]) -> Kind:
    """Of a feed that is to hold these."""
    told = [cell for cell in sample if cell.strip().lower() not in cells.NO_NUMBER or cell == EMPTY_WORD]
    numbers = sum(number_from(cell.replace(",", ".")) is not None for cell in told)
    if numbers == len(told):
        return Kind.NUMBER
    return Kind.MIXED if numbers else Kind.TEXT


def _has_decimal_commas(columns: Iterable[Sequence[str]]) -> bool:
    return any(number_from(cell) is None and cells.is_comma_number(cell) for column in columns for cell in column[:50])


class _Times:
    """Which column holds the instants, and how they are written."""

    def __init__(self, zone: str, now: int) -> None:
        self._zone = zone_named(zone)
        self._now = now

    def find(self, names: Sequence[str], columns: Sequence[Sequence[str]]) -> tuple[int, int, DateOrder]:
        """The places of the column of times and of the time of day (NOWHERE: in the same), and how they are written."""
        ranked = sorted(
            range(len(columns)), key=lambda place: TIME_NAMES.index(names[place]) if names[place] in TIME_NAMES else 99
        )
        usual = [place for place in ranked if names[place] in TIME_NAMES]
        tried = [(place, 0.5) for place in ranked] + [(place, 0.0) for place in usual]
        for place, share in tried:
            order = self.order_of(columns[place][:50], share)
            if order is not None:
                return place, self._clock_beside(place, names, columns), order
        raise Invalid(
            "No column of the file holds times.",
            hint="Write times as 2026-03-08T14:05:00Z, 2026-03-08 14:05, or seconds since 1970.",
        )

    def order_of(self, sample: Sequence[str], share: float = 0.5) -> DateOrder | None:
        """How the cells are written as times; None where not more than this share of them are any."""
        written = [cell.strip() for cell in sample if cell.strip()]
        if not written:
            return None
        for order in self._orders(written):
            found: list[Any] = Clock(order, self._zone, self._now + DAY).column(written)
            if sum(type(at) is int and at >= PLAUSIBLE_FROM for at in found) > share * len(found):
                return order
        return None

    def _orders(self, written: Sequence[str]) -> Sequence[DateOrder]:
        parts = [found for cell in written if (found := _slashed(cell))]
        if not parts:
            return (DateOrder.ISO,) if all(cell[:4].isdigit() for cell in written[:1]) else ()
        if any(int(part[3]) > 12 for part in parts):
            return (DateOrder.MONTH_FIRST,)
        if any(int(part[1]) > 12 for part in parts) or parts[0][2] == ".":
            return (DateOrder.DAY_FIRST,)
        return (DateOrder.MONTH_FIRST, DateOrder.DAY_FIRST)

    def _clock_beside(self, place: int, names: Sequence[str], columns: Sequence[Sequence[str]]) -> int:
        """The place of the time of day, where the dates have none."""
        if any(":" in cell for cell in columns[place][:5]) or not any(
            "-" in c or "/" in c or "." in c for c in columns[place][:1]
        ):
            return NOWHERE
        clocks = [
            other for other, cells_of in enumerate(columns) if cells_of and re.match(r"\d{1,2}:\d\d", cells_of[0])
        ]
        return clocks[0] if clocks else NOWHERE
