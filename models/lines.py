"""The lines of a file over a stretch of time, written by the database in one statement.

The text of a statement is put together from fixed words and from numbers; names and units are handed over beside it
(S608 is answered by that).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from domain import zones
from domain.cells import BYTE_ORDER_MARK, END_OF_ROW, row, worded
from domain.downloads import Download, Form, Shape
from domain.headings import headings
from domain.readings import Feed, Kind
from domain.timespan import TimeSpan
from models.written import TEXT_AS_UTF8, Tongue, tongue_of


def opening(download: Download, feeds: Sequence[Feed]) -> bytes:
    """What stands before the first line."""
    return _opening(download, feeds).encode()


def _opening(download: Download, feeds: Sequence[Feed]) -> str:
    if download.form is Form.JSON:
        return f'{{"channel_id":{download.channel_id},"readings":['
    if download.form is not Form.CSV:
        return ""
    return (BYTE_ORDER_MARK if download.for_excel else "") + row(headings(download, feeds), download.separator)


def closing(download: Download) -> bytes:
    """What stands after the last line."""
    return b"\n]}\n" if download.form is Form.JSON else b""


def without_lead(form: Form, text: bytes) -> bytes:
    """The lines as they stand at the beginning of a file: in JSON each but the first is led in by a comma."""
    return text.removeprefix(b",") if form is Form.JSON else text


def written(
    connection: Connection, download: Download, channel_name: str, feeds: Sequence[Feed], span: TimeSpan
) -> tuple[bytes, int]:
    """The lines of these feeds over the span, in which clocks are not changed, and how many readings are in them.

    As UTF-8: a text would be read and written once more on its way out.

    For feeds that the viewer was already shown.
    """
    if not feeds or not span.length:
        return b"", 0
    statement = _Statement(tongue_of(connection, span), download, channel_name, tuple(feeds), span)
    sql, parameters = statement.sql(), statement.tongue.parameters
    text, count = connection.exec_driver_sql(sql, parameters, execution_options=TEXT_AS_UTF8).one()
    return text or b"", count or 0


@dataclass(slots=True)
class _Statement:
    """The question for the lines of some feeds over a span."""

    tongue: Tongue
    download: Download
    channel_name: str
    feeds: tuple[Feed, ...]
    span: TimeSpan

    def sql(self) -> str:
        direction = " DESC" if self.download.newest_first else ""
        is_table = self.download.form is Form.CSV
        if self.download.shape is Shape.TIDY:
            make = self._tidy_row if is_table else self._tidy_object
            lines = self._each("line", [make(place, feed) for place, feed in enumerate(self.feeds)])
            return self.tongue.joined(lines, f"at{direction}, place" if len(self.feeds) > 1 else f"at{direction}")
        if is_table and len(self.feeds) == 1:
            return self.tongue.joined(
                self._each("line", [self._wide_row([self._cell(0, self.feeds[0])])]), f"at{direction}"
            )
        make_cell = self._cell if is_table else self._member
        cells = self._each("cell", [make_cell(place, feed) for place, feed in enumerate(self.feeds)])
        of_instant = [self._of_instant(place) for place in range(len(self.feeds))]
        line = self._wide_row(of_instant) if is_table else self._wide_object(of_instant)
        lines = f"SELECT at, count(*) AS n, {line} AS line FROM ({cells}) AS cells GROUP BY at"  # noqa: S608
        return self.tongue.joined(lines, f"at{direction}")

    def _each(self, name: str, expressions: Sequence[str]) -> str:
        """What every feed holds in the span, one after the other."""
        start = self.tongue.given("start", self.span.start, "bigint")
        end = self.tongue.given("end", self.span.end, "bigint")
        return " UNION ALL ".join(
            f"SELECT at, {place} AS place, 1 AS n, {expression} AS {name} FROM reading "  # noqa: S608
            f"WHERE feed_id = {int(feed.id)} AND at >= {start} AND at < {end}"
            for place, (feed, expression) in enumerate(zip(self.feeds, expressions, strict=True))
        )

    def _number(self) -> str:
        number = self.tongue.number("value")
        return f"replace({number}, '.', ',')" if self.download.decimal_comma else number

    def _word(self) -> str:
        return self.tongue.word("text", self.download.separator)

    # Tables

    def _tidy_row(self, place: int, feed: Feed) -> str:
        part = self.download.separator
        before, after, alone = self._beside(place, feed, part)
        value, word = self._number(), f"'{part}' || {self._word()} || {after}"
        if feed.kind is Kind.MIXED:
            value = f"CASE WHEN value IS NULL THEN '' ELSE {value} END"
        elif feed.kind is Kind.TEXT:
            return f"{self.tongue.instant('at', before)} || {word}"
        return f"{self.tongue.instant('at', before)} || {value} || CASE WHEN text IS NULL THEN {alone} ELSE {word} END"

    def _beside(self, place: int, feed: Feed, part: str) -> tuple[str, str, str]:
        """What stands before the value, after the word, and after a value without a word: the same in every row."""
        before, after = (
            part.join(worded(each, part) for each in cells)
            for cells in (("Z", self.channel_name, feed.name, ""), ("", feed.unit or ""))
        )
        return (
            self.tongue.given(f"before_{place}", before),
            self.tongue.given(f"after_{place}", after + END_OF_ROW),
            self.tongue.given(f"alone_{place}", part + after + END_OF_ROW),
        )

    def _cell(self, _place: int, feed: Feed) -> str:
        if feed.kind is Kind.NUMBER:
            return self._number()
        if feed.kind is Kind.TEXT:
            return self._word()
        return f"CASE WHEN value IS NULL THEN {self._word()} ELSE {self._number()} END"

    def _wide_row(self, cells: Sequence[str]) -> str:
        part = self.download.separator
        clock = f"'Z{part}' || " + self.tongue.clock("at", zones.offset_us(self.download.of_zone, self.span.start))
        parted = f" || '{part}' || ".join([clock, *cells])
        return f"{self.tongue.instant('at')} || {parted} || {self.tongue.given('end_of_row', END_OF_ROW)}"

    def _of_instant(self, place: int) -> str:
        """The cell of a feed among those of an instant."""
        return f"coalesce(max(CASE WHEN place = {place} THEN cell END), '')"

    # Objects

    def _value(self, feed: Feed) -> str:
        """A value of JSON: the number, or the word."""
        if feed.kind is Kind.NUMBER:
            return self.tongue.number("value")
        if feed.kind is Kind.TEXT:
            return self.tongue.json("text")
        return f"CASE WHEN value IS NULL THEN {self.tongue.json('text')} ELSE {self.tongue.number('value')} END"

    def _tidy_object(self, place: int, feed: Feed) -> str:
        middle = f'Z","feed":{_json(feed.name)},"value":'
        instant, value = self.tongue.instant("at"), self._value(feed)
        lead, trail = self._ends()
        return (
            f"""'{lead}{{"entry_id":' || entry_id || ',"at":"' || {instant} """
            f"""|| {self.tongue.given(f"middle_{place}", middle)} || {value} || {trail}"""
        )

    def _member(self, place: int, feed: Feed) -> str:
        return f"{self.tongue.given(f'name_{place}', f',{_json(feed.name)}:')} || {self._value(feed)}"

    def _wide_object(self, cells: Sequence[str]) -> str:
        members = " || ".join(cells)
        lead, trail = self._ends("}}")
        instant = self.tongue.instant("at")
        return f"""'{lead}{{"at":"' || {instant} || 'Z","values":{{' || substr({members}, 2) || {trail}"""

    def _ends(self, closed: str = "}") -> tuple[str, str]:
        """What leads an object in, and (as a parameter) what ends it."""
        is_listed = self.download.form is Form.JSON
        return ",\n" if is_listed else "", self.tongue.given("close", closed if is_listed else closed + "\n")


def _json(text: str) -> str:
    return msgspec.json.encode(text).decode()
