"""What Dash's own addresses answer where it would fall over: 404 for what is not there, 400 for what is no callback."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from dash import Dash
from dash.exceptions import DependencyException
from flask import Flask, make_response, request
from flask.typing import ResponseReturnValue

from domain.errors import Malformed, NotFound
from live.dash_requests import complaint_about

View = Callable[..., ResponseReturnValue]

ANY_PAGE = "/<path:path>"
"""The endpoint under which Dash answers every address but the wall's."""
SUITES = "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>"
CALLBACKS = "/_dash-update-component"
SEARCH_OF_PAGES = "_pages_location.search"
"""What Dash's own router is asked with where the query string alone is another. Then the page stays: it reads its
query itself, and to lay it out anew would throw away what is drawn. The answer is that of `PreventUpdate`."""


def mend(server: Flask, app: Dash, leads_somewhere: Callable[[str], bool]) -> None:
    """Stand before Dash's views on this server."""
    views: dict[str, Any] = server.view_functions
    views[ANY_PAGE] = _found_or_404(views[ANY_PAGE], leads_somewhere)
    views[SUITES] = _known_or_404(views[SUITES])
    views[CALLBACKS] = _whole_or_400(views[CALLBACKS], app)


def _found_or_404(view: View, leads_somewhere: Callable[[str], bool]) -> View:
    """Dash answers every address with the shell of its pages; where there is no page, the answer says 404 as well."""

    @wraps(view)
    def page(**path: str) -> ResponseReturnValue:
        is_there = leads_somewhere(request.path)
        if not is_there and not request.path.isprintable():
            raise NotFound
        answer = make_response(view(**path))
        if not is_there:
            answer.status_code = HTTPStatus.NOT_FOUND
        return answer

    return page


def _known_or_404(view: View) -> View:
    @wraps(view)
    def part(**path: str) -> ResponseReturnValue:
        try:
            return view(**path)
        except DependencyException:
            raise NotFound from None

    return part


def _whole_or_400(view: View, app: Dash) -> View:
    """A callback is run only where the message asks for one of ours, with all it takes."""

    @wraps(view)
    def callback() -> ResponseReturnValue:
        complaint = complaint_about(app.callback_map, _body())
        if complaint is not None:
            raise Malformed(complaint, hint="Load the page again.")
        if _body().get("changedPropIds") == [SEARCH_OF_PAGES]:
            return "", HTTPStatus.NO_CONTENT
        return view()

    return callback


def _body() -> Any:
    try:
        return request.get_json()
    except RecursionError:
        raise Malformed("The message is nested too deeply.") from None
