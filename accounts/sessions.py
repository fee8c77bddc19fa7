"""Who is signed in, for flask-login: a session kept on the server, found by what the cookie carries.

Flask's own session cookie is not used: replayed after sign-out it would still be good.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Flask, Request, Response, g, request
from flask_login import LoginManager, UserMixin

import context
from domain.people import Person
from models import sessions
from models.sessions import ABSOLUTE, SEEN_EVERY, Session

COOKIE = "labfeed"
SECURE_COOKIE = "__Host-labfeed"
"""Browsers take this name only over https, for the whole host, and from the host itself."""


class SignedIn(UserMixin):  # type: ignore[misc]  # flask-login has no types
    """flask-login's `current_user` where somebody is signed in."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def person(self) -> Person:
        return self.session.person

    def get_id(self) -> str:
        return str(self.session.id)


def register(app: Flask) -> None:
    """Let flask-login know who is signed in."""
    manager = LoginManager()
    # Not by init_app: all it adds is a look into Flask's session after every request, for a cookie we do not use.
    app.login_manager = manager  # type: ignore[attr-defined]
    manager.session_protection = None  # there is nothing in Flask's session to protect
    manager.request_loader(signed_in)


def signed_in(carrier: Request) -> SignedIn | None:
    """Who sent this request; notes now and then that the session is used."""
    carried = carrier.cookies.get(cookie_name())
    if not carried:
        return None
    now = context.now()
    found = context.store().ask(sessions.find, carried, now)
    if found is None:
        return None
    if now - found.seen_at > SEEN_EVERY:
        context.store().tell(sessions.seen, found.id, now)
    return SignedIn(found)


def begin(response: Response, person: Person) -> None:
    """Start a session for this person and hand it to their browser; one that it carried before is ended."""
    carried = secrets.token_urlsafe(32)
    context.store().tell(
        sessions.begin,
        person.id,
        carried,
        now=context.now(),
        agent=request.headers.get("User-Agent", ""),
        address=request.remote_addr or "",
        instead_of=request.cookies.get(cookie_name(), ""),
    )
    response.set_cookie(
        cookie_name(),
        carried,
        max_age=timedelta(microseconds=ABSOLUTE),
        secure=is_secure(),
        httponly=True,
        samesite="Lax",
        path="/",
    )
    g.session_begun = carried


def forget(response: Response) -> None:
    """Take the cookie from the browser; the session itself is ended in storage."""
    response.delete_cookie(cookie_name(), secure=is_secure(), httponly=True, samesite="Lax", path="/")
    g.session_begun = ""


def cookie_name() -> str:
    return SECURE_COOKIE if is_secure() else COOKIE


def is_secure() -> bool:
    """Whether people reach this server over https alone; only a laptop's development does not."""
    return context.parts().is_https
