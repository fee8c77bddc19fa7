"""What every answer says to browsers: not to be framed, not to be guessed at, not to tell others where one was.

An address can be a secret (`/join/…`), and a page of ours in another's frame could be clicked without being seen. The
one exception are charts made for it (`/embed/…`, and charts, widgets and maps at ThingSpeak's addresses): the sites
that the server's settings name may frame them.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from flask import Flask, Response, request

HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


_is_chart = re.compile(
    r"/embed/[^/\s]+/?|/channels/[0-9]+/(charts/[0-9]+|widgets/[0-9]+|maps/channel_show)/?", re.ASCII
).fullmatch
"""Where the charts are that may be framed: they show, and hold nothing that could be pressed in somebody's name. Any
other address that begins so is answered with the shell of all pages, which holds a lot."""


def register(app: Flask, exempt: Collection[str], frames: Collection[str] = ()) -> None:
    """Put them on every answer that does not say otherwise itself.

    The endpoints in `exempt` answer boards, which count every byte and know nothing of frames. `frames` are the origins
    of sites that may frame what is made for it.
    """
    keyed = frozenset(exempt)
    framed = HEADERS | {"Content-Security-Policy": " ".join(["frame-ancestors 'self'", *sorted(frames)])}
    del framed["X-Frame-Options"]  # it knows no list

    @app.after_request
    def say(response: Response) -> Response:
        if request.endpoint not in keyed:
            said = framed if frames and _is_chart(request.path) else HEADERS
            for name, value in said.items():
                response.headers.setdefault(name, value)
        return response
