"""What somebody is called where programs name people: by number, since names and addresses are not for everybody."""

from __future__ import annotations

import re

_login = re.compile(r"user([1-9][0-9]{0,8})", re.ASCII).fullmatch


def login_of(person_id: int) -> str:
    return f"user{person_id}"


def person_id_in(login: str) -> int | None:
    """Whose login this is; None for what is no login."""
    found = _login(login)
    return int(found[1]) if found else None
