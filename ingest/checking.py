"""A message's values against its channel's feeds: what may be stored, and what is wrong with the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite
from typing import Any

from domain.errors import Complaint
from domain.names import MOST_NAME_CHARS, fault_in, normal
from domain.readings import Feed, Item, Kind, NewEntry, NewReading
from domain.spelling import EXACT_WHOLE, fault_in_text, number_from, spelled
from ingest.faults import Fault, pointer_to, quoted, refusal

MOST_GUESSES = 10
"""For how many unknown names of one message the feed that was meant is looked for: each costs a comparison with all."""

MOST_LISTED = 16
"""How many of a channel's feeds a complaint about an unknown one lists."""

NO_VALUE = "Leave the feed out when there is no value."
NUMBERS_ONLY = "This feed holds numbers; words need a feed of their own."
ONE_VALUE = 'A reading is one number or one text: give each part a feed of its own, as in {"x": 1, "y": 2}.'
NO_BOOLEANS = 'Send 1 or 0 to a feed of numbers, "on" or "off" to a feed of texts.'
ADD_THE_FEED = "New feeds are made on the channel's page only."
NUMBER_ALONE = "Send the number alone; the unit belongs to the feed."

_NOT_A_NUMBER = Fault("NaN is not a reading", NO_VALUE, "not-finite")
_TOO_GREAT = Fault("the number is too great to be stored", "The greatest is 1.8e308.", "not-finite")

_no_number = re.compile(r"[+-]?(nan|inf|infinity|1\.#\w+)(\(\w*\))?", re.IGNORECASE | re.ASCII).fullmatch
_decimal_comma = re.compile(r"[+-]?\d+,\d+", re.ASCII).fullmatch
_with_unit = re.compile(r"[+-]?\d+(\.\d+)?\s*[^\d\s.,:/_eE+-][^\d]*", re.ASCII).fullmatch

