"""The rows of a file from ThingSpeak, as it exports a channel (CSV) or shows its feed (JSON): texts, not judged yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from domain.errors import Invalid
from domain.imports import Fault
from domain.incoming.beginnings import HEAD_BYTES, beginning_of, encoding_of
from domain.incoming.guessing import SEPARATED_BY
from domain.incoming.json_feed import Item, JsonFeed
from domain.incoming.records import Records
from domain.incoming.texts import EMPTY_WORD, text_in

MOST_FIELDS = 8
NUMBERS = {f"field{number}": number for number in range(1, MOST_FIELDS + 1)}
TIME, ENTRY, STATUS = "created_at", "entry_id", "status"
PLACE = ("latitude", "longitude", "elevation")
KNOWN = frozenset({TIME, ENTRY, STATUS, *PLACE, *NUMBERS})

AT_ONCE = 1_000
"""Rows that are read by one step."""
LOOKED_AT = 1 << 14
"""Bytes from which it is told what the file is."""
WHAT_IT_IS = "Take the file from the channel's page at ThingSpeak, Data Import / Export, or save its /feeds.json."


class FeedRow(NamedTuple):
    """One row: its line, from 1, its number among the rows where lines say nothing, else 0; and its texts.

    `values` by the number of the field; what is not there was null. `place`: latitude, longitude, elevation.
    """

    line: int
    number: int
    created_at: str
    entry_id: str
    values: dict[int, str]
    status: str
    place: tuple[str, str, str]

    def fault(self, what: str, column: str = "") -> Fault:
        where = ", ".join(filter(None, (f"entry {self.number}" if self.number else "", column)))
        return Fault(self.line, what, where)


Read: TypeAlias = FeedRow | Fault


class Csv:
    """An export. `labels`: none, for it has none; `columns`: the fields it has; `others`: columns that are no field's.

    Raises Invalid where its heading is not that of one.
    """

    channel: dict[str, Any] = {}  # noqa: RUF012 - nothing is ever put into it

    def __init__(self, pieces: Iterable[bytes], encoding: str, separator: str) -> None:
        self._records = Records(pieces, encoding, separator)
        rows, _, faults = self._records.next(1)
        self._names = [name.strip().lower() for name in rows[0]] if rows and not faults else []
        if TIME not in self._names or len(set(self._names)) < len(self._names):
            raise Invalid("The file has no heading with created_at, entry_id, field1 and so on.", hint=WHAT_IT_IS)
        self.others = [name for name in self._names if name not in KNOWN]

    def next(self) -> list[Read] | None:
        """Some rows, in the order of the file; None at the end."""
        rows, lines, faults = self._records.next(AT_ONCE)
        if not rows and not faults:
            return None
        read = [self._row(row, line) for row, line in zip(rows, lines, strict=True) if any(row)]
        return [*read, *faults]

    def _row(self, row: Sequence[str], line: int) -> Read:
        names = self._names
        if len(row) < len(names) or any(row[len(names) :]):
            return Fault(line, f"the row has {len(row)} cells, the heading has {len(names)}")
        cells = {name: cell for name, cell in zip(names, row, strict=False) if cell}
        values = {NUMBERS[name]: cell.strip(EMPTY_WORD) for name, cell in cells.items() if name in NUMBERS}
        texts = {name: cell.strip(EMPTY_WORD) for name, cell in cells.items()}
        return _row_of(line, 0, texts, values)


class Json:
    """A feed. `channel`: what it says of the channel, once all of it was read."""

    def __init__(self, pieces: Iterable[bytes], encoding: str) -> None:
        self._feed = JsonFeed(text_in(pieces, encoding))
        self._items = iter(self._feed)
        self._number = 0
        self.others: list[str] = []

    @property
    def channel(self) -> dict[str, Any]:
        return self._feed.channel

    def next(self) -> list[Read] | None:
        """Some rows, in the order of the file; None at the end. Raises Invalid where it cannot be read on."""
        found: list[Read] = []
        for item in self._items:
            self._number += 1
            found.append(self._row(item))
            if len(found) == AT_ONCE:
                break
        return found or None

    def _row(self, item: Item) -> Read:
        where = f"entry {self._number}"
        if not isinstance(item.value, dict):
            return Fault(item.line, "this is no object", where)
        texts = {}
        for name, value in item.value.items():
            if value is None or name not in KNOWN:
                continue
            if isinstance(value, bool):
                value = str(value).lower()
            if not isinstance(value, str):
                return Fault(item.line, "a list or an object is no value", f"{where}, {name}")
            texts[name] = value
        values = {NUMBERS[name]: text for name, text in texts.items() if name in NUMBERS}
        return _row_of(item.line, self._number, texts, values)


def opened(pieces: Iterable[bytes]) -> Csv | Json:
    """A file that comes in these pieces. Raises Invalid for what is neither of the two."""
    given = iter(pieces)
    head = b""
    for piece in given:
        head += piece
        if len(head) >= HEAD_BYTES:
            break
    beginning = beginning_of(head)
    encoding = encoding_of(beginning.body)
    text = "".join(text_in([beginning.body[:LOOKED_AT]], encoding))
    whole = chain([head], given)
    start = text.lstrip("\ufeff \r\n\t")[:1]
    if start == "{":
        return Json(whole, encoding)
    if start in ("<", "["):
        said = "XML" if start == "<" else "a list in JSON"
        raise Invalid(f"The file is {said}; a channel's feed is read as JSON or CSV.", hint=WHAT_IT_IS)
    return Csv(whole, encoding, _separator(text))


def _separator(text: str) -> str:
    """What parts the columns: a spreadsheet may have saved the export anew."""
    first = text.lstrip("\ufeff").partition("\n")[0]
    return max(SEPARATED_BY, key=first.count)


def _row_of(line: int, number: int, texts: dict[str, str], values: dict[int, str]) -> FeedRow:
    def text(name: str) -> str:
        return texts.get(name, "")

    place = (text("latitude"), text("longitude"), text("elevation"))
    return FeedRow(line, number, text(TIME), text(ENTRY), values, text(STATUS), place)
