"""Links that put a wall on a screen without anybody signed in: made, shown again, and ended by those who teach."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dash import ALL, Input, Output, State, ctx, dcc, html, no_update, set_props
from dash.development.base_component import Component

import context
from dashapp import shell
from dashapp.components import notices
from dashapp.components.forms import Tone, button, choice_field, page_head, panel, text_field
from dashapp.components.screen_list import WHOLE_WALL, end_id, not_for_you, screen_list
from dashapp.wiring import Wiring
from domain.errors import Forbidden
from domain.kiosks import Kiosk, KioskShown, Lasting
from models import kiosks

PATH = "/screens"
TITLE = "Screens · Labfeed"

ALL_CHANNELS = "all"
"""The whole wall, in the list of what a screen may show."""


class Ids(StrEnum):
    LIST = "screens-list"
    MAKING = "screens-making"
    NAME = "screens-name"
    SHOWS = "screens-shows"
    LASTS = "screens-lasts"
    MAKE = "screens-make"
    CHANGED = "screens-changed"


wire = Wiring()


def layout(**_address: str) -> html.Div:
    return html.Div(
        [
            page_head(
                "Screens",
                "A link lets a classroom's projector show the live wall while nobody is signed in. It shows what the "
                "college may see, and ends at once when you end it.",
            ),
            html.Div(
                [panel("Links that work", html.Div(notices.skeleton_page(), id=Ids.LIST)), _making()],
                className="lf-keys-frame",
            ),
            dcc.Store(id=Ids.CHANGED, data=0),
        ],
        className="lf-page",
    )


def sample() -> Component:
    """What is drawn later for somebody who made a link."""
    shown = KioskShown(Kiosk(7, "Lab 204", None), "", "a-secret", 0, "Tess Teacher", 1, None)
    return screen_list([shown], "https://labfeed.example.edu", 0)


@dataclass(frozen=True, slots=True)
class Found:
    """What somebody may put on a screen (course id, None for the whole wall → words), and the links there are."""

    scopes: dict[int | None, str]
    screens: list[KioskShown]


@wire(
    Output(Ids.LIST, "children"),
    Output(Ids.MAKING, "hidden"),
    Output(Ids.SHOWS, "options"),
    Output(Ids.SHOWS, "value"),
    Input(Ids.CHANGED, "data"),
    State(Ids.SHOWS, "value"),
    State(shell.Ids.ADDRESS, "search"),
)
def draw(_changed: int, chosen: str | None, search: str | None) -> tuple[Any, ...]:
    found = fetch()
    if not found.scopes:
        return not_for_you(), True, [], None
    options = [{"value": spelled(course_id), "label": words} for course_id, words in found.scopes.items()]
    known = [option["value"] for option in options]
    asked = (search or "").removeprefix("?course=")
    value = next((each for each in (chosen, asked) if each in known), known[0])
    return screen_list(found.screens, context.origin(), context.now()), False, options, value


@wire(
    Output(Ids.NAME, "value"),
    Input(Ids.MAKE, "n_clicks"),
    State(Ids.NAME, "value"),
    State(Ids.SHOWS, "value"),
    State(Ids.LASTS, "value"),
    running=[(Output(Ids.MAKE, "disabled"), True, False)],
    prevent_initial_call=True,
)
def make(clicks: int, name: str | None, shows: str | None, lasts: str | None) -> Any:
    if not clicks:
        return no_update
    actor, written = context.actor(), secrets.token_urlsafe(32)
    context.store().tell(
        kiosks.make,
        actor,
        context.college(),
        context.vault(),
        course_id_of(shows),
        name or "",
        Lasting.from_word(lasts),
        written,
    )
    set_props(Ids.CHANGED, {"data": actor.at})
    shell.say("The link is made. Open its address on the screen.")
    return ""


@wire(Input(end_id(ALL), "n_clicks"), prevent_initial_call=True)
def end(_clicks: list[int | None]) -> None:
    pressed = ctx.triggered_id
    if pressed is None or not ctx.triggered[0]["value"]:  # it was just drawn; nobody pressed anything
        return
    actor = context.actor()
    context.store().tell(kiosks.revoke, actor, context.college(), int(pressed["of"]))
    set_props(Ids.CHANGED, {"data": actor.at})
    shell.say("The link has ended.")


def fetch() -> Found:
    store, viewer, college = context.store(), context.viewer(), context.college()
    scopes: dict[int | None, str] = dict(store.ask(kiosks.scopes, viewer, college))
    if None in scopes:
        scopes[None] = WHOLE_WALL
    return Found(scopes, store.ask(kiosks.list_all, viewer, college, context.vault(), context.now()))


def course_id_of(shows: str | None) -> int | None:
    """What the form says a screen shall show. Raises Forbidden where nothing may be chosen."""
    if shows == ALL_CHANNELS:
        return None
    if not shows or not shows.isdecimal():
        raise Forbidden("There is nothing that you could put on a screen.", hint="Those who teach can.")
    return int(shows)


def spelled(course_id: int | None) -> str:
    return ALL_CHANNELS if course_id is None else str(course_id)


def _making() -> html.Div:
    lasts = [(lasting.word, lasting.label) for lasting in Lasting]
    form = html.Div(
        [
            text_field(Ids.NAME, "Name", placeholder="Projector in Lab 204", hint="Where the screen hangs."),
            choice_field(Ids.SHOWS, "It shows", [], ""),
            choice_field(Ids.LASTS, "It ends after", lasts, Lasting.MONTHS_4.word),
            html.Div(button(Ids.MAKE, "Make a link", "display", Tone.MAIN), className="lf-actions"),
            html.P(
                "The page turns every 20 seconds; add ?rotate=60 to the address for another pace, ?rotate=0 to turn by "
                "hand.",
                className="lf-hint",
            ),
        ],
        className="lf-form",
    )
    return html.Div(panel("Make a link", form), id=Ids.MAKING, hidden=True)
