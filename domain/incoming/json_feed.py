"""A JSON feed read piece by piece: `{"channel": {…}, "feeds": [{…}, …]}`, however it is laid out.

Numbers stay as they are written: `21.50` is the text 21.50.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from domain.errors import Invalid
from domain.incoming.texts import LONGEST_LINE

CHANNEL, FEEDS = "channel", "feeds"
HINT = 'It begins with {"channel": … and has the entries in "feeds".'

_decode = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str).raw_decode
_BLANKS = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Item:
    """What stands in the list of entries, and the line in which it begins, from 1."""

    line: int
    value: Any


class JsonFeed:
    """Such a feed. `channel`: what it says of the channel, as far as it was read. Its items are read by going over it.

    Raises Invalid, with the line, for what is no such file.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self.channel: dict[str, Any] = {}
        self._text = _Text(texts)

    def __iter__(self) -> Iterator[Item]:
        text, has_feeds = self._text, False
        text.expect("{")
        while text.goes_on("}"):
            name = text.value()
            text.expect(":")
            if name == FEEDS:
                has_feeds = True
                yield from self._items()
                continue
            value = text.value()
            if name == CHANNEL and isinstance(value, dict):
                self.channel = value
        text.expect_end()
        if not has_feeds:
            raise Invalid("The file has no feeds: it is not the feed of a channel.", hint=HINT)

    def _items(self) -> Iterator[Item]:
        text = self._text
        text.expect("[")
        while text.goes_on("]"):
            line = text.line
            yield Item(line, text.value())


class _Text:
    """The text of a JSON document, of which no more is held than the value in hand and the piece it stands in."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = iter(texts)
        self._held = ""
        self._at = 0
        self._counted = 0
        self._line = 1
        self._is_first = True
        """Whether nothing of the list or object that was just opened was read."""

    @property
    def line(self) -> int:
        """The line of what is read next, from 1."""
        self._line += self._held.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def expect(self, mark: str) -> None:
        """Pass over this mark. Raises Invalid where another one stands."""
        if self._next() != mark:
            raise self._fault(f"there should be {mark} here")
        self._at += 1
        self._is_first = True

    def goes_on(self, end: str) -> bool:
        """Whether the list or object that is closed so has another member, which is read next."""
        found, is_first = self._next(), self._is_first
        self._is_first = False
        if found == end:
            self._at += 1
            return False
        if not found:
            raise self._fault("the file ends too early")
        if not is_first:
            if found != ",":
                raise self._fault(f"there should be , or {end} here")
            self._at += 1
        return True

    def expect_end(self) -> None:
        if self._next():
            raise self._fault("something follows the end")

    def value(self) -> Any:
        """The value that stands here. Raises Invalid for what is none, and for one of more than a million characters.

        One that reaches to the end of what is held may go on behind it.
        """
        self._next()
        while True:
            try:
                found, end = _decode(self._held, self._at)
            except (ValueError, RecursionError):
                if len(self._held) - self._at > LONGEST_LINE or not self._more():
                    raise self._fault("this is not JSON, or it is cut short") from None
                continue
            if end == len(self._held) and self._more():
                continue
            self._at = end
            self._is_first = False
            return found

    def _next(self) -> str:
        """The next mark that is no blank; nothing at the end."""
        while True:
            while self._at < len(self._held):
                if self._held[self._at] not in _BLANKS:
                    return self._held[self._at]
                self._at += 1
            if not self._more():
                return ""

    def _more(self) -> bool:
        """Hold another piece, and no longer what was read; False at the end."""
        piece = next(self._texts, None)
        if piece is None:
            return False
        _ = self.line
        self._held = self._held[self._at :] + piece
        self._at = self._counted = 0
        return True

    def _fault(self, what: str) -> Invalid:
        return Invalid(f"Line {self.line}: {what}.", hint="Take the feed from ThingSpeak once more, and keep it whole.")
