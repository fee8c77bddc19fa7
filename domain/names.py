"""What a feed may be called.

A name stands in addresses, topics, column headings and queries, so it must mean the same in all of them.
"""

from __future__ import annotations

import unicodedata

MOST_NAME_CHARS = 64

RESERVED = frozenset({"at", "age_ms", "values", "api_key", "key"})
"""Members of a message that are not feeds."""

SEPARATORS = "/#+,"
"""`/` parts addresses, `#` and `+` are MQTT wildcards, `,` parts the feeds of a query."""


def normal(name: str) -> str:
    """The name in Unicode's composed form (NFC): one feed, whether a keyboard sends é in one piece or in two.

    A name far too long stays as it is: composing takes time that grows with the square of the accents in a row.
    """
    return name if name.isascii() or len(name) > 4 * MOST_NAME_CHARS else unicodedata.normalize("NFC", name)


def fault_in(name: str) -> str | None:
    """What makes a name unfit for a feed, worded to follow "the name "; None when it is fit.

    Fit is: 1 to 64 printable characters in normal form, no blank at either end, no separator, not a reserved word,
    not only dots.
    """
    if not name:
        return "is empty"
    if len(name) > MOST_NAME_CHARS:
        return f"is longer than {MOST_NAME_CHARS} characters"
    if not name.isprintable():
        return "contains an invisible character"
    if name != name.strip():
        return "begins or ends with a blank"
    return _fault_in_meaning(name)


def _fault_in_meaning(name: str) -> str | None:
    separator = next((mark for mark in SEPARATORS if mark in name), None)
    if separator is not None:
        return f"contains {separator}"
    if name.casefold() in RESERVED:
        return "has a meaning of its own in a message"
    if not name.strip("."):
        return "is only dots"
    return None if name == normal(name) else "is not in Unicode's composed form (NFC)"
