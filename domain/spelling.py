"""Numbers and texts as they are written: what counts as a number, and which texts can be stored."""

from __future__ import annotations

import re

MOST_TEXT_CHARS = 1000
"""Longest word or status text. A reading is a state or a remark, not a document."""

MOST_NUMBER_CHARS = 400
"""Longest spelling of a number; the largest double written out has 309 digits."""

EXACT_WHOLE = 10**15
"""Whole numbers below this are exact in a double, and are written out in full."""

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII).fullmatch


def number_from(text: str) -> float | None:
    """The number a text spells in plain decimal notation, blanks around it allowed; None when it spells none.

    NaN, Infinity, hexadecimal, underscores and decimal commas spell none. Infinite when it is beyond a double.
    """
    text = text.strip()
    return float(text) if len(text) <= MOST_NUMBER_CHARS and _NUMBER(text) else None


def spelled(value: float) -> str:
    """The one usual spelling of a stored number: `21`, `21.4`, `1e+22`; the shortest that reads back the same."""
    if value.is_integer() and abs(value) < EXACT_WHOLE:
        return str(int(value))
    return repr(value)


def fault_in_text(text: str) -> str | None:
    """Why a text cannot be stored, worded to follow "the text "; None when it can.

    The same on every engine: PostgreSQL takes no NUL, and neither engine takes half a surrogate pair.
    """
    if len(text) > MOST_TEXT_CHARS:
        return f"is {len(text)} characters long; at most {MOST_TEXT_CHARS} are stored"
    if "\0" in text:
        return "contains a NUL character"
    return None if text.isascii() or _is_unicode(text) else "contains half of a surrogate pair"


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
