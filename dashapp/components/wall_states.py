"""What a wall says that has no card to show: for each way to choose a sentence and an action."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.forms import Tone, link_button
from dashapp.components.icons import icon
from dashapp.components.notices import empty_state
from dashapp.components.people import sign_in_address
from domain.wall_selection import Show, WallSelection

NEW = "/mine/new"
FIRST_CHANNEL = "flask --app wsgi:server channel create Greenhouse"


def nothing_shown(selection: WallSelection, course: str | None, *, is_signed_in: bool) -> html.Section:
    """The state of a wall with this selection on which nothing stands. `course`: its code, where it is known."""
    if selection.search or selection.tag:
        return _not_found(selection)
    if selection.show.is_personal and not is_signed_in:
        return _sign_in(selection)
    if selection.show is Show.ATTENTION:
        return _all_well(selection)
    if selection.course_id is not None:
        return _empty_course(selection, course)
    return {Show.MINE: _none_mine, Show.STARRED: _none_starred}.get(selection.show, _first)(is_signed_in)


def _not_found(selection: WallSelection) -> html.Section:
    wanted = f"“{selection.search}”" if selection.search else f"the tag {selection.tag}"
    return empty_state(
        "search",
        f"Nothing found for {wanted}",
        "Looked for in the names, descriptions, teams, tags and feeds of the channels chosen above.",
        _everything("Show all channels"),
    )


def _sign_in(selection: WallSelection) -> html.Section:
    whose = "Your channels" if selection.show is Show.MINE else "Your stars"
    return empty_state(
        "person",
        f"{whose} wait for you",
        "Sign in with your college account to see them here.",
        link_button("Sign in", sign_in_address(selection.address), "box-arrow-in-right", Tone.MAIN),
    )


def _all_well(selection: WallSelection) -> html.Section:
    return empty_state(
        "check-circle",
        "All is well",
        "A channel appears here when it is late or silent, or when readings of it were refused.",
        dcc.Link(
            [icon("grid"), "Show all channels"],
            href=selection.but(show=Show.ALL).address,
            className="btn btn-primary lf-button",
        ),
    )


def _empty_course(selection: WallSelection, course: str | None) -> html.Section:
    return empty_state(
        "mortarboard",
        f"No channel of {course or 'this course'} here",
        "The channels that its staff place in the course, and those of its teams, appear here as live cards.",
        _everything("Show all channels"),
    )


def _none_mine(_is_signed_in: bool) -> html.Section:
    return empty_state(
        "broadcast",
        "No channel of yours yet",
        "A channel takes the readings of one board or project; yours, and those you are added to, stand here.",
        link_button("New channel", NEW, "plus-lg", Tone.MAIN),
    )


def _none_starred(_is_signed_in: bool) -> html.Section:
    return empty_state(
        "star",
        "No starred channel yet",
        "Press the star on a card, and the channel stands here, too.",
        _everything("Show all channels"),
    )


def _first(is_signed_in: bool) -> html.Section:
    if is_signed_in:
        action: Component = link_button("New channel", NEW, "plus-lg", Tone.MAIN)
        sentence = (
            "A channel takes the readings of one board or project. Each one you may see appears here as a live card."
        )
    else:
        action = html.Div(html.Pre(html.Code(FIRST_CHANNEL)), className="lf-code")
        sentence = (
            "Every public channel appears here as a live card; sign in to see your college's. "
            "Whoever runs this server can make the first one there:"
        )
    return empty_state("grid", "No channel yet", sentence, action)


def _everything(words: str) -> dcc.Link:
    return dcc.Link([icon("grid"), words], href=WallSelection().address, className="btn btn-primary lf-button")
