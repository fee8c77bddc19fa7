"""What the process that makes a file is told: first how the file looks, then the lines, piece by piece.

One line of JSON; then each piece led in by its length; a length of nothing ends it. Whoever reads until the stream ends
without that has only a part, and makes no file of it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import BinaryIO

import msgspec

from domain.cells import END_OF_ROW
from domain.downloads import Form, Shape
from domain.headings import TIME_LOCAL, TIME_UTC
from domain.readings import Kind

NICENESS = 5
"""How far the process stands back where there is more to do than there are cores."""

STOPPED, DISK_FULL = 75, 73
"""How it ends when it was not told all, and where there is no room for the file."""

_length = struct.Struct(">Q")
_END = _length.pack(0)


class Figure(StrEnum):
    """What a cell of a tidy line holds; of a bin also its aggregates."""

    VALUE = "value"
    TEXT = "text"


class Of(msgspec.Struct, frozen=True):
    """A column of a wide table: what it holds of which feed. A mixed feed's words stand where it has no number."""

    feed: str
    figure: str
    heading: str
    unit: str
    kind: Kind


class Table(msgspec.Struct, frozen=True):
    """How a file looks. `figures`: what stands between the feed and the unit of a line."""

    form: Form
    shape: Shape
    zone: str
    channel: str
    units: dict[str, str]
    figures: tuple[str, ...]
    columns: tuple[Of, ...]


def distinct(names: Sequence[str], taken: Sequence[str] = (TIME_UTC, TIME_LOCAL)) -> list[str]:
    """The names, those that were there before with a number: `a`, `a 2`. Some programs find columns by name alone."""
    found: list[str] = []
    for name in names:
        free = name
        number = 1
        while free in found or free in taken:
            number += 1
            free = f"{name} {number}"
        found.append(free)
    return found


def send(table: Table, pieces: Iterable[bytes], to: BinaryIO) -> None:
    """Tell all of it. What the pieces raise is raised; then the end is missing."""
    to.write(msgspec.json.encode(table) + b"\n")
    for piece in pieces:
        if piece:
            to.write(_length.pack(len(piece)))
            to.write(piece)
            to.flush()
    to.write(_END)
    to.flush()


def read_table(source: BinaryIO) -> Table:
    return msgspec.json.decode(source.readline(), type=Table)


def read_lines(source: BinaryIO) -> Iterator[bytes]:
    """The pieces without what stands above their first line. Raises EOFError where the end is missing."""
    is_first = True
    while (length := _length.unpack(_exactly(source, _length.size))[0]) > 0:
        piece = _exactly(source, length)
        lines = piece.partition(END_OF_ROW.encode())[2] if is_first else piece
        is_first = False
        if lines:
            yield lines


def _exactly(source: BinaryIO, size: int) -> bytes:
    found = source.read(size)
    if len(found) < size:
        raise EOFError("Only a part was handed over.")
    return found
