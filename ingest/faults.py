"""How a complaint about a message is worded, so that it reads well on a serial monitor.

Rows are counted from 1 in sentences, as people count, and from 0 in pointers, as RFC 6901 does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from domain.errors import Complaint, Invalid

MOST_QUOTED_CHARS = 40
MOST_POINTED_CHARS = 200


class Fault(NamedTuple):
    """What is wrong with one value, before it is known where the value stands."""

    what: str
    hint: str | None = None
    code: str = "invalid"

    def at(self, subject: str, *, row: int | None, pointer: str) -> Complaint:
        """The complaint about `subject` (`feed "door"`, `"at"`, or nothing) in `row`, or in a message without rows."""
        return Complaint(pointer, _sentence(_place(subject, row), self.what), self.hint, self.code)


def refusal(complaints: Sequence[Complaint]) -> Invalid:
    """All complaints as one refusal, led by the first."""
    first, others = complaints[0], len(complaints) - 1
    detail = f"{first.detail} And {others} more." if others else first.detail
    return Invalid(detail, hint=first.hint, pointer=first.pointer, complaints=complaints)


def pointer_to(template: str, row: int, name: str) -> str:
    """An item's pointer with the row and the name filled in; a name of absurd length is left out."""
    tail = _escaped(name) if len(name) <= MOST_POINTED_CHARS else ""
    pointer = template.replace("{row}", str(row))
    return pointer.replace("{feed}", tail) if tail else pointer.removesuffix("/{feed}")


def member_pointer(row: int | None, *names: str) -> str:
    """The pointer to a member of the message, or of its `row`."""
    steps = names if row is None else (str(row), *names)
    return "".join(f"/{_escaped(step)}" for step in steps if len(step) <= MOST_POINTED_CHARS)


def quoted(text: str) -> str:
    """A text in quotes, shortened, with every invisible character written as its escape."""
    short = text if len(text) <= MOST_QUOTED_CHARS else text[: MOST_QUOTED_CHARS - 1] + "…"
    if not short.isprintable():
        short = "".join(sign if sign.isprintable() else _escape(sign) for sign in short)
    return f'"{short}"'


def _place(subject: str, row: int | None) -> str:
    if row is None:
        return subject
    return f"row {row + 1}, {subject}" if subject else f"row {row + 1}"


def _sentence(place: str, what: str) -> str:
    said = f"{place}: {what}." if place else f"{what}."
    return said[0].upper() + said[1:]


def _escape(sign: str) -> str:
    return sign.encode("ascii", "backslashreplace").decode() if ord(sign) > 0x7F else f"\\x{ord(sign):02x}"


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1").encode("utf-8", "backslashreplace").decode()
