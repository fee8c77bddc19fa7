"""The Dash app: every page registered, every callback attached. May be called twice in one process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import dash
import dash_ag_grid
import flask_bootstrap
from dash import Dash, html
from flask import Blueprint, Flask

from dashapp import (
    addresses,
    chart_library,
    choosing,
    exporting,
    finding,
    going,
    import_uploads,
    late_libraries,
    move_in_uploads,
    notebook_views,
    packing,
    reconnecting,
    serving,
    shell,
    standing,
    starring,
    stepping,
    stylesheets,
    vanishing,
)
from dashapp.addresses import Page
from dashapp.bare import Framed, path_of_page
from dashapp.lenses.registry import LENSES
from dashapp.pages import (
    account,
    audit,
    channel,
    chart_frame,
    code,
    commands,
    course,
    course_export,
    courses,
    embed,
    exports,
    imports,
    interface,
    join,
    keys,
    kiosk,
    map_frame,
    members,
    mine,
    move_in,
    new_channel,
    not_found,
    screens,
    settings,
    sign_in,
    stored,
    tokens,
    wall,
    widget_frame,
)
from dashapp.stylesheets import Stylesheet
from live.bus import Bus
from live.dash_socket import backend_class
from live.open_pages import OpenPages, Standings
from live.sockets import Doors

PAGES: tuple[Page, ...] = (
    wall,
    kiosk,
    embed,
    screens,
    sign_in,
    mine,
    new_channel,
    move_in,
    account,
    tokens,
    audit,
    interface,
    exports,
    courses,
    course_export,
    course,
    join,
    members,
    code,
    keys,
    commands,
    imports,
    stored,
    settings,
    chart_frame,
    widget_frame,
    map_frame,
    channel,
)
"""Every page, one line each. A page is closed to visitors unless its wiring says `Wiring(open_to_visitors=True)`: a
visitor who asks for it is led to the sign-in page, its callbacks answer 401. Where not every address of its form leads
somewhere, it offers `exists(pathname) -> bool` (see `dashapp.addresses`), and what does not exist is answered 404.
More specific forms stand before `/channels/<channel>`, whose variable swallows slashes when Dash draws.
"""

WITH_CHARTS = (channel, embed, chart_frame, map_frame)
"""The pages that draw a chart as soon as they are opened."""

ASSETS = Path(__file__).parent.parent / "assets"
BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"
"""Bootstrap 5.3 and its icon font, as Bootstrap-Flask carries them: nothing is loaded from another host."""

STYLES = Stylesheet(
    (
        *(
            (BOOTSTRAP / path, f"/bootstrap/static/{path}")
            for path in ("css/bootstrap.min.css", "css/font/bootstrap-icons.min.css")
        ),
        *((path, f"/assets/{path.name}") for path in sorted(ASSETS.glob("*.css"))),
    )
)

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


OPEN_ENDPOINTS = frozenset(
    {
        "/",
        serving.ANY_PAGE,
        "/_dash-layout",
        "/_dash-dependencies",
        serving.CALLBACKS,
        "/_dash-ws-callback",
        serving.SUITES,
        "/_favicon.ico",
        "_dash_assets.static",
        "bootstrap.static",
        stylesheets.ENDPOINT,
        import_uploads.ENDPOINT,
        move_in_uploads.ENDPOINT,
    }
)
"""What anybody may reach of the pages: each callback decides by the viewer, inside its query, what there is to see."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The Dash app, and the endpoints of its Flask app that are open by name.

    `is_closed(pathname)`: whether the page at that address is for those alone who are signed in. `recheck(standings)`:
    decide anew for the open pages whose channels, person or session changed.
    """

    dash: Dash
    open_endpoints: frozenset[str]
    is_closed: Callable[[str], bool]
    recheck: Callable[[Standings], None]


def create_dash(server: Flask, doors: Doors, *, bus: Bus | None = None, csrf_cookie: str = "_csrf_token") -> Pages:
    """The pages, served by `server`; their callbacks also over a websocket that is one of `doors`.

    Of pages open in other processes this one hears by the `bus`.

    Each callback repeats in a header what stands in the cookie of that name: proof that a page of ours sent it.
    """
    server.register_blueprint(
        Blueprint("bootstrap", __name__, static_folder=str(BOOTSTRAP), static_url_path="/bootstrap/static")
    )
    server.register_blueprint(import_uploads.routes)
    server.register_blueprint(move_in_uploads.routes)
    STYLES.serve(server)
    open_pages = OpenPages(bus)
    app = Framed(
        "labfeed",
        server=False,
        backend=backend_class(doors, probe_id=shell.Ids.BEAT, open_pages=open_pages),
        use_async=False,
        use_pages=True,
        pages_folder="",
        assets_folder=str(ASSETS),
        assets_ignore=r".*\.css",
        external_stylesheets=[STYLES.address],
        meta_tags=[VIEWPORT, COLOUR_SCHEME],
        index_string=INDEX,
        title="Labfeed",
        update_title="",
        suppress_callback_exceptions=True,
        on_error=shell.show_error,
        websocket_inactivity_timeout=0,
        csrf_token_name=csrf_cookie,
    )
    app.is_bare, app.may_be_framed, app.early_for = _is_bare, _may_be_framed, _early_for
    app.body_for = _body_for
    app.should_poll = lambda: not doors.has_room()
    app.init_app(server)
    serving.mend(server, app, lambda pathname: addresses.leads_somewhere(PAGES, pathname))
    chart_library.prefer(server, chart_library.installed())
    server.after_request(packing.Packer().pack)
    late_libraries.hold_back(server, app, dash_ag_grid)
    _register_pages()
    app.layout = _layout
    shared = (shell.wire, standing.wiring(PAGES), reconnecting.wire, finding.wire, starring.wire, not_found.wire)
    for wiring in (*shared, *(page.wire for page in PAGES if page is not channel)):
        wiring.attach(app)
    of_channels = (channel.wire, choosing.wire, exporting.wire, notebook_views.wire, stepping.wire, going.wire)
    for wiring in (*of_channels, *(lens.wire for lens in LENSES)):
        wiring.attach(app, on_error=vanishing.answer)
    return Pages(app, OPEN_ENDPOINTS, _is_closed, partial(standing.recheck, server, open_pages, PAGES))


def _is_closed(pathname: str) -> bool:
    page = addresses.page_at(PAGES, pathname)
    return page is not None and not page.wire.open_to_visitors


def _layout() -> html.Div:
    """The shell. In other sites' frames browsers may keep nothing, and Dash fails where it is to: nothing is kept."""
    return shell.layout(keeps_theme=not _may_be_framed(path_of_page()))


def _may_be_framed(pathname: str) -> bool:
    return bool(getattr(addresses.page_at(PAGES, pathname), "MAY_BE_FRAMED", False))


def _early_for(pathname: str) -> str:
    return STYLES.early + (chart_library.EARLY if addresses.page_at(PAGES, pathname) in WITH_CHARTS else "")


def _is_bare(pathname: str) -> bool:
    return bool(getattr(addresses.page_at(PAGES, pathname), "IS_BARE", False))


def _body_for(pathname: str, query: str) -> str:
    said: Callable[[str], str] = getattr(addresses.page_at(PAGES, pathname), "body", lambda _: "")
    return said(query)


def _register_pages() -> None:
    """Fill Dash's registry, which all apps of a process share, with exactly our pages."""
    dash.page_registry.clear()
    for place, page in enumerate(PAGES):
        is_template = "<" in page.PATH
        dash.register_page(
            page.__name__,
            path=None if is_template else page.PATH,
            path_template=page.PATH if is_template else None,
            title=page.TITLE,
            layout=page.layout,
            order=place,
        )
    dash.register_page("not_found_404", path=not_found.PATH, title=not_found.TITLE, layout=not_found.layout)
