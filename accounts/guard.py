"""One guard before every request: an address nobody has declared open does not exist."""

from __future__ import annotations

from collections.abc import Collection

from flask import Flask, request

from domain.errors import NotFound


def register(app: Flask, open_endpoints: Collection[str]) -> None:
    """Refuse every request whose endpoint is not named in `open_endpoints`.

    Open means that the view itself decides: by a key, or by what a visitor may see.
    """
    allowed = frozenset(open_endpoints)

    @app.before_request
    def refuse_what_is_not_open() -> None:
        if request.endpoint is not None and request.endpoint not in allowed:
            raise NotFound
