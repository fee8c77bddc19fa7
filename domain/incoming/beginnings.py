"""The beginning of a file: unpacked, its encoding found, cut into cells."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import Invalid
from domain.incoming.records import Records
from domain.incoming.texts import ENCODINGS, lines_of, unpacked

HEAD_BYTES = 1 << 20
"""As much of a file as is looked at."""
SAMPLE = 500
"""Rows that are looked at."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first bytes of a file, unpacked. `is_whole`: they are all of it."""

    body: bytes
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Head:
    """The first rows of a table that are not empty, the lines they begin in, and how their cells are parted.

    `is_whole`: there are no others.
    """

    encoding: str
    separator: str
    rows: Sequence[list[str]]
    lines: Sequence[int]
    is_whole: bool


def beginning_of(head: bytes) -> Beginning:
    """What a file that begins with these bytes (HEAD_BYTES of them, or all it has) begins with unpacked.

    Raises Invalid for an empty one, for a spreadsheet, and where it is damaged from the start.
    """
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Invalid("This is a spreadsheet, not a CSV file.", hint="In the spreadsheet: Save as, then CSV (UTF-8).")
    found, is_whole = b"", len(head) < HEAD_BYTES
    try:
        for piece in unpacked([head]):
            found += piece
            if len(found) >= HEAD_BYTES:
                is_whole = False
                break
    except Invalid:
        if not found:
            raise
        is_whole = False
    if not found.strip():
        raise Invalid("The file is empty.", hint="It needs a heading and a row for each time.")
    return Beginning(found[:HEAD_BYTES], is_whole)


def encoding_of(start: bytes) -> str:
    """How the text is written. Raises Invalid for what is none."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in start[:1000]:
        raise Invalid("The file is not text.", hint="Save it as CSV (UTF-8).")
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "windows-1252"
    return ENCODINGS[0]


def text_of(start: bytes, encoding: str) -> str:
    return "".join("".join(lines) for lines in lines_of([start], encoding))


def head_of(beginning: Beginning, encoding: str, separator: str, most: int) -> Head:
    """So many rows; the last of a file that goes on may be cut short and is left out.

    A row that cannot be read ends them: that is told of when the file is read.
    """
    rows, lines, faults = Records([beginning.body], encoding, separator).next(most)
    is_all = len(rows) < most and not faults
    if is_all and not beginning.is_whole:
        rows, lines = rows[:-1], lines[:-1]
    kept = [(row, line) for row, line in zip(rows, lines, strict=True) if row]
    is_whole = is_all and beginning.is_whole
    return Head(encoding, separator, [row for row, _ in kept], [line for _, line in kept], is_whole)
