"""The address of a channel, for people and for programs: whoever takes HTML has the page, anybody else the channel."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

_channel = re.compile(r"(/channels/[0-9]+)/?", re.ASCII).fullmatch

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def in_front_of(app: WsgiApp) -> WsgiApp:
    """The app, asked for `/channels/7.json` where a program asks for `/channels/7`.

    A program says what it takes, if only `*/*`, and does not name HTML. Whoever says nothing has the page.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith("/channels/") and environ["REQUEST_METHOD"] == "GET" and _is_program(environ):
            found = _channel(path)
            if found:
                environ = {**environ, "PATH_INFO": f"{found[1]}.json"}
        return app(environ, start_response)

    return answer


def _is_program(environ: dict[str, Any]) -> bool:
    takes = str(environ.get("HTTP_ACCEPT", "")).lower()
    return takes != "" and "text/html" not in takes and "application/xhtml" not in takes
