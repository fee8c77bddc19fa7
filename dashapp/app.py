"""The Dash app: every page registered, every callback attached. May be called twice in one process."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import dash
import flask_bootstrap
from dash import Dash
from flask import Blueprint, Flask, Response, request

from dashapp import reconnecting, shell
from dashapp.pages import channel, not_found, wall
from live.dash_socket import backend_class
from live.sockets import Doors

PAGES = (wall, channel)
ASSETS = Path(__file__).parent.parent / "assets"
BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"
"""Bootstrap 5.3 and its icon font, as Bootstrap-Flask carries them: nothing is loaded from another host."""

STYLESHEETS = ("/bootstrap/static/css/bootstrap.min.css", "/bootstrap/static/css/font/bootstrap-icons.min.css")

VIEWPORT = {"name": "viewport", "content": "width=device-width, initial-scale=1, viewport-fit=cover"}
COLOUR_SCHEME = {"name": "color-scheme", "content": "light dark"}

INDEX = """<!DOCTYPE html>
<html lang="en">
    <head>
        {%metas%}
        <title>{%title%}</title>
        <link rel="icon" type="image/svg+xml" href="/assets/logo.svg">
        {%css%}
    </head>
    <body>
        {%app_entry%}
        <footer>
            {%config%}
            {%scripts%}
            {%renderer%}
        </footer>
    </body>
</html>
"""


ANY_PAGE = "/<path:path>"
"""The endpoint under which Dash answers every address but the wall's."""

OPEN_ENDPOINTS = frozenset(
    {
        "/",
        ANY_PAGE,
        "/_dash-layout",
        "/_dash-dependencies",
        "/_dash-update-component",
        "/_dash-ws-callback",
        "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
        "/_favicon.ico",
        "_dash_assets.static",
        "bootstrap.static",
    }
)
"""What anybody may reach of the pages: each callback decides by the viewer, inside its query, what there is to see."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The Dash app, and the endpoints of its Flask app that are open by name."""

    dash: Dash
    open_endpoints: frozenset[str]


def create_dash(server: Flask, doors: Doors) -> Pages:
    """The pages, served by `server`; their callbacks also over a websocket that is one of `doors`."""
    server.register_blueprint(
        Blueprint("bootstrap", __name__, static_folder=str(BOOTSTRAP), static_url_path="/bootstrap/static")
    )
    app = Dash(
        "labfeed",
        server=False,
        backend=backend_class(doors, probe_id=shell.Ids.BEAT),
        use_async=False,
        use_pages=True,
        pages_folder="",
        assets_folder=str(ASSETS),
        external_stylesheets=list(STYLESHEETS),
        meta_tags=[VIEWPORT, COLOUR_SCHEME],
        index_string=INDEX,
        title="Labfeed",
        update_title="",
        suppress_callback_exceptions=True,
        on_error=shell.show_error,
        websocket_inactivity_timeout=0,
    )
    app.init_app(server)
    server.after_request(_tell_what_is_missing)
    _register_pages()
    app.layout = shell.layout
    for wiring in (shell.wire, reconnecting.wire, *(page.wire for page in PAGES)):
        wiring.attach(app)
    return Pages(app, OPEN_ENDPOINTS)


def _tell_what_is_missing(response: Response) -> Response:
    """Dash answers every address with the shell of its pages; where there is no page, the answer says 404 as well."""
    if request.endpoint == ANY_PAGE and response.status_code == HTTPStatus.OK and not channel.exists(request.path):
        response.status_code = HTTPStatus.NOT_FOUND
    return response


def _register_pages() -> None:
    """Fill Dash's registry, which all apps of a process share, with exactly our pages."""
    dash.page_registry.clear()
    for page in PAGES:
        is_template = "<" in page.PATH
        dash.register_page(
            page.__name__,
            path=None if is_template else page.PATH,
            path_template=page.PATH if is_template else None,
            title=page.TITLE,
            layout=page.layout,
        )
    dash.register_page("not_found_404", path=not_found.PATH, title=not_found.TITLE, layout=not_found.layout)
