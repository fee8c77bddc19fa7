"""An Excel workbook: real dates, numbers to their last digit, words that are never formulas.

A sheet takes 1 048 576 rows; what is more goes on in the next one, under the same headings.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, BinaryIO, TypeAlias
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from api.rendering.tables import Figure, Of, Table, distinct
from domain.cells import guarded, unguarded
from domain.downloads import Shape
from domain.headings import TIDY, TIME_LOCAL, TIME_UTC
from domain.readings import Kind

ROWS_OF_SHEET = 1_048_576
NAME = "Readings"
FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - the day zero of a spreadsheet, whatever its zone
FIRST_DATE = datetime(1900, 3, 1)  # noqa: DTZ001 - what Excel counts before it is a day off
DAY = timedelta(days=1)
DATE, MOMENT = "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd hh:mm:ss.000"
CLOCK_CHARS, FEWEST_CHARS, MOST_CHARS = 23, 11, 40

Cell: TypeAlias = datetime | float | str | None
Line: TypeAlias = list[str]


def write(table: Table, pieces: Iterable[bytes], to: BinaryIO) -> None:
    """Make the workbook of these lines; what XlsxWriter keeps on disk meanwhile is gone afterwards."""
    make = _Wide(table) if table.shape is Shape.WIDE else _Tidy(table)
    with tempfile.TemporaryDirectory(prefix="labfeed-") as folder:
        options = {"constant_memory": True, "tmpdir": folder, "use_zip64": True}
        workbook = xlsxwriter.Workbook(to, options)  # as a context manager it would finish the half of a file
        sheets = _Sheets(workbook, make.headings)
        for piece in pieces:
            for row in make.rows(csv.reader(io.StringIO(piece.decode(), newline=""))):
                sheets.add(row)
        try:
            workbook.close()
        except FileCreateError as error:
            raise error.args[0] from error


class Exact(float):
    """A number that XlsxWriter writes to its last digit: else it writes sixteen, and a double may need one more."""

    def __format__(self, spec: str) -> str:
        return float.__repr__(self)


class _Tidy:
    """A row a reading, or a row a bin of a feed."""

    def __init__(self, table: Table) -> None:
        self._table, self._zone = table, ZoneInfo(table.zone)
        self.headings = [TIME_UTC, TIME_LOCAL, *TIDY[1:3], *table.figures, TIDY[-1]]

    def rows(self, lines: Iterable[Line]) -> Iterator[list[Cell]]:
        for time, _channel, name, *cells, _unit in lines:
            feed = unguarded(name)
            figures = (_cell(figure, cell) for figure, cell in zip(self._table.figures, cells, strict=True))
            yield [*_clocks(time, self._zone), self._table.channel, feed, *figures, self._table.units[feed] or None]


class _Wide:
    """A row an instant, a column a feed."""

    def __init__(self, table: Table) -> None:
        self._zone, self._figures = ZoneInfo(table.zone), table.figures
        self._width = len(table.columns)
        self._columns: dict[str, list[tuple[int, Of]]] = {}
        for place, column in enumerate(table.columns):
            self._columns.setdefault(guarded(column.feed), []).append((place, column))
        self.headings = [TIME_UTC, TIME_LOCAL, *distinct([column.heading for column in table.columns])]

    def rows(self, lines: Iterable[Line]) -> Iterator[list[Cell]]:
        for time, together in groupby(lines, key=lambda line: line[0]):
            cells: list[Cell] = [None] * self._width
            for line in together:
                figures = dict(zip(self._figures, line[3:-1], strict=True))
                for place, column in self._columns.get(line[2], ()):
                    cells[place] = _cell_of(column, figures)
            yield [*_clocks(time, self._zone), *cells]


def _cell_of(column: Of, figures: dict[str, str]) -> Cell:
    """What a feed has at an instant: its number, else its word."""
    if column.kind is Kind.MIXED and not figures[Figure.VALUE]:
        return _cell(Figure.TEXT, figures[Figure.TEXT])
    return _cell(column.figure, figures[column.figure])


def _cell(figure: str, written: str) -> Cell:
    if figure == Figure.TEXT:
        return unguarded(written) or None
    return Exact(written) if written else None


def _clocks(time: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """What the clocks say in UTC and in the zone."""
    at = datetime.fromisoformat(time)
    return at.replace(tzinfo=None), at.astimezone(zone).replace(tzinfo=None)


class _Sheets:
    """The sheets of a workbook, filled row by row."""

    def __init__(self, workbook: xlsxwriter.Workbook, headings: list[str]) -> None:
        self._workbook, self._headings = workbook, headings
        self._bold = workbook.add_format({"bold": True, "bottom": 1})
        self._date, self._moment = (workbook.add_format({"num_format": each}) for each in (DATE, MOMENT))
        self._sheet, self._row = self._next(), 0

    def add(self, cells: list[Cell]) -> None:
        self._row += 1
        if self._row == ROWS_OF_SHEET:
            self._sheet, self._row = self._next(), 1
        for place, cell in enumerate(cells):
            if cell is not None:
                self._put(place, cell)

    def _next(self) -> Worksheet:
        number = len(self._workbook.worksheets()) + 1
        sheet = self._workbook.add_worksheet(NAME if number == 1 else f"{NAME} {number}")
        sheet.freeze_panes(1, 0)
        for place, heading in enumerate(self._headings):
            chars = CLOCK_CHARS if heading in (TIME_UTC, TIME_LOCAL) else len(heading) + 2
            sheet.set_column(place, place, min(max(chars, FEWEST_CHARS), MOST_CHARS))
            _put_word(sheet, 0, place, heading, self._bold)
        return sheet

    def _put(self, place: int, cell: datetime | float | str) -> None:
        if isinstance(cell, str):
            _put_word(self._sheet, self._row, place, cell, None)
        elif isinstance(cell, float):
            self._sheet.write_number(self._row, place, cell)
        elif cell < FIRST_DATE:
            _put_word(self._sheet, self._row, place, cell.isoformat(" "), None)
        else:
            written = self._moment if cell.microsecond else self._date
            self._sheet.write_number(self._row, place, Exact((cell - FIRST_DAY) / DAY), written)


def _put_word(sheet: Worksheet, row: int, place: int, word: str, written: Format | None) -> None:
    """A word as it is. XlsxWriter takes `<r>…</r>` for text that it has formatted, unless it comes in parts."""
    if word.startswith("<r>") and word.endswith("</r>"):
        parts: list[Any] = [word[0], word[1], word[2:]]
        sheet.write_rich_string(row, place, *parts, *([written] if written else []))
    else:
        sheet.write_string(row, place, word, written)
