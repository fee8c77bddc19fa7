"""Screens where nobody is signed in: the link in an address becomes a cookie, and the cookie is looked up each time.

Somebody who signs in on such a screen is that person and no screen any more.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, Flask, Response, g, make_response, redirect, request

import context
from accounts import sessions
from domain.kiosks import Kiosk, Screen
from domain.timespan import DAY, SECOND
from models import kiosks

COOKIE = "labfeed-kiosk"
SECURE_COOKIE = "__Host-labfeed-kiosk"
KEPT_S = 366 * DAY // SECOND
"""How long a browser keeps it; when the link ends is decided here."""

SCREEN = "/kiosk"
ENDED = f"{SCREEN}?ended=1"

routes = Blueprint("kiosks", __name__)


def register(app: Flask) -> None:
    """Give the app the address at which a screen starts."""
    app.register_blueprint(routes)
    app.extensions[context.KIOSK] = context.Carried(of_request, is_over)
    app.before_request(_lead_to_screen)
    app.after_request(_no_screen_any_more)


@routes.get("/kiosk/<secret>")
def start(secret: str) -> Response:
    """Make this browser the screen of a link, and show its wall; of a link that is over, a page that says so."""
    found = context.store().ask(kiosks.find, context.vault().digest(secret), context.now())
    if found is None:
        return _led_to(ENDED)
    asked = Screen.parse(_query())
    response = _led_to(SCREEN + replace(asked, wall=asked.wall.but(course_id=found.course_id)).query)
    response.set_cookie(
        cookie_name(), secret, max_age=KEPT_S, secure=sessions.is_secure(), httponly=True, samesite="Lax", path="/"
    )
    return response


def of_request() -> Kiosk | None:
    """The link this browser carries, as far as it works; None for most. Looked up once a request."""
    if "kiosk" not in g:
        g.kiosk = _found(request.cookies.get(cookie_name(), ""))
    found: Kiosk | None = g.kiosk
    return found


def is_over() -> bool:
    """Whether this browser carries a link that works no longer."""
    return bool(request.cookies.get(cookie_name())) and of_request() is None


def cookie_name() -> str:
    return SECURE_COOKIE if sessions.is_secure() else COOKIE


def _lead_to_screen() -> Response | None:
    """`/?kiosk=1&rotate=20` is the wall as a screen shows it."""
    if request.path == "/" and request.args.get("kiosk") == "1":
        return _led_to(SCREEN + Screen.parse(_query()).query)
    return None


def _no_screen_any_more(response: Response) -> Response:
    """Take the link from a browser on which somebody signs in: else it were the screen again when they sign out."""
    if g.get("session_begun") and cookie_name() in request.cookies:
        response.delete_cookie(cookie_name(), secure=sessions.is_secure(), httponly=True, samesite="Lax", path="/")
    return response


def _query() -> str:
    return request.query_string.decode("utf-8", "replace")


def _found(carried: str) -> Kiosk | None:
    if not carried:
        return None
    now = context.now()
    row = context.store().ask(kiosks.find, context.vault().digest(carried), now)
    if row is None:
        return None
    if now - (row.seen_at or 0) > kiosks.SEEN_EVERY:
        context.store().tell(kiosks.seen, row.id, now)
    return Kiosk(row.id, row.name, row.course_id)


def _led_to(address: str) -> Response:
    response = make_response(redirect(address, HTTPStatus.SEE_OTHER))
    response.headers["Cache-Control"] = "no-store"
    return response