# A NamedTuple's own constructor costs twice as much, and this is paid for every reading.
_tuple = tuple.__new__


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a message: the good entries, the feeds they make, and the complaints about the others.

    An item with one bad value is left out whole. Complaints are in the order of the message.
    """

    entries: list[NewEntry]
    new_feeds: dict[str, Kind]
    complaints: tuple[Complaint, ...]

    def refuse(self) -> None:
        """Raise Invalid when anything was complained of; do nothing when all is good."""
        if self.complaints:
            raise refusal(self.complaints)


def check(
    items: Sequence[Item],
    feeds: Mapping[str, Feed],
    *,
    accepts_new: bool,
    feed_limit: int,
    keeps_the_rest: bool = False,
) -> Checked:
    """Check every value of every item against the kind of its feed.

    `feeds` are the channel's by name. A name among none of them makes a new feed where the channel `accepts_new`, up to
    `feed_limit` feeds in all: a feed of numbers if its first value is a number or spells one, else of texts. With
    `keeps_the_rest` the good values of an item are kept where others are bad.
    """
    book = _Book(feeds, accepts_new, feed_limit)
    plain = book.plain
    entries: list[NewEntry] = []
    for row, item in enumerate(items):
        values, at, status, position, _, faults = item
        readings = []
        for name, value in values.items():
            if type(value) is float and name in plain and isfinite(value):
                readings.append(_tuple(NewReading, (name, value, None)))
            elif type(value) is int and name in plain and -EXACT_WHOLE < value < EXACT_WHOLE:
                readings.append(_tuple(NewReading, (name, float(value), None)))
            elif (reading := book.reading(row, item, name, value)) is not None:
                readings.append(reading)
        if faults or (len(readings) < len(values) and not keeps_the_rest):
            book.leave_out(faults)
        else:
            entries.append(_tuple(NewEntry, (at, readings, status, position)))
            if book.pending:
                book.keep()
    return Checked(entries, book.new_feeds, tuple(book.complaints))


class _Book:
    """What is known of a message's feeds while its rows are read one after the other.

    `plain` are the feeds that take numbers, met so far; `pending` are the new feeds of the row that is being read.
    """

    def __init__(self, feeds: Mapping[str, Feed], accepts_new: bool, feed_limit: int) -> None:
        self.plain: set[str] = set()
        self.new_feeds: dict[str, Kind] = {}
        self.pending: dict[str, Kind] = {}
        self.complaints: list[Complaint] = []
        self._feeds = feeds
        self._accepts_new = accepts_new
        self._feed_limit = feed_limit
        self._strangers: dict[str, Fault] = {}
        self._known = ""

    def reading(self, row: int, item: Item, name: str, value: Any) -> NewReading | None:
        """The reading of one value; None after noting what is wrong with it."""
        made = self._made(item, name, value)
        if not isinstance(made, Fault):
            return made
        has_rows = "{row}" in item.pointer
        pointer = pointer_to(item.pointer, row, name)
        self.complaints.append(made.at(f"feed {quoted(name)}", row=row if has_rows else None, pointer=pointer))
        return None

    def keep(self) -> None:
        """The row is good: its new feeds are made."""
        self.new_feeds |= self.pending
        self.pending.clear()

    def leave_out(self, faults: Sequence[Complaint]) -> None:
        """The row is not stored, and makes no feed."""
        self.complaints.extend(faults)
        self.pending.clear()

    def _made(self, item: Item, name: str, value: Any) -> NewReading | Fault:
        feed = self._feeds.get(name)
        if feed is not None:
            if feed.kind is not Kind.TEXT:
                self.plain.add(name)
            return _AS[feed.kind](name, value)
        composed = normal(name)
        if composed == name:
            return self._of_new_feed(name, value)
        if composed in item.values:
            return Fault("the same name is there twice, in two spellings of Unicode", "Use the composed form (NFC).")
        return self._made(item, composed, value)

    def _of_new_feed(self, name: str, value: Any) -> NewReading | Fault:
        kind = kind_of(value)
        if not isinstance(kind, Kind):
            return kind if self._accepts_new else self._stranger(name)
        known = self.new_feeds.get(name) or self.pending.get(name)
        if known is None:
            fault = self._fault_in_new(name)
            if fault is not None:
                return fault
            self.pending[name] = kind
        elif known is not kind:
            return _torn(known)
        return _AS[kind](name, value)

    def _fault_in_new(self, name: str) -> Fault | None:
        if not self._accepts_new:
            return self._stranger(name)
        fault = fault_in(name)
        if fault is not None:
            return Fault(f"the name {fault}", "Name it otherwise: 1 to 64 letters, digits, blanks or _ - .", "bad-name")
        if len(self._feeds) + len(self.new_feeds) + len(self.pending) >= self._feed_limit:
            return Fault(
                f"a channel has at most {self._feed_limit} feeds",
                "Send to the feeds there are; a name must not contain a changing number.",
                "too-many-feeds",
            )
        return None

    def _stranger(self, name: str) -> Fault:
        """The complaint about a feed that the channel does not have."""
        fault = self._strangers.get(name)
        if fault is None:
            self._known = self._known or _listed(self._feeds)
            hint = _guess(name, self._feeds) if len(self._strangers) < MOST_GUESSES else ADD_THE_FEED
            fault = Fault(f"there is no such feed; this channel has {self._known}", hint, "unknown-feed")
            if len(self._strangers) < MOST_GUESSES:
                self._strangers[name] = fault
        return fault


def kind_of(value: Any) -> Kind | Fault:
    """The kind of feed that a first value makes, or why it makes none."""
    if isinstance(value, str):
        if number_from(value) is not None:
            return Kind.NUMBER
        if not value.strip():
            return Fault("an empty text does not show whether this new feed holds numbers or texts", NO_VALUE)
        return _NOT_A_NUMBER if _no_number(value.strip()) else Kind.TEXT
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Kind.NUMBER
    return _no_reading(value)


def _number(name: str, value: Any) -> NewReading | Fault:
    """A reading for a feed of numbers. A spelling, or a whole number, that a double would not give back is kept."""
    if isinstance(value, str):
        return _spelled_number(name, value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return _no_reading(value)
    try:
        number = float(value)
    except OverflowError:
        return _TOO_GREAT
    if not isfinite(number):
        return _NOT_A_NUMBER if number != number else _TOO_GREAT
    return NewReading(name, number, None if number == value else str(value))


def _spelled_number(name: str, text: str) -> NewReading | Fault:
    number = number_from(text)
    if number is None:
        return _no_spelling(text)
    if not isfinite(number):
        return _TOO_GREAT
    spelling = text.strip()
    return NewReading(name, number, None if spelling == spelled(number) else spelling)


def _text(name: str, value: Any) -> NewReading | Fault:
    """A reading for a feed of texts; a number is stored as JSON spells it."""
    if isinstance(value, str):
        fault = fault_in_text(value)
        return NewReading(name, None, value) if fault is None else Fault(f"the text {fault}", code="bad-text")
    as_number = _number(name, value)
    return as_number if isinstance(as_number, Fault) else NewReading(name, None, repr(value))


def _number_or_text(name: str, value: Any) -> NewReading | Fault:
    """A reading for a feed that takes both: a number where it is one or spells one, else a text."""
    if not isinstance(value, str) or number_from(value) is not None:
        return _number(name, value)
    return _NOT_A_NUMBER if _no_number(value.strip()) else _text(name, value)


_AS: dict[Kind, Callable[[str, Any], NewReading | Fault]] = {
    Kind.NUMBER: _number,
    Kind.TEXT: _text,
    Kind.MIXED: _number_or_text,
}
"""How a value is read for a feed of each kind."""


def _no_spelling(text: str) -> Fault:
    """Why a text is not a number, with the cure for the usual reasons."""
    bare = text.strip()
    if not bare:
        return Fault("an empty text is not a number", NO_VALUE, "not-a-number")
    if _no_number(bare):
        return Fault(f"{quoted(bare)} is not a reading", NO_VALUE, "not-finite")
    if _decimal_comma(bare):
        return Fault(f"{quoted(bare)} is not a number", f"Write a point: {bare.replace(',', '.')[:40]}", "not-a-number")
    hint = NUMBER_ALONE if _with_unit(bare) else NUMBERS_ONLY
    return Fault(f"{quoted(bare)} is not a number", hint, "not-a-number")


def _no_reading(value: Any) -> Fault:
    if value is None:
        return Fault("a null is not a reading", NO_VALUE, "null")
    if isinstance(value, bool):
        return Fault(f"{str(value).lower()} is neither a number nor a text", NO_BOOLEANS, "boolean")
    what = "a list" if isinstance(value, (list, tuple)) else "an object"
    return Fault(f"{what} is not a reading", ONE_VALUE, "not-a-value")


def _torn(known: Kind) -> Fault:
    first, then = ("a number", "a text") if known is Kind.NUMBER else ("a text", "a number")
    return Fault(
        f"the message gives this new feed {first} first and {then} here",
        "Send one kind only, or make the feed on the channel's page first.",
        "mixed-kinds",
    )


def _listed(feeds: Mapping[str, Feed]) -> str:
    names = sorted(feeds)
    if not names:
        return "no feed yet"
    left_out = len(names) - MOST_LISTED
    return ", ".join(names[:MOST_LISTED]) + (f" and {left_out} more" if left_out > 0 else "")


def _guess(name: str, feeds: Mapping[str, Feed]) -> str:
    meant = get_close_matches(name[:MOST_NAME_CHARS], feeds, n=1)
    return f'Did you mean "{meant[0]}"?' if meant else ADD_THE_FEED
