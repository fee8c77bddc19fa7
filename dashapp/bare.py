"""Pages without the shell around them: for screens on a wall, and for frames in other sites.

The shell is part of every page, since pages share it; on these its bar and its ways to other pages are not shown, from
the very first paint on. So what leads here is a plain link, which loads the page anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from dash import Dash
from flask import has_request_context, request

WHOLE = "<body>"
HEAD_ENDS = "</head>"


class Framed(Dash):
    """A Dash app that says in its pages' HTML where the shell is not shown."""

    is_bare: Callable[[str], bool] = staticmethod(lambda pathname: False)
    """Whether the page at an address stands alone."""

    may_be_framed: Callable[[str], bool] = staticmethod(lambda pathname: False)
    """Whether other sites may show the page at an address in a frame."""

    should_poll: Callable[[], bool] = staticmethod(lambda: False)
    """Whether the page that is asked for now should do without a socket."""

    early_for: Callable[[str], str] = staticmethod(lambda pathname: "")
    """What the page at an address says at the end of its head, for the browser to load meanwhile."""

    body_for: Callable[[str, str], str] = staticmethod(lambda pathname, query: "")
    """What the body of the page at an address says besides, by the query string: attributes, each after a blank."""

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override]  # Dash names all of them, too
        """The HTML of a page."""
        if self.may_be_framed(request.path) or self.should_poll():
            parts["config"] = without_socket(parts["config"])
        written = str(super().interpolate_index(**parts))  # type: ignore[no-untyped-call]
        written = written.replace(HEAD_ENDS, self.early_for(request.path) + HEAD_ENDS, 1)
        if not self.is_bare(request.path):
            return written
        more = self.body_for(request.path, request.query_string.decode("utf-8", "replace"))
        return written.replace(WHOLE, f'<body class="lf-bare"{more}>', 1)


def without_socket(config: str) -> str:
    """Dash's settings in a page's HTML, for one that polls: Dash would wait for its socket for ever.

    Where browsers let a frame keep nothing they also refuse the worker that holds the socket; and to whoever has as
    many connections as they may, the server refuses it.
    """
    start, end = config.index("{"), config.rindex("}") + 1
    settings = json.loads(config[start:end])
    settings.pop("websocket", None)
    return config[:start] + json.dumps(settings, separators=(",", ":")) + config[end:]


def path_of_page() -> str:
    """The address of the page that asks for its layout; our pages' browsers say it. Empty where it is not said."""
    return urlsplit(request.referrer or "").path if has_request_context() else ""
