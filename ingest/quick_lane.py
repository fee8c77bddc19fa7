"""The one road that is used thousands of times a second, without Flask's machinery around it.

It answers POST /api/v1/readings exactly as the Flask view does (a test compares them) and leaves every other request
to the app behind it.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from domain.errors import LabfeedError, fault_of_ours
from ingest import http_api
from ingest.intake import Accepted, Intake

log = logging.getLogger(__name__)

PATH = "/api/v1/readings"

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def in_front_of(app: WsgiApp, intake: Intake, clock: Callable[[], int], max_body_bytes: int) -> WsgiApp:
    """The app with the quick lane before it."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return app(environ, start_response)
        now = clock()
        outcome = _sent(http_api.Call(environ, max_body_bytes), intake, now)
        if isinstance(outcome, LabfeedError):
            status, kind = outcome.status, http_api.PROBLEM_JSON
            body, headers = http_api.problem_json(outcome), outcome.to_headers()
        else:
            status, kind = 201, http_api.JSON
            body, headers = http_api.receipt_json(outcome, now), http_api.answer_headers(outcome, intake)
        start_response(
            f"{status} {HTTPStatus(status).phrase}",
            [("Content-Type", kind), ("Content-Length", str(len(body))), *headers.items()],
        )
        return (body,)

    return answer


def _sent(call: http_api.Call, intake: Intake, now: int) -> Accepted | LabfeedError:
    """What becomes of the message; a fault of ours is told to the log in full."""
    try:
        return http_api.send(call, intake, now)
    except LabfeedError as refused:
        return refused
    except Exception:  # the outermost edge: no sender is left without an answer
        number = secrets.token_hex(4)
        log.exception("error %s at POST %s", number, PATH)
        return fault_of_ours(number)
