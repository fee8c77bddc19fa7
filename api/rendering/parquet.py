"""A Parquet file: instants as µs UTC, numbers and words in columns of their own, row groups of a hundred thousand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from api.rendering.tables import Figure, Of, Table, distinct
from domain import zones
from domain.cells import unguarded
from domain.downloads import Aggregate, Shape
from domain.headings import TIDY, TIME_LOCAL, TIME_UTC
from domain.readings import Kind
from domain.timespan import TimeSpan

ROWS_IN_GROUP = 100_000
_INSTANT, _CLOCK = pa.timestamp("us", tz="UTC"), pa.timestamp("us")
_FEED = pa.dictionary(pa.int32(), pa.string())
_CHANNEL, _UNIT = TIDY[1], TIDY[-1]


def write(table: Table, pieces: Iterable[bytes], to: BinaryIO) -> None:
    """Make the file of these lines."""
    make = _Wide(table) if table.shape is Shape.WIDE else _Tidy(table)
    with pyarrow.parquet.ParquetWriter(pa.PythonFile(to, mode="w"), make.schema) as writer:
        made = (make.rows(_read(table, piece)) for piece in pieces)
        for group in _groups(made):
            writer.write_table(group, row_group_size=ROWS_IN_GROUP)


def _read(table: Table, piece: bytes) -> pa.Table:
    """Tidy lines as columns: an empty cell is nothing, and `""` an empty word."""
    names = [TIME_UTC, _CHANNEL, "feed", *table.figures, _UNIT]
    types = {TIME_UTC: _INSTANT, "feed": _FEED} | {figure: _type_of(figure) for figure in table.figures}
    return pyarrow.csv.read_csv(
        pa.BufferReader(piece),
        read_options=pyarrow.csv.ReadOptions(column_names=names, block_size=len(piece) + 1, use_threads=False),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=types,
            include_columns=list(types),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


def _type_of(figure: str) -> pa.DataType:
    if figure == Figure.TEXT:
        return pa.string()
    return pa.int64() if figure == Aggregate.COUNT else pa.float64()


def _groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows, in tables as large as a group."""
    held: list[pa.Table] = []
    count = 0
    for table in tables:
        held.append(table)
        count += table.num_rows
        if count >= ROWS_IN_GROUP:
            together = pa.concat_tables(held)
            whole = count - count % ROWS_IN_GROUP
            yield together.slice(0, whole)
            held, count = [together.slice(whole)], count - whole
    if count:
        yield pa.concat_tables(held)


def _feeds(lines: pa.Table) -> tuple[list[str], np.ndarray]:
    """The names of feeds, and of each line the place of its own among them."""
    column = lines["feed"].combine_chunks()
    column = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    return [unguarded(name) for name in column.dictionary.to_pylist()], column.indices.to_numpy()


def _words(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Words as they were stored: without what keeps a spreadsheet from running them."""
    guards = pa.compute.starts_with(column, "'")
    if not pa.compute.any(guards).as_py():
        return column
    return pa.chunked_array([[None if word is None else unguarded(word) for word in column.to_pylist()]], pa.string())


class _Tidy:
    """A row a reading, or a row a bin of a feed."""

    def __init__(self, table: Table) -> None:
        self._table = table
        figures = [pa.field(figure, _type_of(figure)) for figure in table.figures]
        words = [pa.field(name, pa.string()) for name in (_CHANNEL, "feed")]
        self.schema = pa.schema([pa.field(TIME_UTC, _INSTANT), *words, *figures, pa.field(_UNIT, pa.string())])

    def rows(self, lines: pa.Table) -> pa.Table:
        names, places = _feeds(lines)
        of_line = pa.array(places, pa.int32())
        units = pa.array([self._table.units[name] or None for name in names], pa.string())
        figures = [_words(lines[each]) if each == Figure.TEXT else lines[each] for each in self._table.figures]
        channel = pa.repeat(pa.scalar(self._table.channel, pa.string()), lines.num_rows)
        columns = [lines[TIME_UTC], channel, pa.array(names, pa.string()).take(of_line), *figures, units.take(of_line)]
        return pa.table(columns, schema=self.schema)


class _Wide:
    """A row an instant, a column a feed; a feed of numbers and words has two."""

    def __init__(self, table: Table) -> None:
        self._columns = [each for column in table.columns for each in _parted(column)]
        self._zone = ZoneInfo(table.zone)
        names = distinct([column.heading for column in self._columns])
        fields = [
            pa.field(name, _type_of(column.figure), metadata={"feed": column.feed, "unit": column.unit})
            for name, column in zip(names, self._columns, strict=True)
        ]
        self.schema = pa.schema([pa.field(TIME_UTC, _INSTANT), pa.field(TIME_LOCAL, _CLOCK), *fields])

    def rows(self, lines: pa.Table) -> pa.Table:
        at = lines[TIME_UTC].cast(pa.int64()).to_numpy()
        begins = np.concatenate(([True], at[1:] != at[:-1]))
        row_of_line, instants = np.cumsum(begins) - 1, at[begins]
        names, places = _feeds(lines)
        columns = []
        for column in self._columns:
            of_feed = np.flatnonzero(places == names.index(column.feed)) if column.feed in names else np.array([], int)
            line_of_row = np.full(len(instants), -1)
            line_of_row[row_of_line[of_feed]] = of_feed
            cells = lines[column.figure].take(pa.array(line_of_row, mask=line_of_row < 0))
            columns.append(_words(cells) if column.figure == Figure.TEXT else cells)
        clocks = pa.array(instants + _offsets(instants, self._zone), pa.int64()).cast(_CLOCK)
        return pa.table([pa.array(instants, pa.int64()).cast(_INSTANT), clocks, *columns], schema=self.schema)


def _parted(column: Of) -> list[Of]:
    """Numbers and words have columns of their own."""
    if column.kind is not Kind.MIXED:
        return [column]
    return [column, Of(column.feed, Figure.TEXT, f"{column.feed} text", "", Kind.TEXT)]


def _offsets(instants: np.ndarray, zone: ZoneInfo) -> np.ndarray:
    """How far the clocks there were ahead of UTC, in µs."""
    span = TimeSpan(int(instants.min()), int(instants.max()) + 1)
    begins = [span.start, *zones.changes(zone, span)]
    offsets = np.array([zones.offset_us(zone, at) for at in begins])
    return offsets[np.searchsorted(np.array(begins), instants, side="right") - 1]
