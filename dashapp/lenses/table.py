"""The readings in view as a table, newest first, page by page; editors put single ones right in its cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from typing import Any

import dash_ag_grid
from dash import Input, Output, State, ctx, html, no_update, set_props
from dash.dependencies import ALL
from dash.exceptions import PreventUpdate

import context
from dashapp import late_libraries, shell, shown
from dashapp.components.readings_frame import Ids, readings_frame
from dashapp.components.readings_grid import (
    PAGE,
    Cells,
    Clock,
    cells_of,
    columns,
    grid_id,
    height,
    options,
    readings_grid,
)
from dashapp.lenses.table_changes import Drafts, done, in_cells, said, without_rows, written
from dashapp.lenses.table_view import View, view_of
from dashapp.parts import Memo, memo_id
from dashapp.wiring import Wiring
from domain import zones
from domain.channels import Channel
from domain.errors import Invalid
from domain.readings import Feed, Kind
from domain.roles import Act
from domain.timespan import TimeSpan
from models import channels, corrections, table
from models.table import Page, Table

NAME = "table"
LABEL = "Table"
PICTURE = "table"

GRIDS = grid_id(ALL)
CHART_IS_STALE = memo_id(Memo.STALE, "channel")
CORRECTING = "Write into a cell to correct it; empty it to delete that reading."

wire = Wiring(open_to_visitors=True)


def applies(channel: Channel) -> bool:
    return any(not feed.is_hidden for feed in channel.feeds)


def layout() -> html.Div:
    """The skeleton."""
    return readings_frame()


def sample() -> Any:
    """The grid, as `draw` draws it."""
    feed = Feed(1, 7, "temperature", "", Kind.NUMBER, "°C", None, None, 0)
    return readings_grid([feed], zones.zone_named(zones.WORLD), 0, rows=1, edits=False)


@wire(
    Output(Ids.FRAME, "children"),
    Output(Ids.NOTE, "children"),
    Output(Ids.TOOLS, "hidden"),
    Output(Ids.DELETE, "style"),
    Output(Ids.WAYS, "hidden"),
    Output(Ids.VIEW, "data"),
    Input(shown.store_of(NAME), "data"),
    Input(Ids.EDIT, "value"),
    State(Ids.VIEW, "data"),
    State(shell.Ids.LIBRARIES, "data"),
)
def draw(kept: dict[str, Any], edit: bool, former: dict[str, Any], loaded: list[str]) -> tuple[Any, ...]:
    asked = shown.read(kept, NAME)
    if asked is None:
        raise PreventUpdate
    before = View.read(former)
    found = context.store().ask(table.table, context.viewer(), asked.channel_id, asked.selection.hidden, asked.span)
    view = view_of(asked, found, edit, before)
    frame = no_update
    if before is None or before.drawing != view.drawing:
        frame = framed(found, view, loaded)
    elif before.edits != view.edits:
        change = {"columnDefs": columns(found.feeds, asked.zone, edits=view.edits)}
        set_props(grid_id(view.drawing), change | {"dashGridOptions": options(edits=view.edits)})
    note = CORRECTING if view.edits else noted(found)
    return frame, note, not found.may_correct, {} if view.edits else {"display": "none"}, not found.count, asdict(view)


def framed(found: Table, view: View, loaded: list[str]) -> Any:
    """The grid, or a sentence where nothing is to be shown."""
    if not found.count:
        return html.P("No reading in this range.", className="lf-readings-none")
    name = dash_ag_grid.__name__
    if name not in loaded:
        late_libraries.bring(dash_ag_grid)
        set_props(shell.Ids.LIBRARIES, {"data": [*loaded, name]})
    return readings_grid(
        found.feeds, zones.zone_named(view.zone), view.drawing, rows=min(found.count, PAGE), edits=view.edits
    )


def noted(found: Table) -> str:
    """`12 345 readings, newest first`"""
    count = f"{found.count:,}".replace(",", "\u202f")
    return f"{count} reading{'' if found.count == 1 else 's'}, newest first" if found.count else ""


@wire(
    Output(GRIDS, "getRowsResponse"),
    Output(GRIDS, "style"),
    Output(Ids.SEEN, "data"),
    Output(Ids.WHERE, "children"),
    Output(Ids.NEWEST, "disabled"),
    Output(Ids.NEWER, "disabled"),
    Output(Ids.OLDER, "disabled"),
    Input(GRIDS, "getRowsRequest"),
    Input(Ids.VIEW, "data"),
    Input(Ids.PLACE, "data"),
    Input(Ids.DRAFTS, "data"),
)
def answer(requests: list[Any], kept: dict[str, Any], place: dict[str, Any], drafts: dict[str, Any]) -> tuple[Any, ...]:
    """One callback for whatever changes the rows: of several answers the browser takes the last one's."""
    view = View.read(kept)
    if view is None or not requests:
        raise PreventUpdate
    before = ends_of(place, view)
    span = TimeSpan(view.start, max(view.start, before[-1] if before else view.end))
    found = context.store().ask(table.page, context.viewer(), view.channel_id, view.hidden, span, PAGE)
    rows = cells(found, view, Drafts.read(drafts, view.channel_id))
    seen = {"drawing": view.drawing, "oldest": found.rows[-1].at if found.rows else None, "more": found.has_more}
    is_first = not before
    where = "" if is_first and not found.has_more else f"Page {len(before) + 1}"
    answers = [{"rowData": rows, "rowCount": len(rows)}] * len(requests)
    styles = [height(max(len(rows), PAGE if before else 0), edits=view.edits)] * len(requests)
    return answers, styles, seen, where, is_first, is_first, not found.has_more


