"""What a file seems to be, from its beginning: a mapping that whoever imports it can put right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.downloads import Shape
from domain.errors import Invalid
from domain.headings import TIME_LOCAL
from domain.imports import NOWHERE, DateOrder, FileForm, Hints, Mapping, Rest
from domain.incoming import beginnings, cells
from domain.incoming.beginnings import Beginning, Head, beginning_of, encoding_of, head_of, text_of
from domain.incoming.hinting import as_said, place_of
from domain.incoming.naming import distinct, source_for
from domain.incoming.objects import object_or_none, values_of
from domain.incoming.sightings import MOST_NAMES, Sightings, note_columns, note_object, note_rows
from domain.incoming.surveying import Survey, completed
from domain.incoming.time_columns import Times
from domain.readings import Feed
from domain.spelling import number_from

NOT_A_FEED = frozenset({TIME_LOCAL, "entry_id", "unit"})
SEPARATED_BY = (",", ";", "\t")
NO_HINTS = Hints()
BESIDES = ("latitude", "longitude", "elevation")


def guess(
    head: bytes, feeds: Sequence[Feed], zone: str, now: int, hints: Hints = NO_HINTS, survey: Survey | None = None
) -> Mapping:
    """How a file that begins so is to be read into a channel with these feeds. Raises Invalid for what is no such file.

    `zone`: of times that name none. `survey`: what was seen when all of it was looked at.
    """
    beginning = beginning_of(head)
    encoding = hints.encoding or encoding_of(beginning.body)
    text = text_of(beginning.body, encoding).lstrip("\ufeff \r\n\t")
    if text.startswith("{"):
        told = _of_objects(text, beginning, encoding, feeds, zone)
    elif text.startswith(("[", "<")):
        raise Invalid(
            "The file is neither CSV nor a file of JSON objects, one a line (NDJSON).",
            hint="Download the readings as CSV.",
        )
    else:
        told = _of_table(_table(beginning, encoding, hints.separator), feeds, zone, now, hints)
    if survey is not None and survey.fits(told):
        if survey.refused:
            raise Invalid(survey.refused)
        told = completed(told, survey, feeds)
    return as_said(told, feeds, hints)


def headings_and_rows(head: bytes, told: Mapping, most: int) -> tuple[tuple[str, ...], list[list[str]]]:
    """The headings of a table and its first rows, as their cells stand there; of a file of objects neither."""
    if told.form is FileForm.NDJSON:
        return (), []
    rows = list(head_of(beginning_of(head), told.encoding, told.separator, most + 1).rows)
    if told.has_heading:
        return (tuple(rows[0]) if rows else ()), rows[1:]
    return tuple(f"Column {place + 1}" for place in range(len(rows[0]) if rows else 0)), rows[:most]


def _of_objects(text: str, beginning: Beginning, encoding: str, feeds: Sequence[Feed], zone: str) -> Mapping:
    found: Sightings = {}
    lines = text.split("\n")
    whole = lines if beginning.is_whole else lines[:-1] or lines  # the last may be cut short
    for place, line in enumerate(whole[: beginnings.SAMPLE], start=1):
        note_object(found, values_of(object_or_none(line) or {}), place)
    is_all = beginning.is_whole and len(lines) <= beginnings.SAMPLE
    shape = Shape.TIDY if '"feed"' in lines[0] else Shape.WIDE
    sources = tuple(source_for(name, feeds, seen, is_all=is_all) for name, seen in found.items())
    return Mapping(FileForm.NDJSON, shape, sources, encoding=encoding, zone=zone, rest=_rest(is_all))


def _table(beginning: Beginning, encoding: str, separator: str | None) -> Head:
    candidates = [separator] if separator else SEPARATED_BY
    found = [head_of(beginning, encoding, each, beginnings.SAMPLE) for each in candidates]
    table = max(found, key=lambda each: _evenness(each.rows))
    columns = len(table.rows[0]) if table.rows else 0
    if columns < 2:
        raise Invalid(
            "The file is no table of readings: its rows have a single column.",
            hint="Part the columns by commas, semicolons or tabs, with a column of times.",
        )
    if columns > MOST_NAMES:
        raise Invalid(
            f"The file has {columns} columns; at most {MOST_NAMES} are read.", hint="Is this a file of readings?"
        )
    return table


def _evenness(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    """How many rows have as many cells as the first, where those are several."""
    width = len(rows[0]) if rows else 0
    return (sum(len(row) == width for row in rows), width) if width > 1 else (0, width)


def _of_table(table: Head, feeds: Sequence[Feed], zone: str, now: int, hints: Hints) -> Mapping:
    times = Times(zone, now)
    has_heading = not any(times.order_of([cell]) for cell in table.rows[0] if number_from(cell) is None)
    first, rows = table.rows[0], table.rows[1:] if has_heading else table.rows
    names = first if has_heading else [f"Column {place + 1}" for place in range(len(first))]
    columns = [[row[place] for row in rows if len(row) > place] for place in range(len(first))]
    plain = [name.strip().lower().lstrip("\ufeff") for name in names]
    if hints.time is not None:
        time, clock = place_of(hints.time, names), NOWHERE
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
        rest=_rest(table.is_whole),
    )
    if {"feed", "value"} <= set(plain):
        return _tidy(told, plain, table, feeds)
    return _wide(told, names, plain, table, feeds)


def _rest(is_whole: bool) -> Rest:
    return Rest.NONE if is_whole else Rest.BY_NAME


def _tidy(told: Mapping, plain: list[str], table: Head, feeds: Sequence[Feed]) -> Mapping:
    feed, value, text, unit = (
        plain.index(name) if name in plain else NOWHERE for name in ("feed", "value", "text", "unit")
    )
    told = told.but(shape=Shape.TIDY, feed=feed, value=value, text=text, unit=unit)
    found: Sightings = {}
    begin = int(told.has_heading)
    note_rows(found, told, table.rows[begin:], table.lines[begin:])
    return told.but(
        sources=tuple(
            source_for(name, feeds, seen, is_all=table.is_whole, has_unit=unit != NOWHERE)
            for name, seen in found.items()
        )
    )


def _wide(told: Mapping, names: Sequence[str], plain: list[str], table: Head, feeds: Sequence[Feed]) -> Mapping:
    known = {feed.name.lower() for feed in feeds}
    is_thingspeak = {"created_at", "entry_id"} <= set(plain)
    besides = {"status", *BESIDES} - known if is_thingspeak or set(BESIDES[:2]) <= set(plain) else set()
    is_none = NOT_A_FEED - known | besides
    places = [place for place, name in enumerate(plain) if place not in (told.time, told.clock) and name not in is_none]
    found: Sightings = {}
    begin = int(told.has_heading)
    note_columns(found, places, table.rows[begin:], table.lines[begin:])
    sources = [
        source_for(names[place], feeds, found[str(place)], place=place, is_all=table.is_whole) for place in places
    ]
    where = [plain.index(name) if name in besides and name in plain else NOWHERE for name in ("status", *BESIDES)]
    return told.but(sources=distinct(sources), status=where[0], position=(where[1], where[2], where[3]))


def _has_decimal_commas(columns: Iterable[Sequence[str]]) -> bool:
    return any(number_from(cell) is None and cells.is_comma_number(cell) for column in columns for cell in column[:50])
