"""The one road that is used thousands of times a second, without Flask's machinery around it.

It answers POST /api/v1/readings exactly as the Flask view does (a test compares them byte for byte) and leaves every
other request, and every refusal, to the app behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from domain.errors import LabfeedError
from ingest import http_api
from ingest.intake import Intake

PATH = "/api/v1/readings"

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def in_front_of(app: WsgiApp, intake: Intake, clock: Callable[[], int], max_body_bytes: int) -> WsgiApp:
    """The app with the quick lane before it."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return app(environ, start_response)
        now = clock()
        try:
            accepted = http_api.send(http_api.Call(environ, max_body_bytes), intake, now)
        except LabfeedError as refused:
            status, kind = refused.status, http_api.PROBLEM_JSON
            body, headers = http_api.problem_json(refused), refused.to_headers()
        else:
            status, kind = 201, http_api.JSON
            body, headers = http_api.receipt_json(accepted, now), http_api.answer_headers(accepted, intake)
        start_response(
            f"{status} {HTTPStatus(status).phrase}",
            [("Content-Type", kind), ("Content-Length", str(len(body))), *headers.items()],
        )
        return (body,)

    return answer
