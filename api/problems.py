"""How refusals look over HTTP (RFC 9457), and a page about each kind: what its `type` leads to."""

from __future__ import annotations

import logging
import secrets

import msgspec
from flask import Blueprint, Flask, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from domain import errors
from domain.errors import LabfeedError
from domain.leaks import masked

log = logging.getLogger(__name__)

routes = Blueprint("problems", __name__)

INTERFACE = ("/api/", "/ws/")
"""What lies below these is for programs; no page is drawn there."""

ADDRESSES = "Check the spelling: readings go to /api/v1/readings; what is below /ws/ speaks WebSocket, not HTTP."

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")

OF_STATUS = {
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    413: errors.TooLarge,
    415: errors.UnsupportedMedia,
}


@routes.get("/problems/<code>")
def about(code: str) -> Response:
    """What one kind of refusal means and what to do about it."""
    found = errors.family().get(code)
    if found is None:
        raise errors.NotFound
    return jsonify(code=found.code, status=found.status, title=found.title, hint=found.hint)


def register(app: Flask) -> None:
    """Render every refusal of the app as a problem document, and what is no address of the interface as one."""
    app.before_request(_refuse_what_is_no_interface)
    app.register_blueprint(routes)
    app.register_error_handler(LabfeedError, problem)
    app.register_error_handler(HTTPException, _of_the_framework)
    app.register_error_handler(Exception, _unforeseen)


def problem(refused: LabfeedError, status: int | None = None) -> Response:
    """The problem document of a refusal."""
    status = status or refused.status
    body = msgspec.json.encode(refused.to_problem() | {"status": status})
    return Response(body, status, refused.to_headers(), content_type="application/problem+json")


def _refuse_what_is_no_interface() -> None:
    """The pages take every address that nobody else takes; an address of the interface with a typo is not theirs."""
    if not request.path.startswith(INTERFACE) or _is_interface(request.url_rule):
        return
    allowed = [method for method in METHODS if _takes(method)]
    if allowed:
        raise errors.MethodNotAllowed(headers={"Allow": ", ".join(allowed)})
    raise errors.NotFound("There is no such address.", hint=ADDRESSES)


def _takes(method: str) -> bool:
    """Whether the interface has a view for the request's address and this method."""
    try:
        rule, _ = current_app.url_map.bind("").match(request.path, method, return_rule=True)
    except HTTPException:
        return False
    return _is_interface(rule)


def _is_interface(rule: Rule | None) -> bool:
    return rule is not None and rule.rule.startswith(INTERFACE)


def _of_the_framework(error: HTTPException) -> Response | HTTPException:
    """Flask's own refusals, in our words and form; redirects stay what they are."""
    status = error.code or 500
    if status < 400:
        return error
    kind = OF_STATUS.get(status, LabfeedError if status >= 500 else errors.Malformed)
    allowed = getattr(error, "valid_methods", None) or ()
    headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
    return problem(kind(None if status in OF_STATUS else error.description, headers=headers), status)


def _unforeseen(error: Exception) -> Response:
    """A fault of ours: told to the log in full, to the sender with a number to quote."""
    number = secrets.token_hex(4)
    log.exception("error %s at %s %r", number, request.method, masked(request.path))  # some addresses hold a key
    return problem(errors.fault_of_ours(number))
