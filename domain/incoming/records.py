"""Lines of a table → its records, each with the line in which it begins."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from domain.imports import Fault
from domain.incoming.texts import Lines


class Records:
    """The records of a CSV file, with the lines they stand in."""

    def __init__(self, pieces: Iterable[bytes], encoding: str, separator: str) -> None:
        self._lines = Lines(pieces, encoding, separator)
        self._separator = separator
        self._reader = self._begun()
        self._before = 0
        self._kept: list[list[str]] = []

    def put_back(self, row: list[str]) -> None:
        """Give this row again, as the first."""
        self._kept = [row]

    def next(self, most: int) -> tuple[list[list[str]], Sequence[int], list[Fault]]:
        """So many records or fewer, the line in which each begins, and what could not be read; nothing at the end."""
        rows, self._kept = self._kept, []
        self._lines.begin()
        start = self._before + self._reader.line_num + 1 - len(rows)
        try:
            for row in islice(self._reader, most - len(rows)):
                rows.append(row)
                if self._lines.is_enough:
                    break
        except csv.Error as error:
            end = self._before + self._reader.line_num
            self._before, self._reader = end, self._begun()
            lines = _begun_in(rows, start)
            at = lines[-1] + _height(rows[-1]) if rows else start
            return rows, lines, [Fault(at, _said(str(error)))]
        end = self._before + self._reader.line_num
        if end - start + 1 == len(rows):
            return rows, range(start, end + 1), []
        return rows, _begun_in(rows, start), []

    def _begun(self) -> Any:
        return csv.reader(self._lines, delimiter=self._separator, strict=True)


def _begun_in(rows: Sequence[Sequence[str]], start: int) -> list[int]:
    lines = []
    for row in rows:
        lines.append(start)
        start += _height(row)
    return lines


def _height(row: Sequence[str]) -> int:
    """How many lines a record takes."""
    return 1 + sum(cell.count("\n") + cell.count("\r") - cell.count("\r\n") for cell in row)


def _said(error: str) -> str:
    """What the reader says, in our words."""
    if "unexpected end" in error or "field larger" in error:
        return "a quotation mark is opened here and never closed"
    return (
        "quotation marks are not doubled inside a cell"
        if "expected after" in error
        else f"the row is damaged ({error})"
    )
