"""Cells of a table as a file: what keeps a spreadsheet from running a word, and what keeps its edges (RFC 4180).

A word that a spreadsheet would take for a formula is led in by an apostrophe. So is a word that already looks led in:
taking one apostrophe off again is therefore exact.
"""

from __future__ import annotations

from collections.abc import Iterable

FORMULA_STARTS = "=+-@\t\r"
"""What a formula begins with, and what is passed over before one."""
LEAD = "'"
END_OF_ROW = "\r\n"
BYTE_ORDER_MARK = "\ufeff"
"""What a file begins with by which Excel knows UTF-8."""


def guarded(word: str) -> str:
    """The word as it may stand in a cell: nothing in it is run."""
    return LEAD + word if _is_dangerous(word) else word


def unguarded(cell: str) -> str:
    """The word that `guarded` wrote."""
    return cell[1:] if cell.startswith(LEAD) and _is_dangerous(cell) else cell


def quoted(cell: str, separator: str) -> str:
    """The cell in quotation marks where it needs them; an empty word has them, where nothing is has none."""
    if cell and not any(mark in cell for mark in (separator, '"', "\r", "\n")):
        return cell
    return '"' + cell.replace('"', '""') + '"'


def worded(word: str, separator: str) -> str:
    """A word as a cell, guarded and quoted where it needs it; an empty word is an empty cell."""
    return quoted(guarded(word), separator) if word else ""


def row(words: Iterable[str], separator: str) -> str:
    """A row of such cells, with its end."""
    return separator.join(worded(word, separator) for word in words) + END_OF_ROW


def _is_dangerous(word: str) -> bool:
    return word.lstrip(LEAD)[:1] in tuple(FORMULA_STARTS)
