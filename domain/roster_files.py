"""Rosters as CSV files: read with forgiveness, complained of row by row, written in one form.

Any order of columns, comma, semicolon or tab between them, UTF-8 with or without a byte-order mark, UTF-16 as
spreadsheets save "Unicode text", else Windows-1252.
"""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from domain.errors import Invalid, TooLarge
from domain.people import College, normal_email
from domain.roles import Part
from domain.rosters import RosterRow

MOST_BYTES = 700_000
"""As much as a page can send: packed as text it is a third more, and a message is at most 1 MiB."""
MOST_ROWS = 5_000
MOST_CHARS = {"name": 200, "section": 64, "team": 100}

COLUMNS = ("name", "e-mail", "section", "team", "role")
HEADINGS = {
    "name": "name",
    "fullname": "name",
    "student": "name",
    "studentname": "name",
    "email": "e-mail",
    "mail": "e-mail",
    "emailaddress": "e-mail",
    "section": "section",
    "team": "team",
    "group": "team",
    "role": "role",
}
"""What a column may be called, without blanks and signs → which it is."""

ROLES = {
    Part.STUDENT: ("", "student", "learner"),
    Part.STAFF: ("staff", "teacher", "instructor", "ta", "teaching assistant", "professor", "faculty"),
}
PARTS = {word: part for part, words in ROLES.items() for word in words}

SEPARATORS = ",;\t"
FORMULAS = "=+-@"
"""What a cell begins with that a spreadsheet would work out. We write such words after a ' and read them without."""

EXAMPLE = """name,e-mail,section,team,role
Ada Finch,ada.finch@{domain},A,Otter,student
Ben Reed,ben.reed@{domain},A,Otter,student
Cleo Marsh,cleo.marsh@{domain},B,Heron,
Dr. Dana Holt,dana.holt@{domain},,,staff
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row, numbered as in a spreadsheet: the heading is row 1."""

    row: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file says: its good rows, what is wrong with the others, and what to know besides."""

    rows: tuple[RosterRow, ...]
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


def parse(content: bytes, college: College) -> Parsed:
    """The rows of a roster file. Blank rows count as rows and say nothing.

    Raises TooLarge, and Invalid for what is no roster at all: not text, no heading, no e-mail column, no rows.
    """
    if len(content) > MOST_BYTES:
        raise TooLarge(f"The file is larger than {MOST_BYTES // 1_000} kB.", hint="A roster is a list of names.")
    text, notes = _decoded(content)
    separator = max(SEPARATORS, key=lambda mark: len(_columns_in(next(_records(text, mark), []))))
    records = _records(text, separator)
    heading = next(records, [])
    columns = _columns(heading)
    reading = _Reading(columns, college)
    for number, cells in enumerate(records, start=2):
        if number > MOST_ROWS + 1:
            raise TooLarge(f"The file has more than {MOST_ROWS} rows.", hint="Upload one course's roster at a time.")
        reading.take(number, cells)
    if not (reading.rows or reading.faults):
        raise Invalid("The file has a heading and no rows.", hint="Put one person into each row.")
    return Parsed(tuple(reading.rows.values()), tuple(reading.faults), tuple(notes + _unused(heading, columns)))


def write(rows: Iterable[RosterRow]) -> bytes:
    """The rows as a file that `parse` reads as the same rows: UTF-8, RFC 4180, no cell a formula for a spreadsheet."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(map(_guarded, (row.name, row.email, row.section, row.team, str(row.part))))
    return text.getvalue().encode()


