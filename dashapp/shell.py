"""What surrounds every page: top bar, navigation, notices, the connection switch."""

from __future__ import annotations

import secrets
from enum import StrEnum

import dash
import flask
from dash import dcc, html, set_props

from dashapp.components.choices import theme_switch
from dashapp.components.connection import switch
from dashapp.components.navigation import brand, navigation
from dashapp.components.notices import done, notice
from dashapp.wiring import Wiring
from domain.errors import LabfeedError


class Ids(StrEnum):
    ADDRESS = "address"
    BEAT = "live-beat"
    NOTICE = "notice"
    THEME = "theme"


wire = Wiring()


def layout() -> html.Div:
    """The frame, without a page in it."""
    return html.Div(
        [
            dcc.Location(id=Ids.ADDRESS, refresh=False),
            html.Header(
                [
                    html.A("Skip to content", href="#content", className="lf-skip"),
                    brand(),
                    switch(Ids.BEAT),
                    theme_switch(Ids.THEME),
                ],
                className="lf-top",
            ),
            navigation(),
            html.Main(
                [html.Div(id=Ids.NOTICE, className="lf-notices", children=[]), dash.page_container],
                id="content",
                className="lf-main",
                tabIndex="-1",
            ),
        ],
        className="lf-shell",
    )


def show_error(error: Exception) -> None:
    """Say on the page what went wrong in a callback; what was drawn stays as it is."""
    if not isinstance(error, LabfeedError):
        error = _unforeseen(error)
    set_props(Ids.NOTICE, {"children": notice(error)})


def say(sentence: str) -> None:
    """Say on the page what a callback has done."""
    set_props(Ids.NOTICE, {"children": done(sentence)})


def _unforeseen(error: Exception) -> LabfeedError:
    """An error nobody planned for: into the log under a number that the page shows too."""
    number = secrets.token_hex(4)
    flask.current_app.logger.error("page error %s", number, exc_info=error)
    return LabfeedError(f"Error {number}.", hint="Reload the page. If it happens again, tell whoever runs this server.")
