"""What every answer says to browsers: not to be framed, not to be guessed at, not to tell others where one was.

An address can be a secret (`/join/…`), and a page of ours in another's frame could be clicked without being seen.
"""

from __future__ import annotations

from collections.abc import Collection

from flask import Flask, Response, request

HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def register(app: Flask, exempt: Collection[str]) -> None:
    """Put them on every answer that does not say otherwise itself.

    The endpoints in `exempt` answer boards, which count every byte and know nothing of frames.
    """
    keyed = frozenset(exempt)

    @app.after_request
    def say(response: Response) -> Response:
        if request.endpoint not in keyed:
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        return response
