"""The bytes of a file → its lines: unpacked, decoded, cut where a line ends."""

from __future__ import annotations

import codecs
import io
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from domain.errors import Invalid

GZIP = b"\x1f\x8b"
MOST_AT_ONCE = 1 << 18
"""Bytes unpacked at a time."""
LONGEST_LINE = 1 << 20
MOST_OF_CHUNK = 8
"""As many times MOST_AT_ONCE, or lines of the longest, are gone through for one chunk."""
MOST_UNPACKED = 1 << 33
"""Of one file: what packs better than readings do would keep everybody else waiting for days."""

EMPTY_WORD = "\0"
"""Stands in a cell for `""`, a word without characters; where nothing is, nothing stands. No text contains it."""

_REPLACED = {"utf-8": "surrogateescape", "windows-1252": "surrogateescape", "utf-16": "replace"}
ENCODINGS = tuple(_REPLACED)
_PYTHON_NAMES = {"utf-8": "utf-8-sig", "windows-1252": "cp1252"}


def unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of a file that may be packed with gzip, one member or several. Raises Invalid where it is damaged."""
    given = iter(pieces)
    first = _first(given)
    if not first.startswith(GZIP):
        yield first
        yield from given
        return
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    size = 0
    try:
        for piece in _led_by(first, given):
            rest = piece
            while rest:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
                found = unpacker.decompress(rest, MOST_AT_ONCE)
                size += len(found)
                if size > MOST_UNPACKED:
                    raise Invalid(f"The file is larger than {MOST_UNPACKED >> 30} GiB unpacked.", hint="Split it.")
                yield found
                rest = unpacker.unconsumed_tail or unpacker.unused_data
    except zlib.error as error:
        raise Invalid("The gzip data is damaged.", hint="Pack the file again, and send the bytes unchanged.") from error
    if not unpacker.eof:
        raise Invalid("The gzip data ends too early.", hint="Send the whole file.")


def lines_of(pieces: Iterable[bytes], encoding: str, separator: str = "") -> Iterator[list[str]]:
    """The lines of a file, with their ends, some at a time. What cannot be decoded becomes half surrogates.

    With a `separator` they are lines of a table: cells of `""` become EMPTY_WORD. Raises Invalid for an endless line.
    """
    kept = ""
    for text in _decoded(unpacked(pieces), encoding):
        kept += text
        end = _last_end(kept, minds_quotes=bool(separator))
        if end:
            yield _cut(kept[:end], separator)
            kept = kept[end:]
        elif len(kept) > LONGEST_LINE:
            raise Invalid("The file has a line of more than a million characters.", hint="Is this a file of readings?")
    if kept:
        yield _cut(kept, separator)


def text_in(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    """The text of a file, some at a time, whatever its lines. What cannot be decoded becomes half surrogates."""
    return _decoded(unpacked(pieces), encoding)


class Lines:
    """The lines of a file one after the other. `is_enough`: so much text was gone through since `begin` that a chunk
    ends here, however few rows it has: long lines would fill the memory."""

    def __init__(self, pieces: Iterable[bytes], encoding: str, separator: str = "") -> None:
        self._until = 0
        self._taken = _Count()  # of its own: a generator that knew this object would keep what it holds for long
        self._each = chain.from_iterable(_counted(lines_of(pieces, encoding, separator), self._taken))

    def __iter__(self) -> Iterator[str]:
        return self._each

    def begin(self) -> None:
        self._until = self._taken.n + MOST_OF_CHUNK

    @property
    def is_enough(self) -> bool:
        return self._taken.n > self._until


@dataclass(slots=True)
class _Count:
    n: int = 0


def _counted(lists: Iterable[list[str]], count: _Count) -> Iterator[list[str]]:
    for lines in lists:
        count.n += 1
        yield lines


def _first(given: Iterator[bytes]) -> bytes:
    """The first piece; where it is too short to say what the file is, with those that follow."""
    first = next(given, b"")
    while len(first) < len(GZIP) and (more := next(given, b"")):
        first += more
    return first


def _led_by(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def _decoded(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    name = _PYTHON_NAMES.get(encoding, encoding)
    decoder = codecs.getincrementaldecoder(name)(_REPLACED[encoding])
    for piece in pieces:
        yield decoder.decode(piece)
    yield decoder.decode(b"", True)


def _last_end(text: str, *, minds_quotes: bool) -> int:
    """Where the last whole line ends; of a table the last whole row, unless that is very far back.

    A file whose lines end in a lone carriage return has no other line ends.
    """
    mark = "\n" if "\n" in text else "\r"
    last = text.rfind(mark, 0, len(text) - (mark == "\r")) + 1
    if not minds_quotes or not last or text.count('"', 0, last) % 2 == 0:
        return last
    end, is_even = last, True  # whether the quotes from the end on are
    while end and is_even:
        before = text.rfind(mark, 0, max(0, text.rfind('"', 0, end))) + 1
        is_even = text.count('"', before, end) % 2 == 0
        end = before
    return end if end or last < LONGEST_LINE else last


def _cut(text: str, separator: str) -> list[str]:
    if separator and '""' in text:
        text = _quoted_cell(separator).sub(_marked, text)
    return list(io.StringIO(text, newline=""))


def _quoted_cell(separator: str) -> re.Pattern[str]:
    return re.compile(rf'(^|{re.escape(separator)})"((?:[^"]|"")*+)"', re.MULTILINE)


def _marked(cell: re.Match[str]) -> str:
    return cell[1] + EMPTY_WORD if not cell[2] else cell[0]
