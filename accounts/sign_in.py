"""Signing in and out: to the provider, back from it, and away. Whatever goes wrong is a page with one sentence."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, Flask, Response, current_app, g, make_response, redirect, render_template, request
from werkzeug.exceptions import HTTPException

import context
from accounts import admission, next_address, sessions
from accounts.refusals import Refused, Why
from domain.audit import Actor, Deed
from domain.errors import AddressTaken, LabfeedError, NotFound, fault_of_ours
from domain.people import Person
from domain.providers import Provider
from domain.roles import Viewer
from models import arrivals, audit, sign_ins
from models.people import Claimed

if TYPE_CHECKING:
    from accounts.providers import Partner

NAME = "labfeed-sign-in"
COOKIE = "labfeed-sign-in"
SECURE_COOKIE = "__Host-labfeed-sign-in"
"""Carries a name for the browser and nothing else; what was begun under it is in storage."""

BROWSER_CHARS = 43
"""How long that name is: 256 random bits."""

REFUSED_BY_PROVIDER = {
    "access_denied": Why.DENIED,
    "login_required": Why.DENIED,
    "interaction_required": Why.DENIED,
    "consent_required": Why.DENIED,
    "account_selection_required": Why.DENIED,
    "server_error": Why.AWAY,
    "temporarily_unavailable": Why.AWAY,
}
"""What providers say (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6), and what it is to us; the rest is our fault."""

ANSWERED_FOR = {Why.TOKEN, Why.EMAIL, Why.UNVERIFIED, Why.HOSTED, Why.ADDRESS_TAKEN}
"""What is refused after a provider has accepted its own code is audited. Anybody could fill the log with the rest."""

routes = Blueprint("accounts", __name__, template_folder="templates")

log = logging.getLogger(__name__)


def register(app: Flask, providers: Sequence[Provider]) -> None:
    """Give the app its addresses for signing in and out."""
    app.extensions[NAME] = Ways(app, providers)
    app.register_blueprint(routes)


@dataclass(eq=False)
class Ways:
    """The providers of one app, and what speaks with them, made when somebody first signs in."""

    app: Flask
    providers: Sequence[Provider]

    def __contains__(self, slug: str) -> bool:
        return any(each.slug == slug for each in self.providers)

    @cached_property
    def partners(self) -> Mapping[str, Partner]:
        from accounts.providers import partners_of  # Authlib and requests: 10 MB that a server does without until then

        return partners_of(self.app, self.providers)


@routes.get("/sign-in/<slug>")
def begin(slug: str) -> Response:
    """Send the browser to the provider."""
    partner = _partner(slug)
    g.next_address = next_address.safe(request.args.get("next"))
    started = partner.start(_redirect_uri(slug))
    memory = started.memory | {"next": g.next_address}
    browser = _browser() or secrets.token_urlsafe(32)
    context.store().tell(
        sign_ins.begin, state=started.state, browser=browser, provider=slug, memory=memory, now=context.now()
    )
    response = _led_to(started.address)
    response.set_cookie(
        _cookie_name(),
        browser,
        max_age=sign_ins.LASTS // 1_000_000,
        secure=sessions.is_secure(),
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


@routes.get("/sign-in/<slug>/back")
def back(slug: str) -> Response:
    """The browser comes back from the provider; where all is well, with a session from now on."""
    partner = _partner(slug)
    memory = _take(slug)
    _heed_refusal()  # some say no without the state; it is no more than a page
    if memory is None:
        raise Refused(Why.STATE)
    g.next_address = next_address.safe(memory["next"])
    partner.check_sender(request.args.get("iss"))
    code = _code()
    try:
        claims = partner.finish(code, memory, context.now() / 1_000_000)
        person = _arrive(admission.admitted(claims, partner.provider, context.college()))
    except Refused as refused:
        if refused.why in ANSWERED_FOR:
            _note_refusal(slug, refused.why)
        raise
    response = _led_to(g.next_address)
    sessions.begin(response, person)
    return response


@routes.post("/sign-out")
def sign_out() -> Response:
    """End this browser's session."""
    response = _led_to("/")
    if context.visitor_or_person() is not None:
        with suppress(NotFound):  # ended meanwhile, on another page of theirs
            context.store().tell(arrivals.leave, context.actor(), context.session_id())
    sessions.forget(response)
    return response


def _led_to(address: str) -> Response:
    response = make_response(redirect(address, HTTPStatus.SEE_OTHER))
    response.headers["Cache-Control"] = "no-store"
    return response


def _partner(slug: str) -> Partner:
    if slug not in _ways():
        raise NotFound("There is no such way to sign in.")
    return _ways().partners[slug]


def _ways() -> Ways:
    found: Ways = current_app.extensions[NAME]
    return found


def _redirect_uri(slug: str) -> str:
    return f"{context.parts().public_url or request.host_url.rstrip('/')}/sign-in/{slug}/back"


def _browser() -> str | None:
    """The name this browser was given; None where it has none, or one that we did not give."""
    carried = request.cookies.get(_cookie_name(), "")
    return carried if len(carried) == BROWSER_CHARS else None


def _cookie_name() -> str:
    return SECURE_COOKIE if sessions.is_secure() else COOKIE


def _take(slug: str) -> dict[str, str] | None:
    """What was kept when this very sign-in began, once; None where this browser did not begin it."""
    state, browser = request.args.get("state"), _browser()
    if not state or not browser:
        return None
    return context.store().tell(sign_ins.take, state=state, browser=browser, provider=slug, now=context.now())


def _heed_refusal() -> None:
    if error := request.args.get("error"):
        raise Refused(REFUSED_BY_PROVIDER.get(error, Why.REQUEST), error[:100])


def _code() -> str:
    code = request.args.get("code")
    if not code:
        raise Refused(Why.NONSENSE, "no code")
    return code


def _arrive(claimed: Claimed) -> Person:
    try:
        return context.store().tell(arrivals.arrive, claimed, address=request.remote_addr or "", now=context.now())
    except AddressTaken as taken:
        raise Refused(Why.ADDRESS_TAKEN) from taken


def _note_refusal(slug: str, why: Why) -> None:
    actor = Actor(Viewer.visitor(), request.remote_addr or "", context.now())
    context.store().tell(
        lambda connection: audit.note(connection, actor, Deed.SIGN_IN_REFUSED, provider=slug, reason=why.word)
    )


@routes.errorhandler(Refused)
def _show_refusal(refused: Refused) -> Response:
    log.warning("sign-in refused at %s: %r", request.path, str(refused))
    return _page(refused.why.status, "You are not signed in", refused.why.sentence)


@routes.errorhandler(LabfeedError)
def _show_error(error: LabfeedError) -> Response:
    return _page(error.status, error.title, error.detail)


@routes.errorhandler(Exception)
def _show_fault(fault: Exception) -> Response:
    if isinstance(fault, HTTPException):
        return _page(fault.code or 500, "This cannot be done", fault.description or "")
    number = secrets.token_hex(4)
    log.exception("error %s at %r", number, request.path)
    error = fault_of_ours(number)
    return _page(error.status, error.title, error.detail)


def _page(status: int, title: str, sentence: str) -> Response:
    slug = (request.view_args or {}).get("slug", "")
    again = f"/sign-in/{slug}" if slug in _ways() else "/sign-in"
    again += f"?next={quote(g.get('next_address', next_address.HOME), safe='/')}"
    response = make_response(render_template("not_signed_in.html", title=title, sentence=sentence, again=again), status)
    response.headers["Cache-Control"] = "no-store"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "10"
    return response
