"""Texts as each language writes them between its quotes."""

from __future__ import annotations

import json

PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _.-:/")


def python_string(text: str) -> str:
    """In double quotes, for Python and its relatives. The text is printable, so JSON's escapes are Python's."""
    return json.dumps(text, ensure_ascii=False)


def c_string(text: str) -> str:
    """In double quotes, for C and C++, of a text in ASCII."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def c_octal_string(text: str) -> str:
    """The same for places where more than the compiler reads along: all but plain characters in octal, as UTF-8."""
    written = (each if each in PLAIN else "".join(f"\\{byte:03o}" for byte in each.encode()) for each in text)
    return '"' + "".join(written) + '"'


def matlab_string(text: str) -> str:
    """In single quotes, for MATLAB and Octave."""
    return "'" + text.replace("'", "''") + "'"


def json_string(text: str) -> str:
    """In ASCII, so that no program counts letters where it should count bytes."""
    return json.dumps(text)
