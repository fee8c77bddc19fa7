"""One guard before every request: an address nobody has declared open does not exist, a closed page asks to sign in."""

from __future__ import annotations

from collections.abc import Callable, Collection
from urllib.parse import quote

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue

import context
from domain.errors import NotFound

SIGN_IN = "/sign-in"


def register(
    app: Flask, open_endpoints: Collection[str], is_closed: Callable[[str], bool] = lambda pathname: False
) -> None:
    """Refuse every request whose endpoint is not named in `open_endpoints`.

    Open means that the view itself decides: by a key, or by what this viewer may see. `is_closed(pathname)` tells of
    pages that are for those alone who are signed in; visitors are led to the sign-in page and come back from there.
    """
    allowed = frozenset(open_endpoints)

    @app.before_request
    def refuse_what_is_not_open() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        if request.endpoint not in allowed:
            raise NotFound
        if is_closed(request.path) and context.visitor_or_person() is None:
            return _lead_to_sign_in()
        return None


def _lead_to_sign_in() -> ResponseReturnValue:
    answer = redirect(f"{SIGN_IN}?next={quote(request.full_path.rstrip('?'), safe='/')}")
    answer.headers["Cache-Control"] = "no-store"
    return answer
