"""Rosters on their way through the page: uploaded, kept in the browser while somebody decides, applied."""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import Any

import context
from domain.errors import Invalid
from domain.keys import new_key
from domain.roster_files import EXAMPLE, Parsed, parse, write
from models import rosters
from models.rosters import Applied, Preview

EXAMPLE_DOMAIN = "example.edu"
"""Of the addresses in the example, where the college has none."""


def content_of(contents: str) -> bytes:
    """The bytes of an uploaded file: a data URL. Raises Invalid for anything else."""
    try:
        return base64.b64decode(contents.partition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("The file could not be read.", hint="Upload it again.") from None


def apply_kept(course_id: int, kept: dict[str, Any]) -> Applied:
    """Apply what was shown: the rows come back from the browser, so they are checked once more.

    Raises Outdated where the roster changed meanwhile, Invalid, Forbidden, NotFound.
    """
    read = parse(str(kept["csv"]).encode(), context.college())
    if read.faults or kept["course"] != course_id:
        raise Invalid("This is not what was shown.", hint="Upload the file again.")
    return context.store().tell(
        rosters.apply, context.actor(), context.vault(), _a_key, course_id, read.rows, str(kept["expected"])
    )


def kept(course_id: int, read: Parsed, shown: Preview) -> dict[str, Any]:
    """What the browser keeps of a file that was shown."""
    return {"course": course_id, "csv": write(read.rows).decode(), "expected": shown.fingerprint}


def example() -> str:
    """The example file, with addresses of this college."""
    return EXAMPLE.format(domain=min(context.college().domains, default=EXAMPLE_DOMAIN))


def _a_key() -> str:
    return new_key(secrets.choice)
