"""Where somebody goes after signing in: back to the page they came from, which is always one of ours."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

HOME = "/"
MOST_CHARS = 2000
MOST_UNQUOTINGS = 5
"""How often something may be quoted over; more than this is no address of ours."""

_VISIBLE = re.compile(r"[!-~]+")
_NEVER_AFTER_SIGNING_IN = ("/sign-in", "/sign-out")


def safe(written: str | None) -> str:
    """The address if it is a path on this server, however often it is unquoted; else the wall's.

    Browsers read more as an address of another host than the standard does (`/\\host`, `//host`, a tab in between), so
    only what can be nothing but a path is let through.
    """
    if not written or len(written) > MOST_CHARS or not _VISIBLE.fullmatch(written):
        return HOME
    read = written
    for _ in range(MOST_UNQUOTINGS):
        if not _is_path(read):
            return HOME
        read, before = unquote(read), read
        if read == before:
            return HOME if written.startswith(_NEVER_AFTER_SIGNING_IN) else written
    return HOME


def _is_path(read: str) -> bool:
    if not read.startswith("/") or not read.isprintable() or "\\" in read:
        return False
    try:
        parts = urlsplit(read)
    except ValueError:
        return False
    places = parts.path.split("/")[1:]
    is_of_another = bool(parts.scheme or parts.netloc) or parts.path != read[: len(parts.path)]
    return not is_of_another and not any(place in (".", "..") for place in places) and "" not in places[:-1]
