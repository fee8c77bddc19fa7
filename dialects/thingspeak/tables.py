"""Rows as ThingSpeak writes them: all with the same members, as JSON, CSV or XML."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from flask import Response

from dialects.thingspeak.aggregation import Row, number_in
from dialects.thingspeak.answering import Form, as_json, document, said
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.fields import name_of, shown
from dialects.thingspeak.instants import iso, plain, zone_of
from dialects.thingspeak.rows import place
from dialects.thingspeak.withheld import Withheld
from domain.cells import FORMULA_STARTS, LEAD, guarded
from domain.channels import Channel
from domain.readings import Feed
from domain.spelling import number_from
from models.entry_rows import EntryRow

PLACE = ("latitude", "longitude", "elevation")

RUN_BY_SPREADSHEETS = frozenset(FORMULA_STARTS + LEAD)
"""What a word begins with that is led in."""

SCRIPT = "text/javascript; charset=utf-8"
_function = re.compile(r"[A-Za-z_$][\w$.\[\]]{0,127}", re.ASCII).fullmatch


@dataclass(frozen=True, slots=True)
class Columns:
    """Which members the rows have besides their time, and the zone in which that is told."""

    zone: tzinfo
    fields: Mapping[int, Feed]
    has_place: bool
    has_status: bool
    has_number: bool = True

    @classmethod
    def of(cls, asked: Asked, channel: Channel, number: int | None = None) -> Columns:
        """What is asked for: one field, or all of them. Raises Withheld for a field that the channel does not have."""
        fields = shown(channel)
        if number is not None:
            if number not in fields:
                raise Withheld
            fields = {number: fields[number]}
        return cls(zone_of(asked), fields, is_true(asked, "location"), is_true(asked, "status"))

    def without_number(self) -> Columns:
        """The same for buckets of entries."""
        return replace(self, has_number=False)

    @property
    def names(self) -> tuple[str, ...]:
        return (
            "created_at",
            *(("entry_id",) if self.has_number else ()),
            *map(name_of, self.fields),
            *(PLACE if self.has_place else ()),
            *(("status",) if self.has_status else ()),
        )

    def row(self, stored: EntryRow) -> Row:
        """An entry with the values of these columns alone."""
        values = tuple(stored.values.get(feed.id) for feed in self.fields.values())
        return Row(stored.at, values, stored.entry_id, stored.status, stored.position)

    def members(self, rows: Iterable[Row]) -> list[dict[str, Any]]:
        """The rows with the names of what they hold, for JSON and XML."""
        names = self.names
        return [dict(zip(names, (iso(row.at, self.zone), *self._beside_time(row)), strict=True)) for row in rows]

    def heading(self) -> str:
        """The first line of CSV."""
        return ",".join(self.names) + "\n"

    def lines(self, rows: Iterable[Row]) -> str:
        """The rows as CSV: nothing for a null, and no spreadsheet runs a word."""
        text = io.StringIO()
        written = ((plain(row.at, self.zone), *map(_cell, self._beside_time(row))) for row in rows)
        csv.writer(text, lineterminator="\n").writerows(written)
        return text.getvalue()

    def _beside_time(self, row: Row) -> tuple[Any, ...]:
        return (
            *((row.entry_id,) if self.has_number else ()),
            *row.values,
            *(place(row.position).values() if self.has_place else ()),
            *((row.status,) if self.has_status else ()),
        )


def _cell(value: Any) -> Any:
    """What stands in a cell of CSV: numbers as they came, words so that they are words."""
    if not isinstance(value, str) or value[:1] not in RUN_BY_SPREADSHEETS:
        return value
    return guarded(value) if number_from(value) is None and number_in(value) is None else value


def table(asked: Asked, form: Form, head: Mapping[str, Any], columns: Columns, rows: Sequence[Row]) -> Response:
    """A channel with its rows; as CSV the rows alone."""
    if form is Form.CSV:
        return said(columns.heading() + columns.lines(rows), form)
    told = columns.members(rows)
    if form is Form.XML:
        return said(document("channel", {**head, "feeds": told}), form)
    return as_object(asked, form, {"channel": head, "feeds": told})


def single(asked: Asked, form: Form, columns: Columns, row: Row) -> Response:
    """One row and nothing around it."""
    if form is Form.CSV:
        return said(columns.heading() + columns.lines([row]), form)
    [told] = columns.members([row])
    return said(document("feed", told), form) if form is Form.XML else as_object(asked, form, told)


def as_object(asked: Asked, form: Form, value: Any) -> Response:
    """JSON, also where an address has no ending; a call of the function named in `callback`, if one is."""
    callback = asked.text("callback") or ""
    if form is Form.TXT or not _function(callback):
        return said(as_json(value), form)
    answer = said(f"{callback}({as_json(value)})", form)
    answer.headers["Content-Type"] = SCRIPT
    return answer


def bare(asked: Asked, form: Form, value: str | None) -> Response:
    """A value as a text, between what is asked for to stand before and behind it."""
    return said(f"{asked.text('prepend') or ''}{value or ''}{asked.text('append') or ''}", form)


def is_true(asked: Asked, name: str) -> bool:
    return (asked.text(name) or "").lower() == "true"
