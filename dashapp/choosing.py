"""What somebody does on a channel's page: pause, zoom, move, another range, smoothing, an overlay.

Each becomes the address, and what is drawn follows from that alone (`pages.channel`). To stop moving goes by the page's
socket: what is on its way is drawn before.
"""

from __future__ import annotations

from typing import Any

from dash import ALL, Input, Output, State, ctx, set_props
from dash.exceptions import PreventUpdate

import context
from dashapp import looks, moving, repainting, shell
from dashapp.channel_ids import PAGE, VIEW, Ids
from dashapp.components import view_bar
from dashapp.parts import Memo, Part, memo_id
from dashapp.showing import Showing
from dashapp.wiring import Wiring
from domain import moments, zones
from domain.selection import Overlay, Range
from domain.timespan import TimeSpan

FIGURES = {"part": str(Part.FIGURE), "view": ALL, "of": ALL}
PAUSED, ZOOMED, PAST = "Paused", "Held", "Not live"

wire = Wiring(open_to_visitors=True)


def move_id(word: str) -> dict[str, str]:
    """The id of the button that moves or zooms so."""
    return {"channel": "move", "to": word}


@wire(
    Input(Ids.PAUSE, "n_clicks"),
    State(VIEW, "data"),
    websocket=True,
    prevent_initial_call=True,
)
def pause(clicks: int | None, view: dict[str, Any]) -> None:
    showing = Showing.read(view)
    if clicks and showing is not None and showing.selection.range.is_live:
        hold(showing, showing.asked.span(context.now()), PAUSED)


@wire(Input(FIGURES, "relayoutData"), State(memo_id(Memo.VIEW, ALL), "data"), websocket=True, prevent_initial_call=True)
def zoom(moved: list[dict[str, Any] | None], views: list[dict[str, Any]]) -> None:
    """Somebody drew a range with the pointer, or pressed twice to go back. Other pages have such charts, too."""
    drawn = next((view for view in views if view and view.get("page") == PAGE), None)
    showing, said = Showing.read(drawn), next((each for each in moved if each), None)
    if showing is None or said is None:
        return
    if said.get("xaxis.autorange"):
        if showing.trail:
            shell.go(showing.trail[-1])
        return
    ends = moving.drawn_ends(said, showing.shift_us)
    if ends is not None:
        hold(showing, ends, ZOOMED)


@wire(Input({"channel": "move", "to": ALL}, "n_clicks"), State(VIEW, "data"), websocket=True, prevent_initial_call=True)
def move(_clicks: list[int | None], view: dict[str, Any]) -> None:
    showing = Showing.read(view)
    if showing is None or not isinstance(ctx.triggered_id, dict) or not ctx.triggered[0]["value"]:
        return
    hold(showing, moving.moved(showing.asked.span(context.now()), ctx.triggered_id["to"]), ZOOMED)


@wire(
    Input(Ids.SHOW, "n_clicks"),
    Input(Ids.FROM, "n_submit"),
    Input(Ids.TO, "n_submit"),
    State(Ids.FROM, "value"),
    State(Ids.TO, "value"),
    State(VIEW, "data"),
    prevent_initial_call=True,
)
def show_range(_pressed: int, _from: int, _to: int, start: str | None, end: str | None, view: dict[str, Any]) -> None:
    """Raises Invalid where what is written is no time; the page stays as it is."""
    showing = Showing.read(view)
    if showing is not None:
        zone = zones.zone_named(showing.zone)
        range_ = Range(moments.settled(start or Range().start, zone), moments.settled(end or moments.NOW, zone))
        range_.span(context.now(), zone, first_at=0)
        set_props(Ids.WHY, {"data": PAST})
        shell.go(showing.selection.over(range_, zone.key).query)


@wire(Input(Ids.SMOOTH, "value"), Input(Ids.OVER, "value"), State(VIEW, "data"), prevent_initial_call=True)
def smooth(how: str, window: str, view: dict[str, Any]) -> None:
    showing = Showing.read(view)
    if showing is None:
        raise PreventUpdate
    smoothing = view_bar.smoothing_of(how, window)
    if smoothing != showing.selection.smoothing:
        shell.go(showing.selection.but(smoothing=smoothing).query)


@wire(
    Output(Ids.OVERLAY_FEEDS, "options"), Input(Ids.OVERLAY, "n_clicks"), State(VIEW, "data"), prevent_initial_call=True
)
def offer_overlays(_clicks: int, view: dict[str, Any]) -> list[dict[str, str]]:
    showing = Showing.read(view)
    if showing is None:
        raise PreventUpdate
    found = context.store().ask(looks.other_feeds, context.viewer(), showing.channel_id, context.now())
    return [{"label": words, "value": str(overlay)} for overlay, words in found]


@wire(Input(Ids.OVERLAY_FEEDS, "value"), State(VIEW, "data"), prevent_initial_call=True)
def lay_over(chosen: str | None, view: dict[str, Any]) -> None:
    showing = Showing.read(view)
    if showing is None or not chosen:
        raise PreventUpdate
    overlay, selection = Overlay.parse(chosen), showing.selection
    if overlay not in selection.overlays:
        set_props(Ids.OVERLAY_FEEDS, {"value": None})
        shell.go(selection.but(overlays=(*selection.overlays, overlay)).query)


def hold(showing: Showing, span: TimeSpan, why: str) -> None:
    """Stand still at a span: it is drawn at once, and the address then says what is shown already."""
    selection = showing.selection.but(range=Range.of(span))
    repainting.repaint(showing, selection, showing.own_zone, why)
    set_props(Ids.WHY, {"data": why})
    shell.go(selection.query)
