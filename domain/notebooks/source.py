"""What a snippet reads: where the file is, with which key, and what its columns hold."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from domain.cells import guarded
from domain.downloads import Download, Form, Shape
from domain.headings import TIME_LOCAL, TIME_UTC, columns, headings
from domain.readings import Feed, Kind

KEY_HEADER = "X-API-Key"
A_LED_WORD = r"^'('*[=+\-@\t\r])"
"""A word behind the apostrophe that keeps a spreadsheet from running it (`domain.cells`): its group is the word."""
WHY_LED = "Words that a spreadsheet would run, such as =1+1, stand in the file behind an apostrophe; it is taken off."


class Holds(StrEnum):
    """What stands in a column."""

    INSTANT = "instant"
    """`2026-03-01T10:00:00.25Z`."""
    CLOCK = "clock"
    """`2026-03-01 11:00:00.25`, in the zone of the file."""
    NUMBER = "number"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the table: its name as the header row has it."""

    name: str
    holds: Holds


@dataclass(frozen=True, slots=True)
class Source:
    """The file as it was chosen, and the same as a table with decimal points: whole addresses both.

    An empty `key` is one that is not needed.
    """

    file: str
    table: str
    fields: tuple[Field, ...]
    key: str = ""

    def with_key(self, key: str) -> Source:
        return replace(self, key=key)

    def named(self, *holds: Holds) -> list[str]:
        """The names of the columns that hold such things."""
        return [field.name for field in self.fields if field.holds in holds]

    @property
    def led(self) -> list[str]:
        """The columns in which a word may stand behind an apostrophe."""
        return [name for name in self.named(Holds.WORD) if name not in {"channel", "feed", "unit"}]

    def kept(self) -> dict[str, Any]:
        """As the browser keeps it: all but the key."""
        return {
            "file": self.file,
            "table": self.table,
            "fields": [[each.name, str(each.holds)] for each in self.fields],
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Source:
        """What the browser kept."""
        fields = tuple(Field(str(name), Holds(holds)) for name, holds in kept["fields"])
        return cls(str(kept["file"]), str(kept["table"]), fields)


def source_of(origin: str, download: Download, feeds: Sequence[Feed]) -> Source:
    """Of a server's address without a slash at its end, what is taken, and the feeds that are taken."""
    table = download.but(form=Form.CSV, decimal_comma=False, for_excel=False)
    return Source(origin + download.address, origin + table.address, fields_of(table, feeds))


def fields_of(download: Download, feeds: Sequence[Feed]) -> tuple[Field, ...]:
    """The columns of a table."""
    names = [guarded(name) for name in headings(download, feeds)]
    return tuple(map(Field, names, _holds(download, feeds)))


def _holds(download: Download, feeds: Sequence[Feed]) -> list[Holds]:
    if download.shape is Shape.WIDE:
        of_feeds = [
            Holds.NUMBER if column.aggregate or column.feed.kind is Kind.NUMBER else Holds.WORD
            for column in columns(feeds, download.binned)
        ]
        return [Holds.INSTANT, Holds.CLOCK, *of_feeds]
    known = {TIME_UTC: Holds.INSTANT, TIME_LOCAL: Holds.CLOCK}
    words = {"channel", "feed", "text", "unit"}
    return [known.get(name, Holds.WORD if name in words else Holds.NUMBER) for name in headings(download, feeds)]


def quoted(text: str) -> str:
    """In double quotes, for Python and R."""
    return json.dumps(text, ensure_ascii=False)


def quoted_in_matlab(text: str) -> str:
    """In single quotes, for MATLAB and Octave."""
    return "'" + text.replace("'", "''") + "'"


def quoted_in_excel(text: str) -> str:
    """In double quotes, for Power Query and for formulas."""
    return '"' + text.replace('"', '""') + '"'