def _decoded(content: bytes) -> tuple[str, list[str]]:
    """The text and, where it was not plain, how it was read."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Invalid("This is a spreadsheet, not a CSV file.", hint="In the spreadsheet: Save as, then CSV (UTF-8).")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("utf-16"), []
        except UnicodeDecodeError:
            raise Invalid("The file is not text.", hint="Save it again as CSV (UTF-8).") from None
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        note = "The file is not UTF-8 and was read as Western European text: look whether accents are right."
        try:
            return content.decode("cp1252"), [note]
        except UnicodeDecodeError:
            return content.decode("latin-1"), [note]


def _records(text: str, separator: str) -> Iterator[list[str]]:
    """The rows as lists of cells. Raises Invalid for a cell that no spreadsheet would hold."""
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error:
        hint = "Look for a quotation mark that is not closed."
        raise Invalid("A cell is longer than a roster's could be.", hint=hint) from None


def _columns_in(heading: Sequence[str]) -> list[str]:
    """Which of our columns a heading names."""
    return [known for title in heading if (known := _column(title))]


def _column(title: str) -> str | None:
    return HEADINGS.get("".join(filter(str.isalnum, title.casefold())))


def _columns(heading: Sequence[str]) -> dict[str, int]:
    """Our columns by their places. Raises Invalid where the heading cannot be one."""
    found = _columns_in(heading)
    if "e-mail" not in found:
        raise Invalid(
            "The first row does not name a column e-mail.",
            hint="The first row names the columns: name, e-mail, section, team, role. Only e-mail must be there.",
        )
    twice = next((name for name in found if found.count(name) > 1), None)
    if twice:
        raise Invalid(f"Two columns are both called {twice}.", hint="Rename one of them.")
    return {known: place for place, title in enumerate(heading) if (known := _column(title))}


def _unused(heading: Sequence[str], columns: dict[str, int]) -> list[str]:
    unused = [_plain(title)[:40] for place, title in enumerate(heading) if place not in columns.values()]
    named = [title for title in unused if title]
    return [f"Not used: {', '.join(named[:8])}."] if named else []


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    columns: dict[str, int]
    college: College
    rows: dict[str, RosterRow] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def take(self, number: int, cells: Sequence[str]) -> None:
        """Read one row, or say what is wrong with it."""
        if not any(cell.strip() for cell in cells):
            return
        try:
            row = self._row(cells)
        except Invalid as wrong:
            self.faults.append(Fault(number, wrong.detail))
            return
        if row.email in self.seen:
            self.faults.append(Fault(number, f"{row.email} stands in row {self.seen[row.email]} already."))
            return
        self.seen[row.email] = number
        self.rows[row.email] = row

    def _row(self, cells: Sequence[str]) -> RosterRow:
        given = {name: cells[place] if place < len(cells) else "" for name, place in self.columns.items()}
        for name, cell in given.items():
            _refuse_odd(name, cell)
        words = {name: _plain(given.get(name, "")) for name in MOST_CHARS}
        for name, most in MOST_CHARS.items():
            if len(words[name]) > most:
                raise Invalid(f"The {name} is longer than {most} characters.")
        return RosterRow(self._email(given["e-mail"]), **words, part=_part(given.get("role", "")))

    def _email(self, cell: str) -> str:
        if not cell.strip():
            raise Invalid("The e-mail address is missing.")
        email = normal_email(_plain(cell))
        if not self.college.takes(email):
            domains = " or ".join(sorted(self.college.domains)) or "any known domain"
            raise Invalid(f"{email} is not an address of {domains}.")
        return email


def _refuse_odd(name: str, cell: str) -> None:
    """Raises Invalid for what no cell of a roster holds, and PostgreSQL could not store."""
    if "\n" in cell.strip() or "\r" in cell.strip():
        raise Invalid(f"The {name} runs over several lines: look for a quotation mark that is not closed.")
    if any(unicodedata.category(char) in ("Cc", "Cs") and not char.isspace() for char in cell):
        raise Invalid(f"The {name} holds an invisible character.")


def _part(cell: str) -> Part:
    part = PARTS.get(_plain(cell).casefold())
    if part is None:
        raise Invalid(f"The role {_plain(cell)[:40]!r} is not known: write student or staff, or leave it empty.")
    return part


def _plain(cell: str) -> str:
    """The words of a cell, in Unicode's composed form, one blank between each two, without our guard."""
    words = unicodedata.normalize("NFC", " ".join(cell.split()))
    return words[1:] if words[:1] == "'" and _is_formula(words) else words


def _guarded(words: str) -> str:
    return f"'{words}" if _is_formula(words) else words


def _is_formula(words: str) -> bool:
    """Whether a spreadsheet would work it out, guards aside."""
    return words.lstrip("'")[:1] in tuple(FORMULAS)
