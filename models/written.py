"""How each database writes readings as text: the expressions of files that it makes by itself.

Whole chunks written by the database take a third of the time that writing them here would take, and leave the
interpreter free for everybody else. What they write is what `domain.spelling.spelled`, `domain.timespan.to_rfc3339`
and `domain.cells` say; a test holds them to it. Arguments and answers are SQL; words of people come in as parameters,
never in the text of a statement (S608 is answered by that).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from domain.cells import FORMULA_STARTS, LEAD
from domain.spelling import EXACT_WHOLE
from domain.timespan import DAY, SECOND, TimeSpan, to_datetime

SPELLED = "labfeed_spelled"
"""On SQLite: `domain.spelling.spelled`, for numbers that the engine itself does not write exactly."""

TEXT_AS_UTF8 = {"labfeed_text_as_utf8": True}
"""On PostgreSQL, beside a statement: texts come as the bytes that the database sends. On SQLite that is a cast."""

CALENDAR_BEFORE_1970_S = 62_135_596_800

_CODES = ", ".join(str(ord(mark)) for mark in FORMULA_STARTS)


class Tongue(Protocol):
    """The expressions of one engine, and what is handed over beside them."""

    @property
    def parameters(self) -> dict[str, int | str]:
        """What was handed over so far."""

    def given(self, name: str, value: int | str, kind: str = "text") -> str:
        """A value that is handed over beside the statement."""

    def number(self, value: str) -> str:
        """As `spelled` writes it."""

    def instant(self, at: str, then: str = "") -> str:
        """As `to_rfc3339` writes it, but for the Z at its end, and what follows it in every line."""

    def clock(self, at: str, offset: int, then: str = "") -> str:
        """`2026-03-01 11:00:00.25` where the clocks are so many µs ahead of UTC, and what follows it."""

    def word(self, text: str, separator: str) -> str:
        """As a guarded cell of a table."""

    def json(self, text: str) -> str:
        """As a string of JSON."""

    def joined(self, lines: str, ordered: str) -> str:
        """(text in UTF-8, with TEXT_AS_UTF8; readings) of a question for `line` and `n`, in this order."""


def tongue_of(connection: Connection, span: TimeSpan) -> Tongue:
    """The expressions of this connection's engine, for instants of this span."""
    before = 0 if span.start >= DAY else CALENDAR_BEFORE_1970_S
    return _Sqlite(before, span) if connection.dialect.name == "sqlite" else _Postgres(before, span)


class _Days(NamedTuple):
    """The days before and after a midnight, by clocks that are ahead of UTC."""

    midnight: int
    before: str
    after: str


def _days(span: TimeSpan, offset: int) -> _Days | None:
    """The days of a span that holds one midnight at most, as nearly every piece does; None for a longer one."""
    first, last = ((end + offset) // DAY for end in (span.start, span.end - 1))
    if last - first > 1:
        return None
    before, after = (to_datetime(day * DAY).date().isoformat() for day in (first, last))
    return _Days((first + 1) * DAY, before, after)


def _since(at: str, before: int) -> str:
    """µs since 1970, or since so many seconds before: a division rounds to nought, and days are counted upwards."""
    return f"({at} + {before * SECOND})" if before else at


@dataclass(frozen=True, slots=True)
class _Sqlite:
    before: int
    span: TimeSpan
    parameters: dict[str, int | str] = field(default_factory=dict)

    def given(self, name: str, value: int | str, kind: str = "text") -> str:
        self.parameters[name] = value
        return f":{name}"

    def number(self, value: str) -> str:
        """Up to 15 digits the engine writes exactly; it writes so many or 17, and of those the last may be off."""
        return (
            f"CASE WHEN {value} = CAST({value} AS INTEGER) AND {value} BETWEEN {1 - EXACT_WHOLE} AND {EXACT_WHOLE - 1} "
            f"THEN CAST({value} AS INTEGER) "
            f"WHEN ({value} BETWEEN 1e-4 AND {EXACT_WHOLE} OR {value} BETWEEN {-EXACT_WHOLE} AND -1e-4) "
            f"AND length({value}) <= 16 THEN {value} ELSE {SPELLED}({value}) END"
        )

    def instant(self, at: str, then: str = "") -> str:
        return f"{self._second(at, 0, 'T')} || {self._fraction(at, then)}"

    def clock(self, at: str, offset: int, then: str = "") -> str:
        there = f"({at} + {offset})"
        return f"{self._second(there, offset, ' ')} || {self._fraction(there, then)}"

    def _second(self, at: str, offset: int, part: str) -> str:
        """Day and time to the second. One strftime would take twice as long."""
        seconds = f"{_since(at, self.before)} / {SECOND}" + (f" - {self.before}" if self.before else "")
        return f"{self._day(at, seconds, offset, part)} || time({seconds}, 'unixepoch')"

    def _day(self, at: str, seconds: str, offset: int, part: str) -> str:
        days = _days(self.span, offset)
        if days is None:
            return f"date({seconds}, 'unixepoch') || '{part}'"
        if days.before == days.after:
            return f"'{days.before}{part}'"
        return f"CASE WHEN {at} < {days.midnight} THEN '{days.before}{part}' ELSE '{days.after}{part}' END"

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
        since, then = _since(at, self.before), then or "''"
        digits = f"rtrim(substr({since}, -6), '0')"
        return f"CASE {since} % {SECOND} WHEN 0 THEN {then} ELSE '.' || {digits} || {then} END"


@dataclass(frozen=True, slots=True)
class _Postgres:
    before: int
    span: TimeSpan
    parameters: dict[str, int | str] = field(default_factory=dict)

    def given(self, name: str, value: int | str, kind: str = "text") -> str:
        self.parameters[name] = value
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

    def instant(self, at: str, then: str = "") -> str:
        return self._moment(at, 0, "T", "utc") + (f" || {then}" if then else "")

    def clock(self, at: str, offset: int, then: str = "") -> str:
        return self._moment(f"({at} + {offset})", offset, " ", "local") + (f" || {then}" if then else "")

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

    def _moment(self, at: str, offset: int, part: str, clock: str) -> str:
        """A time of the day has the digits that say something, and no more. One to_char would take twice as long."""
        since = _since(at, self.before)
        # The driver makes one % of two.
        time = f"(time '00:00' + {since} %% {DAY} * interval '1 microsecond')::text"
        return f"{self._day(at, offset, part, clock)} || {time}"

    def _day(self, at: str, offset: int, part: str, clock: str) -> str:
        """Handed over beside a statement that is the same for each piece: then the driver has it prepared once."""
        days = _days(self.span, offset)
        if days is None:
            first = to_datetime(-self.before * SECOND).date()
            return f"(date '{first}' + ({_since(at, self.before)} / {DAY})::int)::text || '{part}'"
        midnight = self.given(f"midnight_{clock}", days.midnight, "bigint")
        before = self.given(f"day_before_{clock}", days.before + part)
        after = self.given(f"day_after_{clock}", days.after + part)
        return f"CASE WHEN {at} < {midnight} THEN {before} ELSE {after} END"
