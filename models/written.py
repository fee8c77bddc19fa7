"""How each database writes readings as text: the expressions of files that it makes by itself.

Whole chunks written by the database take a third of the time that writing them here would take, and leave the
interpreter free for everybody else. What they write is what `domain.spelling.spelled`, `domain.timespan.to_rfc3339`
and `domain.cells` say; a test holds them to it. Arguments and answers are SQL; words of people come in as parameters,
never in the text of a statement (S608 is answered by that).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from domain.cells import FORMULA_STARTS, LEAD
from domain.spelling import EXACT_WHOLE
from domain.timespan import DAY, SECOND, TimeSpan, to_datetime

SPELLED = "labfeed_spelled"
"""On SQLite: `domain.spelling.spelled`, for numbers that the engine itself does not write exactly."""

CALENDAR_BEFORE_1970_S = 62_135_596_800

_CODES = ", ".join(str(ord(mark)) for mark in FORMULA_STARTS)


class Tongue(Protocol):
    """The expressions of one engine."""

    def parameter(self, name: str, kind: str = "text") -> str:
        """A value that is handed over beside the statement."""

    def number(self, value: str) -> str:
        """As `spelled` writes it."""

    def instant(self, at: str, then: str = "''") -> str:
        """As `to_rfc3339` writes it, but for the Z at its end, and what follows it in every line."""

    def clock(self, at: str, offset: int, then: str = "''") -> str:
        """`2026-03-01 11:00:00.25` where the clocks are so many µs ahead of UTC, and what follows it."""

    def word(self, text: str, separator: str) -> str:
        """As a guarded cell of a table."""

    def json(self, text: str) -> str:
        """As a string of JSON."""

    def joined(self, lines: str, ordered: str) -> str:
        """(text, or its UTF-8 where that is had for less; readings) of a question for `line` and `n`, in this order."""


def tongue_of(connection: Connection, span: TimeSpan) -> Tongue:
    """The expressions of this connection's engine, for instants of this span."""
    before = 0 if span.start >= DAY else CALENDAR_BEFORE_1970_S
    return _Sqlite(before, span) if connection.dialect.name == "sqlite" else _Postgres(before)


def _seconds(at: str, before: int) -> str:
    """Whole seconds since 1970, rounded down. A division rounds to nought: the calendar is counted from its start."""
    return f"(({at} + {before * SECOND}) / {SECOND} - {before})" if before else f"({at} / {SECOND})"


def _micros(at: str, before: int, modulo: str = "%") -> str:
    return f"(({at} + {before * SECOND}) {modulo} {SECOND})" if before else f"({at} {modulo} {SECOND})"