def cells(page: Page, view: View, drafts: Drafts) -> list[Cells]:
    """The rows of the page as the grid has them."""
    clock = view.clock
    return [in_cells(drafts, cells_of(row, page.feeds, clock.text(row.at))) for row in page.rows]


@wire(
    Output(Ids.PLACE, "data"),
    Input(Ids.NEWEST, "n_clicks"),
    Input(Ids.NEWER, "n_clicks"),
    Input(Ids.OLDER, "n_clicks"),
    State(Ids.PLACE, "data"),
    State(Ids.SEEN, "data"),
    State(Ids.VIEW, "data"),
    prevent_initial_call=True,
)
def turn(
    _newest: int, _newer: int, _older: int, place: dict[str, Any], seen: dict[str, Any], kept: dict[str, Any]
) -> Any:
    view = View.read(kept)
    if view is None or seen.get("drawing") != view.drawing:
        raise PreventUpdate
    ends = turned(ctx.triggered_id, ends_of(place, view), seen)
    return {"drawing": view.drawing, "ends": ends}


def ends_of(place: dict[str, Any], view: View) -> list[int]:
    """Where the second page ends, and each further one up to the page that is open; none while that is the first."""
    return list(place["ends"]) if place.get("drawing") == view.drawing else []


def turned(button_id: str, ends: list[int], seen: dict[str, Any]) -> list[int]:
    """The ends of the pages after a press. One more press than there was time to draw for changes nothing."""
    if button_id == Ids.NEWEST:
        return []
    if button_id == Ids.NEWER:
        return ends[:-1]
    is_new = seen["more"] and seen["oldest"] not in ends
    return [*ends, seen["oldest"]] if is_new else ends


@wire(
    Output(Ids.DRAFTS, "data"),
    Output(Ids.BAR, "hidden"),
    Output(Ids.CHANGES, "children"),
    Output(GRIDS, "selectedRows"),
    Input(Ids.SAVE, "n_clicks"),
    Input(Ids.UNDO, "n_clicks"),
    Input(Ids.DELETE, "n_clicks"),
    Input(GRIDS, "cellValueChanged"),
    State(GRIDS, "selectedRows"),
    State(Ids.DRAFTS, "data"),
    State(Ids.VIEW, "data"),
    prevent_initial_call=True,
)
def change(
    _save: int,
    _undo: int,
    _delete: int,
    events: list[Any],
    selected: list[Any],
    kept_drafts: dict[str, Any],
    kept: dict[str, Any],
) -> tuple[Any, ...]:
    view = View.read(kept)
    if view is None or not ctx.triggered[0]["value"]:
        raise PreventUpdate
    feeds = context.store().ask(channels.may, context.actor().viewer, Act.CONTRIBUTE, view.channel_id).feeds
    drafts, refused = Drafts.read(kept_drafts, view.channel_id), None
    if ctx.triggered_id == Ids.SAVE:
        drafts = save(drafts)
    elif ctx.triggered_id == Ids.UNDO:
        drafts = drafts.next(())
    elif ctx.triggered_id == Ids.DELETE:
        drafts = without_rows(drafts, feeds, chain.from_iterable(filter(None, selected)))
    else:
        drafts, refused = take(drafts, feeds, chain.from_iterable(filter(None, events)), view.clock)
    lines = said(drafts, feeds, view.clock, refused)
    return drafts.data, not lines, lines, [no_update if refused else [] for _ in selected]


def save(drafts: Drafts) -> Drafts:
    """Store what was written. Raises NotFound, Forbidden, Outdated, Invalid; then it stays as it is."""
    if drafts.changes:
        result = context.store().tell(corrections.apply, context.actor(), drafts.channel_id, drafts.changes)
        shell.say(done(result))
        set_props(CHART_IS_STALE, {"data": f"corrected at {context.now()}"})
    return drafts.next(())


def take(
    drafts: Drafts, feeds: Sequence[Feed], events: Iterable[Mapping[str, Any]], clock: Clock
) -> tuple[Drafts, Invalid | None]:
    """The drafts with what was written into cells, and what of it was refused: that cell goes back to what it was."""
    refused = None
    for event in events:
        try:
            drafts = written(drafts, feeds, event, clock)
        except Invalid as error:
            drafts, refused = drafts.next(drafts.changes), error
    return drafts, refused
