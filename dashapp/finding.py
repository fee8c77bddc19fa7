"""The course switch and the search of the top bar: drawn for whom they are, and leading to the wall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import Input, Output, State, set_props
from dash.exceptions import PreventUpdate

import context
from dashapp import shell
from dashapp.components.finders import course_switch, running
from dashapp.wiring import Wiring
from domain.courses import Course
from domain.wall_selection import WALL, WallSelection
from models import courses

wire = Wiring(open_to_visitors=True)


@wire(
    Output(shell.Ids.COURSES, "children"),
    Output(shell.Ids.SEARCH, "value"),
    Input(shell.Ids.WHO, "data"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(shell.Ids.ADDRESS, "search"),
)
def offer(who: int | None, pathname: str, search: str | None) -> tuple[Any, ...]:
    """Whenever it is known anew who looks, which is also on each way to another page."""
    if who is None:
        raise PreventUpdate
    selection = selection_of(pathname, search)
    return course_switch(running(context.store().ask(courses.of_person, context.viewer())), selection), selection.search


@wire(
    Output(shell.Ids.GO, "href"),
    Input(shell.Ids.SEARCH, "n_submit"),
    State(shell.Ids.SEARCH, "value"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(shell.Ids.ADDRESS, "search"),
    prevent_initial_call=True,
)
def search(submitted: int | None, written: str | None, pathname: str, query: str | None) -> str:
    """On the wall within what is shown there, from elsewhere among all channels."""
    if not submitted:
        raise PreventUpdate
    wanted = selection_of(pathname, query).but(search=written or "")
    return WallSelection.parse(wanted.query).address


def selection_of(pathname: str, query: str | None) -> WallSelection:
    """What the wall shows; what it would show at first where another page is open."""
    return WallSelection.parse(query) if pathname == WALL else WallSelection()


def say(running_courses: Sequence[Course], selection: WallSelection) -> None:
    """Let the top bar tell what the wall shows, where that has changed and the page has not."""
    set_props(shell.Ids.COURSES, {"children": course_switch(running_courses, selection)})
    set_props(shell.Ids.SEARCH, {"value": selection.search})
