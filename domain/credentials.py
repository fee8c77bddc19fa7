"""Where a request carries its key: every place a board or a program can put one."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable

from domain.errors import Forbidden
from domain.tokens import is_token


def key_in_headers(x_api_key: str, authorization: str) -> str | None:
    """The key in X-API-Key, or in Authorization as Bearer or as a Basic password; blanks around it do not count."""
    found = x_api_key.strip() or _after(authorization, "bearer") or _basic_password(authorization).strip()
    return found or None


def key_in_fields(fields: Iterable[tuple[str, str]]) -> str | None:
    """The key in the parameter or form field `api_key`."""
    return dict(fields).get("api_key", "").strip() or None


def open_key_in_fields(fields: Iterable[tuple[str, str]]) -> str | None:
    """As `key_in_fields`, for what may be read over a shoulder or in a log. Raises Forbidden for a personal token."""
    found = key_in_fields(fields)
    if found and is_token(found):
        raise Forbidden(
            "A personal token is never written into an address or a form.",
            hint="Send it in the header: Authorization: Bearer lfp_… Revoke this one, for others may have seen it.",
        )
    return found


def _after(header: str, scheme: str) -> str:
    """The rest of an Authorization header of this scheme, or nothing."""
    found, _, rest = header.strip().partition(" ")
    return rest.strip() if found.lower() == scheme else ""


def _basic_password(header: str) -> str:
    packed = _after(header, "basic")
    try:
        return b64decode(packed, validate=True).decode().partition(":")[2] if packed else ""
    except ValueError:  # neither base64 nor text
        return ""
