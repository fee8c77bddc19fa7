"""Bringing a file of readings into a channel: chosen, looked at, put right, imported in the background, undone."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, ctx, dcc, html, set_props
from dash.dependencies import ALL
from dash.development.base_component import Component
from flask import request

import context
from dashapp import addresses, shell
from dashapp import import_choices as choices
from dashapp import import_steps as steps
from dashapp.components import import_history, import_panels, notices
from dashapp.components.channel_tabs import channel_tabs
from dashapp.components.faults import fault
from dashapp.components.forms import page_head, panel
from dashapp.components.import_history import UNDER_WAY
from dashapp.components.import_ids import Ids, column_id, undo_id
from dashapp.import_choices import Reading
from dashapp.import_steps import TAIL, Found
from dashapp.wiring import Wiring
from domain import zones
from domain.errors import Forbidden, Invalid, NotFound
from domain.imports import Mapping, Outcome, Preview, Source
from domain.readings import Feed, Kind
from domain.roles import Act
from models import channels, imports
from models.imports import Import
from models.jobs import State as Stage

PATH = "/channels/<channel>/import"
TITLE = "Import · Labfeed"

AGAIN_MS = 1_000
"""How often the page looks how far an import is, while one is under way."""

wire = Wiring()


def layout(**_address: str) -> html.Div:
    return html.Div(
        [
            html.Div(id=Ids.HEAD),
            html.Div(notices.skeleton_page(), id=Ids.STAGE),
            html.Div(id=Ids.HISTORY),
            dcc.Store(id=Ids.CHANGED),
            dcc.Interval(id=Ids.AGAIN, interval=AGAIN_MS, disabled=True),
        ],
        className="lf-page lf-import-page",
    )


def sample() -> list[Component]:
    """A file that is looked at, and one that can be undone."""
    feed = Feed(1, 7, "temperature", "", Kind.NUMBER, "°C", None, None, 0)
    told = Mapping(sources=(Source("temperature", "temperature", place=1),))
    seen = Preview(told, ("time_utc", "temperature"), (("2026-03-08T14:05:00Z", "21.4"),), (), ())
    done = Import(1, 7, "kiln.csv", 1, "Ada Finch", Stage.DONE, 1, 1, 1, 1, told, Outcome(stored=1), 0, 0, True, {})
    drawn = import_panels.look_panels(done, seen, [feed], zones.WORLD)
    return [*drawn, *import_history.history([done], 0, "")]


def exists(pathname: str) -> bool:
    """Whether the address names a channel into which this viewer may bring readings."""
    return addresses.exists(pathname, TAIL, Act.CONTRIBUTE)


@wire(
    Output(Ids.HEAD, "children"),
    Output(Ids.STAGE, "children"),
    Output(Ids.HISTORY, "children"),
    Output(Ids.AGAIN, "disabled"),
    Input(shell.Ids.ADDRESS, "pathname"),
    Input(shell.Ids.ADDRESS, "search"),
    Input(Ids.CHANGED, "data"),
)
def draw(pathname: str, search: str | None, _changed: Any) -> tuple[Any, ...]:
    try:
        channel_id = channel_id_in(pathname)
        acts = context.store().ask(channels.acts, context.viewer(), channel_id)
        found = steps.fetch(channel_id, steps.file_in(search), acts)
    except (NotFound, Forbidden) as refused:
        return "", notices.not_found(refused.detail), [], True
    return heading(found), stage(found, search), history(found), not found.is_under_way


@wire(
    Input(Ids.AGAIN, "n_intervals"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(shell.Ids.ADDRESS, "search"),
    prevent_initial_call=True,
)
def look_again(_passed: int | None, pathname: str, search: str | None) -> None:
    """How far it is now; a file that is being looked at stays as it is."""
    found = steps.fetch(channel_id_in(pathname), steps.file_in(search), frozenset())
    set_props(Ids.HISTORY, {"children": history(found)})
    set_props(Ids.AGAIN, {"disabled": not found.is_under_way})
    if found.file is not None and found.file.state is not Stage.OPEN:
        set_props(Ids.STAGE, {"children": stage(found, search)})


@wire(
    Output(Ids.COLUMNS, "children"),
    Input(Ids.TIME, "value"),
    Input(Ids.SEPARATOR, "value"),
    Input(Ids.ENCODING, "value"),
    State(Ids.DATES, "value"),
    State(Ids.DECIMAL, "value"),
    State(Ids.ZONE, "value"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(shell.Ids.ADDRESS, "search"),
    prevent_initial_call=True,
)
def cut_anew(
    time: str, separator: str, encoding: str, dates: str, decimal: str, zone: str, pathname: str, search: str | None
) -> list[Component]:
    """Another column of times, or other columns at all: where they go is guessed once more."""
    reading = Reading(time, dates, separator, encoding, decimal)
    try:
        seen, into = steps.look_at(channel_id_in(pathname), steps.file_in(search), reading, zone, {})
    except Invalid as refused:
        return [fault(steps.sentence_of(refused))]
    return import_panels.columns(seen, into.feeds)


@wire(
    Output(Ids.ROWS, "children"),
    Output(Ids.START, "disabled"),
    Input(column_id(ALL), "value"),
    Input(Ids.COLUMNS, "children"),
    Input(Ids.DATES, "value"),
    Input(Ids.DECIMAL, "value"),
    Input(Ids.ZONE, "value"),
    State(column_id(ALL), "id"),
    State(Ids.TIME, "value"),
    State(Ids.SEPARATOR, "value"),
    State(Ids.ENCODING, "value"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(shell.Ids.ADDRESS, "search"),
)
def preview(
    targets: list[str],
    _columns: Any,
    dates: str,
    decimal: str,
    zone: str,
    ids: list[dict[str, Any]],
    time: str,
    separator: str,
    encoding: str,
    pathname: str,
    search: str | None,
) -> tuple[Any, ...]:
    """What the first rows come to, read so."""
    reading = Reading(time, dates, separator, encoding, decimal)
    try:
        seen, into = steps.look_at(
            channel_id_in(pathname), steps.file_in(search), reading, zone, steps.goes_to(ids, targets)
        )
    except Invalid as refused:
        return [fault(steps.sentence_of(refused))], True
    in_the_way = steps.fault_of(into, seen.mapping)
    times = zones.zone_named(seen.mapping.zone)
    return import_panels.comes_to(seen, into.feeds, times, in_the_way), bool(in_the_way)


@wire(
    Input(Ids.START, "n_clicks"),
    State(column_id(ALL), "value"),
    State(column_id(ALL), "id"),
    State(Ids.TIME, "value"),
    State(Ids.DATES, "value"),
    State(Ids.SEPARATOR, "value"),
    State(Ids.ENCODING, "value"),
    State(Ids.DECIMAL, "value"),
    State(Ids.ZONE, "value"),
    State(Ids.WHOLE, "value"),
    State(Ids.CONFLICTS, "value"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(shell.Ids.ADDRESS, "search"),
    prevent_initial_call=True,
)
def start(clicks: int | None, targets: list[str], ids: list[dict[str, Any]], *said: Any) -> None:
    """Let the file be imported as it was looked at. Raises Invalid, Outdated."""
    time, dates, separator, encoding, decimal, zone, is_whole, conflicts, pathname, search = said
    if not clicks:
        return
    reading = Reading(time, dates, separator, encoding, decimal)
    seen, into = steps.look_at(
        channel_id_in(pathname), steps.file_in(search), reading, zone, steps.goes_to(ids, targets)
    )
    told = choices.settled(seen.mapping, is_whole=bool(is_whole), conflicts=conflicts)
    context.store().tell(imports.start, context.actor(), into.id, steps.file_in(search), told)
    context.parts().importer.look()
    set_props(Ids.CHANGED, {"data": context.now()})


@wire(
    Input(Ids.CANCEL, "n_clicks"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(shell.Ids.ADDRESS, "search"),
    prevent_initial_call=True,
)
def cancel(clicks: int | None, pathname: str, search: str | None) -> None:
    """Discard a file, or stop an import and take back what it stored."""
    if not clicks:
        return
    came_to = steps.take_back(channel_id_in(pathname), steps.file_in(search))
    shell.say("The file is discarded." if came_to is Stage.CANCELLED else "The import is being taken back.")
    if came_to is Stage.CANCELLED:
        shell.go("")
    else:
        set_props(Ids.CHANGED, {"data": context.now()})


@wire(Input(undo_id(ALL), "n_clicks"), State(shell.Ids.ADDRESS, "pathname"), prevent_initial_call=True)
def undo(clicks: list[int | None], pathname: str) -> None:
    if not any(clicks) or not isinstance(ctx.triggered_id, dict):
        return
    steps.take_back(channel_id_in(pathname), int(ctx.triggered_id["of"]))
    shell.say("What the import stored is being taken away.")
    set_props(Ids.CHANGED, {"data": context.now()})


def heading(found: Found) -> list[Component]:
    said = "Readings from a file. Nothing is stored before you have seen what it would be."
    return [page_head(found.channel.name, said), channel_tabs(found.channel.id, found.acts)]


def stage(found: Found, search: str | None) -> list[Component]:
    """What is to be done next: choose a file, look at it, wait, or see what came of it."""
    file = found.file
    if file is None:
        token = request.headers.get("X-CSRFToken", "")  # it was just found good
        return [import_panels.choose_panel(found.address, token, steps.why_refused(search))]
    if file.state is Stage.OPEN:
        return look_panels(found, file)
    return [import_history.under_way(file) if file.state in UNDER_WAY else import_history.over(file, found.address)]


def look_panels(found: Found, file: Import) -> list[Component]:
    """A file that is here; of one that is no file of readings, why."""
    zone = context.college_zone()
    try:
        asked = (context.viewer(), found.channel.id, file.id, zone, context.now())
        seen = context.store().ask_long(imports.preview, *asked)
    except Invalid as refused:
        return [import_panels.unreadable_panel(file, steps.sentence_of(refused))]
    return import_panels.look_panels(file, seen, found.channel.feeds, zone)


def history(found: Found) -> list[Component]:
    rest = [each for each in found.imports if found.file is None or each.id != found.file.id]
    note = "What an import stored can be taken away again for 30 days."
    return [panel("Imported before", *import_history.history(rest, context.now(), found.address), note=note)]


def channel_id_in(pathname: str) -> int:
    return addresses.channel_id_in(pathname, TAIL)
