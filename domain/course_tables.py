"""The tables that lie beside the channels in a course's archive, and the page that says what is what: pure text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from zoneinfo import ZoneInfo

from domain import zones
from domain.cells import BYTE_ORDER_MARK, END_OF_ROW, worded
from domain.channels import Channel
from domain.course_exports import FOLDER, CourseExport
from domain.courses import CourseShown
from domain.downloads import Shape
from domain.headings import columns
from domain.readings import Feed, Kind
from domain.roles import Part, Role
from domain.spelling import spelled
from domain.timespan import TimeSpan, to_rfc3339

CHANNELS = (
    "channel_id", "channel", "file", "section", "team", "description", "tags", "place", "latitude", "longitude",
    "visibility", "created_utc", "archived_utc", "from_utc", "before_utc", "feeds", "readings",
)  # fmt: skip
DICTIONARY = ("channel_id", "channel", "feed", "title", "kind", "unit", "columns")
MEMBERS = ("name", "e-mail", "section", "team", "part", "channel_id", "channel", "role")

Cell: TypeAlias = str | int | float


@dataclass(frozen=True, slots=True)
class Taken:
    """A channel as it was taken: `file` is its name in the archive, `readings` how many were written."""

    channel: Channel
    feeds: tuple[Feed, ...]
    span: TimeSpan
    file: str
    readings: int


@dataclass(frozen=True, slots=True)
class Belonging:
    """Somebody in the course or in a channel of it. No `part`: not on the roster; no `role`: in no channel of it."""

    name: str
    email: str
    section: str = ""
    team: str = ""
    part: Part | None = None
    channel_id: int | None = None
    channel: str = ""
    role: Role | None = None


def channels_table(export: CourseExport, taken: Iterable[Taken]) -> str:
    """`channels.csv`: a row a channel."""
    return _table(export, CHANNELS, map(_channel_row, taken))


def dictionary_table(export: CourseExport, taken: Iterable[Taken]) -> str:
    """`dictionary.csv`: a row a feed, with the columns in which it stands."""
    rows = (
        (one.channel.id, one.channel.name, feed.name, feed.title, str(feed.kind), feed.unit or "", said)
        for one in taken
        for feed in one.feeds
        for said in [" | ".join(_columns_of(export, feed))]
    )
    return _table(export, DICTIONARY, rows)


def members_table(export: CourseExport, people: Iterable[Belonging]) -> str:
    """`members.csv`: a row a person and channel."""
    return _table(export, MEMBERS, map(_member_row, people))


def readme(
    shown: CourseShown, export: CourseExport, taken: Sequence[Taken], left_out: int, at: int, *, has_emails: bool = True
) -> str:
    """`README.txt`. `left_out`: channels that went away while the archive was written."""
    zone = export.of_zone
    naming = shown.course.naming
    readings = sum(one.readings for one in taken)
    lines = [
        naming.words,
        *([naming.title] if naming.title else []),
        "",
        f"Taken from Labfeed on {_clock(at, zone)}.",
        *([f"Section {export.section} alone."] if export.section else []),
        _range_line(taken, zone),
        *([_left_out_line(left_out)] if left_out else []),
        "",
        f"{FOLDER:<17}a file for each channel: {len(taken)}, with {readings} readings",
        "channels.csv     the channels: number, file, section and team, how many readings",
        "dictionary.csv   the feeds of each channel: what they hold, in which unit, in which columns",
        "members.csv      who is in the course and in which channel",
        "",
        KEEP_IT if has_emails else NO_EMAILS,
        "",
        *_how_to_read(export),
        "",
    ]
    return END_OF_ROW.join(lines)


KEEP_IT = "members.csv holds names and e-mail addresses. Keep it where only those see it who may."
NO_EMAILS = "members.csv holds names alone; the course's page gives e-mail addresses, and so does a token to manage."


def _how_to_read(export: CourseExport) -> list[str]:
    zone = export.of_zone.key
    wide = f"A row for each instant: time_utc, time_local ({zone}), then a column for each feed, its unit in brackets."
    tidy = "A row for each reading: time_utc, channel, feed, value for numbers, text for words, unit."
    summed = "Readings are summed up in bins; time_utc is where a bin begins, and a bin without a reading has no row."
    parted = "semicolons between the cells, decimal commas" if export.decimal_comma else "commas between the cells"
    return [
        f"All tables are CSV (RFC 4180) in UTF-8, {parted}; the first row names the columns.",
        wide if export.shape is Shape.WIDE else tidy,
        *([summed] if export.binned else []),
        "time_utc is ISO 8601 and ends in Z. An empty cell: nothing came at that instant. 0 is a value.",
        "A word that a spreadsheet would take for a formula stands behind an apostrophe; so does one that already",
        "looks so. Taking one apostrophe off gives the word.",
    ]


def _range_line(taken: Sequence[Taken], zone: ZoneInfo) -> str:
    if not taken:
        return "The course has no channel."
    start, end = min(one.span.start for one in taken), max(one.span.end for one in taken)
    return f"Readings from {_clock(start, zone)} to before {_clock(end, zone)}."


def _left_out_line(count: int) -> str:
    return f"{count} channel{'s' if count > 1 else ''} went away while this was written, and left no file."


def _clock(at: int, zone: ZoneInfo) -> str:
    moment = zones.local(at, zone)
    return f"{moment:%Y-%m-%d %H:%M:%S} ({zone.key})"


def _channel_row(one: Taken) -> tuple[Cell, ...]:
    channel, where = one.channel, one.channel.position
    return (
        channel.id,
        channel.name,
        one.file,
        channel.section,
        channel.team,
        channel.description,
        " ".join(channel.tags),
        channel.place,
        where.latitude if where else "",
        where.longitude if where else "",
        str(channel.visibility),
        to_rfc3339(channel.created_at),
        "" if channel.archived_at is None else to_rfc3339(channel.archived_at),
        to_rfc3339(one.span.start),
        to_rfc3339(one.span.end),
        len(one.feeds),
        one.readings,
    )


def _member_row(one: Belonging) -> tuple[Cell, ...]:
    channel_id = "" if one.channel_id is None else one.channel_id
    return (one.name, one.email, one.section, one.team, one.part or "", channel_id, one.channel, one.role or "")


def _columns_of(export: CourseExport, feed: Feed) -> list[str]:
    """The columns of its channel's file in which a feed stands."""
    if export.shape is Shape.WIDE:
        return [column.heading for column in columns([feed], export.binned)]
    if export.binned is not None:
        return [str(column.aggregate) for column in columns([feed], export.binned)]
    return {Kind.NUMBER: ["value"], Kind.TEXT: ["text"], Kind.MIXED: ["value", "text"]}[feed.kind]


def _table(export: CourseExport, heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    lines = (export.separator.join(_written(cell, export) for cell in cells) for cells in (heading, *rows))
    return (BYTE_ORDER_MARK if export.for_excel else "") + "".join(line + END_OF_ROW for line in lines)


def _written(cell: Cell, export: CourseExport) -> str:
    """A number as it is, a word so that no spreadsheet runs it; an empty word is an empty cell."""
    if not isinstance(cell, str):
        return spelled(float(cell)).replace(".", "," if export.decimal_comma else ".")
    return worded(cell, export.separator)
