"""What pages of other sites may ask: to read, without anybody's cookies.

Browsers show a page of another site an answer that says `*` only where they sent no cookie along. So it is told what a
visitor would be told, or what the key or token it sends itself opens.
"""

from __future__ import annotations

from flask import Flask, Response, request

OPEN = ("/api/v1/", "/openapi.json")
READING = frozenset({"GET", "HEAD", "OPTIONS"})

HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Disposition, Content-Range, ETag, Link, Retry-After",
}
ASKED_FIRST = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": ("Authorization, If-None-Match, If-Range, Last-Event-ID, Prefer, Range, X-API-Key"),
    "Access-Control-Max-Age": "86400",
}
"""What a browser asks before it sends anything unusual."""


def register(app: Flask) -> None:
    """Say it on every answer of the interface that reads."""

    @app.after_request
    def open_to_pages(response: Response) -> Response:
        if request.path.startswith(OPEN) and request.method in READING:
            response.headers.extend(HEADERS)
            if request.method == "OPTIONS":
                response.headers.extend(ASKED_FIRST)
        return response
