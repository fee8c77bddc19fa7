"""Queues of commands for boards, as ThingSpeak's TalkBack: what waits, and what was handed out."""

from __future__ import annotations

from dataclasses import dataclass

from domain.channels import Channel
from domain.errors import Invalid

MOST_COMMANDS = 8000
"""Commands that wait in one queue."""

MOST_CHARS = 255
"""Of a command."""

KEPT = 100
"""Commands that a queue keeps after they were handed out, the newest."""

TO_READ = "Write what the board shall read, such as TURN_ON."


@dataclass(frozen=True, slots=True)
class Command:
    """One command: `position` counts from 1, the next to be handed out; None once it was, at `executed_at`.

    `added_by` is empty where a program added it, or who did is gone.
    """

    id: int
    text: str
    added_at: int
    position: int | None
    executed_at: int | None = None
    added_by: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue as its key finds it. `is_logged`: what is handed out is written into the channel, as a status."""

    id: int
    channel: Channel
    is_logged: bool


def text_from(written: str | None) -> str:
    """A command as it is kept, without the blanks around it. Raises Invalid for none, and for one that is too long."""
    text = (written or "").replace("\x00", "").strip()
    if not text:
        raise Invalid("The command is empty.", hint=TO_READ)
    if len(text) > MOST_CHARS:
        raise Invalid(f"The command has more than {MOST_CHARS} characters.", hint="Send a shorter one.")
    return text


def position_from(written: str | None) -> int | None:
    """A place in the queue, from 1 on; None (the end) where none is given. Raises Invalid."""
    digits = (written or "").strip()
    if not digits:
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10 and int(digits)):
        raise Invalid(f"{digits[:20]} is no position.", hint="Positions are whole numbers; 1 is handed out next.")
    return int(digits)