@dataclass(frozen=True, slots=True)
class _Sqlite:
    before: int
    span: TimeSpan

    def parameter(self, name: str, kind: str = "text") -> str:
        return f":{name}"

    def number(self, value: str) -> str:
        """Up to 15 digits the engine writes exactly; it writes so many or 17, and of those the last may be off."""
        return (
            f"CASE WHEN {value} = CAST({value} AS INTEGER) AND {value} BETWEEN {1 - EXACT_WHOLE} AND {EXACT_WHOLE - 1} "
            f"THEN CAST({value} AS INTEGER) "
            f"WHEN ({value} BETWEEN 1e-4 AND {EXACT_WHOLE} OR {value} BETWEEN {-EXACT_WHOLE} AND -1e-4) "
            f"AND length({value}) <= 16 THEN {value} ELSE {SPELLED}({value}) END"
        )

    def instant(self, at: str, then: str = "''") -> str:
        return f"{self._second(at, 0, 'T')} || {self._fraction(at, then)}"

    def clock(self, at: str, offset: int, then: str = "''") -> str:
        there = f"({at} + {offset})"
        return f"{self._second(there, offset, ' ')} || {self._fraction(there, then)}"

    def _second(self, at: str, offset: int, part: str) -> str:
        """Day and time to the second. One strftime would take twice as long, and most pieces lie within one day."""
        seconds = _seconds(at, self.before)
        first, last = ((end + offset) // DAY for end in (self.span.start, self.span.end - 1))
        day = (
            f"'{to_datetime(first * DAY).date()}{part}'"
            if first == last
            else f"date({seconds}, 'unixepoch') || '{part}'"
        )
        return f"{day} || time({seconds}, 'unixepoch')"

    def word(self, text: str, separator: str) -> str:
        lead = f"CASE WHEN unicode(ltrim({text}, '{LEAD * 2}')) IN ({_CODES}) THEN '{LEAD * 2}' ELSE '' END"
        return (
            f"""CASE WHEN {text} GLOB '*["{separator}' || char(10, 13) || ']*' OR {text} = '' """
            f"""THEN '"' || {lead} || replace({text}, '"', '""') || '"' ELSE {lead} || {text} END"""
        )

    def json(self, text: str) -> str:
        return f"json_quote({text})"

    def joined(self, lines: str, ordered: str) -> str:
        # An order inside is only kept where it decides which rows there are.
        return f"SELECT CAST(group_concat(line, '') AS BLOB), sum(n) FROM ({lines} ORDER BY {ordered} LIMIT -1)"  # noqa: S608

    def _fraction(self, at: str, then: str) -> str:
        digits = f"substr({at} + {self.before * SECOND}, -6)" if self.before else f"substr({at}, -6)"
        return f"CASE {_micros(at, self.before)} WHEN 0 THEN {then} ELSE '.' || rtrim({digits}, '0') || {then} END"


@dataclass(frozen=True, slots=True)
class _Postgres:
    before: int

    def parameter(self, name: str, kind: str = "text") -> str:
        return f"%({name})s::{kind}"

    def number(self, value: str) -> str:
        """The engine writes the same, but where it writes 1e+15, and where half-way to the next number is shorter."""
        out = f"{value}::text::numeric::text"
        return (
            f"CASE WHEN {value} = 0 THEN '0' WHEN abs({value}) < 1e15 OR abs({value}) > 1e41 THEN {value}::text "
            f"WHEN abs({value}) < 1e16 THEN {out} || CASE WHEN position('.' in {out}) > 0 THEN '' ELSE '.0' END "
            f"ELSE {self._great(value)} END"
        )

    def _great(self, value: str) -> str:
        """The shortest of so many digits that reads back the same; the engine leaves out what lies half-way."""
        rounded = [f"round(t, {digits} - length(t::text))" for digits in (15, 16)]
        tried = " ".join(f"WHEN {each}::float8 = abs({value}) THEN {each}" for each in rounded)
        fitting = f"SELECT (CASE {tried} ELSE t END)::text AS c FROM (SELECT abs({value})::text::numeric AS t) AS a"  # noqa: S608
        parted = f"SELECT rtrim(c, '0') AS d, length(c) - 1 AS e FROM ({fitting}) AS b"  # noqa: S608
        return (
            f"(SELECT CASE WHEN {value} < 0 THEN '-' ELSE '' END || left(d, 1) "  # noqa: S608
            f"|| CASE WHEN length(d) > 1 THEN '.' || substr(d, 2) ELSE '' END || 'e+' || e FROM ({parted}) AS c)"
        )

    def instant(self, at: str, then: str = "''") -> str:
        return f"""to_char({self._moment(at)}, 'YYYY-MM-DD"T"HH24:MI:SS') || {self._fraction(at, then)}"""

    def clock(self, at: str, offset: int, then: str = "''") -> str:
        there = f"({at} + {offset})"
        return f"to_char({self._moment(there)}, 'YYYY-MM-DD HH24:MI:SS') || {self._fraction(there, then)}"

    def word(self, text: str, separator: str) -> str:
        lead = f"CASE WHEN ascii(ltrim({text}, '{LEAD * 2}')) IN ({_CODES}) THEN '{LEAD * 2}' ELSE '' END"
        return (
            f"""CASE WHEN {text} ~ '["{separator}\\r\\n]' OR {text} = '' """
            f"""THEN '"' || {lead} || replace({text}, '"', '""') || '"' ELSE {lead} || {text} END"""
        )

    def json(self, text: str) -> str:
        return f"to_json({text})::text"

    def joined(self, lines: str, ordered: str) -> str:
        return f"SELECT string_agg(line, ''), sum(n)::bigint FROM ({lines} ORDER BY {ordered}) AS written"  # noqa: S608

    def _moment(self, at: str) -> str:
        return f"(timestamp '1970-01-01' + {_seconds(at, self.before)} * interval '1 second')"

    def _fraction(self, at: str, then: str) -> str:
        micros = _micros(at, self.before, "%%")  # the driver makes one of it
        return f"CASE {micros} WHEN 0 THEN {then} ELSE rtrim('.' || lpad({micros}::text, 6, '0'), '0') || {then} END"
