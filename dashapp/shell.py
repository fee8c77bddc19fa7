"""What surrounds every page: top bar, navigation, notices, the connection switch."""

from __future__ import annotations

import secrets
from enum import StrEnum

import dash
import flask
from dash import dcc, html, set_props

from dashapp.components.choices import theme_switch
from dashapp.components.connection import switch
from dashapp.components.finders import course_place, search_field
from dashapp.components.navigation import brand, navigation
from dashapp.components.notices import done, notice
from dashapp.components.people import person_menu
from dashapp.wiring import Wiring
from domain.errors import LabfeedError, SignInNeeded


class Ids(StrEnum):
    ADDRESS = "address"
    BEAT = "live-beat"
    NOTICE = "notice"
    THEME = "theme"
    MENU = "person-menu"
    PERSON = "person"
    WAY_IN = "way-in"
    PLACES = "places"
    WHO = "who"
    """The session with which the page was drawn, 0 for a visitor's."""
    ASKED = "who-asked"
    """Set by the live path when somebody's rights changed or their session ended."""
    LIBRARIES = "libraries"
    """Which of the libraries that come late (`dashapp.late_libraries`) this page has loaded."""
    COURSES = "course-switch"
    SEARCH = "search"
    GO = "go"
    """Leads to another page, with its query string."""


wire = Wiring(open_to_visitors=True)


def layout(*, keeps_theme: bool = True) -> html.Div:
    """The frame, without a page in it. `keeps_theme`: whether the browser is asked to remember the theme."""
    return html.Div(
        [
            dcc.Location(id=Ids.ADDRESS, refresh=False),
            dcc.Location(id=Ids.GO, refresh="callback-nav"),
            dcc.Store(id=Ids.WHO),
            dcc.Store(id=Ids.ASKED),
            dcc.Store(id=Ids.LIBRARIES, data=[]),
            html.Header(
                [
                    html.A("Skip to content", href="#content", className="lf-skip"),
                    brand(),
                    course_place(Ids.COURSES),
                    search_field(Ids.SEARCH),
                    switch(Ids.BEAT),
                    html.Div(id=Ids.WAY_IN, className="lf-visitors-way"),
                    person_menu(Ids.MENU, Ids.PERSON, theme_switch(Ids.THEME, keeps=keeps_theme)),
                ],
                className="lf-top",
            ),
            navigation(Ids.PLACES),
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
    """Say on the page what went wrong in a callback; what was drawn stays as it is.

    That nobody is signed in is raised further: a callback which needs somebody answers 401.
    """
    if isinstance(error, SignInNeeded):
        raise error
    if not isinstance(error, LabfeedError):
        error = _unforeseen(error)
    set_props(Ids.NOTICE, {"children": notice(error)})


def go(search: str) -> None:
    """Give the page another query string, as a step in the browser's history; what is drawn follows from it."""
    set_props(Ids.ADDRESS, {"search": search})


def say(sentence: str) -> None:
    """Say on the page what a callback has done."""
    set_props(Ids.NOTICE, {"children": done(sentence)})


def _unforeseen(error: Exception) -> LabfeedError:
    """An error nobody planned for: into the log under a number that the page shows too."""
    number = secrets.token_hex(4)
    flask.current_app.logger.error("page error %s", number, exc_info=error)
    return LabfeedError(f"Error {number}.", hint="If it happens again, tell whoever runs this server.")
