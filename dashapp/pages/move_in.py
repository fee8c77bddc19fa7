"""Moving in from ThingSpeak: a channel's file is chosen, looked at, and becomes a channel with its history."""

from __future__ import annotations

import secrets
from typing import Any

from dash import Input, Output, State, dcc, html, set_props
from dash.development.base_component import Component
from flask import request

import context
from dashapp import shell
from dashapp.components import move_in_panels as panels
from dashapp.components import notices
from dashapp.components.faults import fault, said
from dashapp.components.forms import page_head
from dashapp.components.import_history import UNDER_WAY
from dashapp.components.move_in_panels import Ids
from dashapp.components.new_channel_form import MOVE_IN, Written
from dashapp.import_steps import file_in, why_refused
from dashapp.wiring import Wiring
from domain import zones
from domain.channels import Visibility
from domain.errors import Invalid, NotFound, TooMany
from domain.imports import Outcome
from domain.keys import new_key
from domain.moves import FieldSeen, Move
from models import moving_in
from models.jobs import State as Stage
from models.moving_in import Arrival
from models.ownership import NewChannel

PATH = MOVE_IN
TITLE = "Move in from ThingSpeak · Labfeed"

AGAIN_MS = 1_000
"""How often the page looks how far a history is, while one comes in."""

HEAD = "A channel's file becomes a channel here: its fields, labels, place and history. You see first what it holds."

wire = Wiring()


def layout(**_address: str) -> html.Div:
    return html.Div(
        [
            page_head("Move in from ThingSpeak", HEAD),
            html.Div(notices.skeleton_page(), id=Ids.STAGE),
            dcc.Store(id=Ids.CHANGED),
            dcc.Interval(id=Ids.AGAIN, interval=AGAIN_MS, disabled=True),
        ],
        className="lf-page lf-import-page lf-move-in-page",
    )


def sample() -> list[Component]:
    """A file that is looked at, with a bad row."""
    move = Move("Otter kiln", fields={1: FieldSeen("Heat", numbers=1)}, rows=2, taken=1, bad=1)
    found = Arrival(1, "feeds.csv", Stage.OPEN, 100, move, Outcome(), None, 0, None)
    return panels.look_panels(found, move, zones.zone_named(zones.WORLD))


@wire(
    Output(Ids.STAGE, "children"),
    Output(Ids.AGAIN, "disabled"),
    Input(shell.Ids.ADDRESS, "search"),
    Input(Ids.CHANGED, "data"),
)
def draw(search: str | None, _changed: Any) -> tuple[Any, ...]:
    number = file_in(search)
    if not number:
        return [choose(search)], True
    try:
        found = fetch(number)
    except NotFound as refused:
        return notices.not_found(refused.detail), True
    return stage(found, search), found.state not in UNDER_WAY


@wire(Input(Ids.AGAIN, "n_intervals"), State(shell.Ids.ADDRESS, "search"), prevent_initial_call=True)
def look_again(_passed: int | None, search: str | None) -> None:
    """How far it is now; a file that is being looked at stays as it is."""
    found = fetch(file_in(search))
    set_props(Ids.AGAIN, {"disabled": found.state not in UNDER_WAY})
    if found.state is not Stage.OPEN:
        set_props(Ids.STAGE, {"children": stage(found, search)})


@wire(
    Input(Ids.CREATE, "n_clicks"),
    Input(Ids.NAME, "n_submit"),
    State(Ids.NAME, "value"),
    State(Ids.DESCRIPTION, "value"),
    State(Ids.WHO_SEES, "value"),
    State(Ids.WITHOUT_BAD, "value"),
    State(shell.Ids.ADDRESS, "search"),
    prevent_initial_call=True,
)
def create(clicks: int | None, submits: int | None, *written: Any) -> None:
    if not clicks and not submits:
        return
    name, description, who_sees, without_bad, search = written
    wanted = NewChannel(name or "", description or "", Visibility(who_sees))
    try:
        make(file_in(search), wanted, without_bad=bool(without_bad))
    except (Invalid, TooMany) as refused:
        faults = said(refused)
        fields = panels.about_fields(Written(wanted.name, wanted.description), faults)
        set_props(Ids.ABOUT, {"children": fields})
        others = [sentence for pointer, sentence in faults.items() if pointer not in ("/name", "/description")]
        set_props(Ids.FAULT, {"children": [fault(sentence) for sentence in others]})
        return
    set_props(Ids.CHANGED, {"data": context.now()})


@wire(Input(Ids.CANCEL, "n_clicks"), State(shell.Ids.ADDRESS, "search"), prevent_initial_call=True)
def cancel(clicks: int | None, search: str | None) -> None:
    """Discard the file, or stop what is being made of it. Raises NotFound, Outdated."""
    if not clicks:
        return
    came_to = context.store().tell(moving_in.discard, context.actor(), file_in(search))
    context.parts().importer.look()
    shell.say("The file is discarded." if came_to is Stage.CANCELLED else "What was moved in is being taken back.")
    if came_to is Stage.CANCELLED:
        shell.go("")
    else:
        set_props(Ids.CHANGED, {"data": context.now()})


def make(number: int, wanted: NewChannel, *, without_bad: bool) -> None:
    """Make the channel, and let its history come in. Raises Invalid, TooMany, NotFound, Outdated."""
    found = fetch(number)
    if found.move is not None and found.move.bad and not without_bad:
        raise Invalid("Rows of the file are bad.", hint="Leave them out, or mend the file and choose it again.")
    key = new_key(secrets.choice)
    context.store().tell(moving_in.create, context.actor(), context.vault(), key, number, wanted)
    context.parts().importer.look()


def fetch(number: int) -> Arrival:
    """Raises NotFound."""
    return context.store().ask(moving_in.find, context.viewer(), number)


def stage(found: Arrival, search: str | None) -> list[Component]:
    """What is to be done next: look at the file, wait, or see what came of it."""
    if found.state is Stage.OPEN and found.move is not None:
        zone = zones.zone_named(context.college_zone())
        return panels.look_panels(found, found.move, zone)
    if found.state in UNDER_WAY:
        return [panels.under_way_panel(found)]
    if found.state in (Stage.DONE, Stage.UNDONE):
        return [panels.done_panel(found)]
    return [panels.refused_panel(found)] if found.outcome.reason else [choose(search)]


def choose(search: str | None) -> Component:
    token = request.headers.get("X-CSRFToken", "")  # it was just found good
    return panels.choose_panel(token, why_refused(search))
