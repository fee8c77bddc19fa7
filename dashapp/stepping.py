"""Stepping through a channel's readings below its chart, one by one: by button, without a pointer.

Each step asks the database, so it leads to a reading even where the chart draws means of many. One stands at an
instant until another range is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from dash import Input, Output, Patch, State, ctx, dcc, html
from dash.exceptions import PreventUpdate

import context
from dashapp import following, repainting
from dashapp.components.stepper import HINT, readout, stepper
from dashapp.figures.marking import line_at
from dashapp.lenses import table
from dashapp.live_views import Update
from dashapp.parts import Memo, Part, memo_id, part_id
from dashapp.showing import Showing
from dashapp.wiring import Wiring
from domain import zones
from models import neighbours
from models.neighbours import Among, Step


class Ids(StrEnum):
    STRIP = "step-strip"
    PREVIOUS = "step-previous"
    NEXT = "step-next"
    NEWEST = "step-newest"
    READOUT = "step-readout"
    TABLE = "step-table"
    PLACE = "step-place"


VIEW = memo_id(Memo.VIEW, "channel")

wire = Wiring(open_to_visitors=True)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one stands, as the browser keeps it: at an instant of the range of a channel that is shown, or nowhere.

    `net`: how often *next* was pressed more than *previous* when one came here. So presses that were on their way
    together all count, and none twice.
    """

    shown: str = ""
    at: int | None = None
    net: int = 0

    @classmethod
    def read(cls, kept: dict[str, Any] | None) -> Place:
        return cls(str(kept["shown"]), kept["at"], int(kept["net"])) if kept else cls()

    def kept(self) -> dict[str, Any]:
        return {"shown": self.shown, "at": self.at, "net": self.net}


def layout(table_at: str) -> html.Div:
    """The strip below a channel's chart; `table_at`: the id of what holds the table."""
    strip = html.Div(stepper(Ids, table_at), id=Ids.STRIP, hidden=True, className="lf-stepper")
    return html.Div([strip, dcc.Store(id=Ids.PLACE)])


@wire(
    Output(Ids.STRIP, "hidden"),
    Output(Ids.PLACE, "data"),
    Output(Ids.READOUT, "children"),
    Input(Ids.PREVIOUS, "n_clicks"),
    Input(Ids.NEXT, "n_clicks"),
    Input(Ids.NEWEST, "n_clicks"),
    Input(VIEW, "data"),
    State(Ids.PLACE, "data"),
    websocket=True,
)
def stand(back: int, forth: int, _newest: int, view: dict[str, Any], kept: dict[str, Any] | None) -> Sequence[Any]:
    """Go where the buttons lead; where the page shows something else, stay if that is there too."""
    showing = Showing.read(view)
    if showing is None or showing.waits:
        return True, None, HINT
    before = Place.read(kept)
    here = Place(shown_by(showing), None, forth - back)
    start = before if before.shown == here.shown else replace(before, at=None)
    step = _go(showing, start, here.net, ctx.triggered_id)
    place = replace(here, at=step.at) if step else here
    if before.at is not None or place.at is not None:
        following.show([_marked(showing, place.at)])
    return False, place.kept(), readout(step, zones.zone_named(showing.zone)) if step else HINT


def _go(showing: Showing, start: Place, net: int, pressed: str | None) -> Step | None:
    """What is read where the buttons lead or, without a press, where one stands; None for nowhere."""
    at, count = start.at, net - start.net if pressed in (Ids.PREVIOUS, Ids.NEXT) else 0
    if pressed == Ids.NEWEST:
        at, count = None, -1
    if at is None and not count:
        return None
    return context.store().ask(neighbours.step, context.viewer(), among(showing), at, count)


def among(showing: Showing) -> Among:
    """What is stepped through: all that is drawn, over the range as of now."""
    selection, span = showing.selection, showing.asked.span(context.now())
    return Among(showing.channel_id, span, selection.hidden, selection.overlays)


def shown_by(showing: Showing) -> str:
    """What must be equal for a place to stay: the channel and the range."""
    range_ = showing.selection.range
    return f"{showing.channel_id} {range_.start} {range_.end}"


def _marked(showing: Showing, at: int | None) -> Update:
    """The line at an instant, or none."""
    figure = Patch()
    figure["layout"]["shapes"] = [] if at is None else [line_at((at + showing.shift_us) / 1000)]
    return part_id(Part.FIGURE, showing.name, showing.channel_id), {"figure": figure}


@wire(Input(Ids.TABLE, "n_clicks"), State(VIEW, "data"), websocket=True, prevent_initial_call=True)
def show_table(_clicks: int, view: dict[str, Any]) -> None:
    """Open the table; the link itself leads to where it stands."""
    showing = repainting.latest(view)
    if showing is None or showing.selection.lens == table.NAME:
        raise PreventUpdate
    repainting.choose(showing, showing.selection.but(lens=table.NAME))
