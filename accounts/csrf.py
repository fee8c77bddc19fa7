"""Nobody else's page acts for somebody: what a browser's cookie allows to change needs our own page besides.

Two proofs, both needed (ASVS 5, 3.5.1): the request names our origin, which no other page can make a browser say; and
it repeats a token that stands in a cookie and is bound to the session. Dash's renderer copies the token from the cookie
into a header at each callback; a form carries it in a field.

A request that carries none of our cookies acts for nobody, so there the origin is enough: a chart in another site's
frame (`/embed/…`) gets no cookies from browsers, and could keep no token.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import TypeAlias

from flask import Flask, Response, current_app, g, request

from accounts import sessions
from domain.errors import ForeignPage
from models.sessions import ABSOLUTE

COOKIE = "_csrf_token"
SECURE_COOKIE = "__Host-csrf_token"
HEADER = "X-CSRFToken"
FIELD = "_csrf_token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

IsOwn: TypeAlias = Callable[[str | None], bool]
"""Whether an Origin header names this server's own pages."""


def register(app: Flask, exempt: Collection[str], is_own: IsOwn) -> None:
    """Refuse every unsafe request that does not come from a page of ours.

    The endpoints in `exempt` go by a key that the sender adds, never by a cookie: no browser can be tricked there.
    """
    keyed = frozenset(exempt)

    @app.before_request
    def refuse_foreign_pages() -> None:
        if request.endpoint is not None and request.endpoint not in keyed and request.method not in SAFE_METHODS:
            check(is_own)

    @app.after_request
    def hand_out_token(response: Response) -> Response:
        if request.endpoint not in keyed and (response.mimetype == "text/html" or g.get("token_is_wrong", False)):
            renew(response)
        return response


def cookie_name(is_https: bool) -> str:
    """Where the token stands; with the prefix browsers take it only from this very host."""
    return SECURE_COOKIE if is_https else COOKIE


def check(is_own: IsOwn) -> None:
    """Let a request of our own page pass. Raises ForeignPage."""
    origin = request.headers.get("Origin")
    if not is_own(origin) or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise ForeignPage(f"{origin or 'A sender without Origin'}"[:100] + " may not do this here.")
    if not _carries_anything():
        return
    sent = request.headers.get(HEADER) or request.form.get(FIELD) or ""
    if not hmac.compare_digest(sent.encode(), _kept().encode()) or not _is_bound(sent, _session_carried()):
        g.token_is_wrong = True
        raise ForeignPage("What this page sent does not go with your session.", hint="Load the page again.")


def renew(response: Response) -> None:
    """Hand the browser a token of its session, unless it has one."""
    carried = g.get("session_begun", _session_carried())
    if _is_bound(_kept(), carried):
        return
    response.set_cookie(
        cookie_name(sessions.is_secure()),
        _token(carried),
        max_age=timedelta(microseconds=ABSOLUTE),
        secure=sessions.is_secure(),
        samesite="Lax",
        path="/",
    )
    response.headers["Cache-Control"] = "no-store"


def _carries_anything() -> bool:
    """Whether the browser sent a cookie of ours: whose it is, or that it has a token to repeat."""
    return bool(_session_carried() or _kept())


def _kept() -> str:
    return request.cookies.get(cookie_name(sessions.is_secure()), "")


def _session_carried() -> str:
    """What stands in the session's cookie; empty for a visitor, who has a token too."""
    return request.cookies.get(sessions.cookie_name(), "")


def _token(carried: str) -> str:
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_seal(nonce, carried)}"


def _is_bound(token: str, carried: str) -> bool:
    nonce, _, seal = token.partition(".")
    return bool(seal) and hmac.compare_digest(seal.encode(), _seal(nonce, carried).encode())


def _seal(nonce: str, carried: str) -> str:
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, f"csrf\n{nonce}\n{carried}".encode(), "sha256").hexdigest()
