"""What somebody does on a channel's page: pause, zoom, move, another range, smoothing, an overlay.

Each becomes the address, and what is drawn follows from that alone (`pages.channel`). The later choice is the one that
stays. Over the page's socket each is drawn in its turn, and starts from what the one before has drawn. For a page that
polls one callback hears whatever is done with a single press: of several answers the browser takes the last one's.
"""

from __future__ import annotations

from typing import Any, TypeGuard

from dash import ALL, Input, Output, State, ctx, no_update, set_props
from dash.exceptions import PreventUpdate

import context
from dashapp import channel_drawing, looks, moving, repainting
from dashapp.channel_ids import PAGE, VIEW, Ids
from dashapp.components import view_bar
from dashapp.components.pace import LIVE, PACE, RESUME
from dashapp.components.ways import way_id
from dashapp.parts import Memo, Part, memo_id
from dashapp.repainting import latest
from dashapp.showing import PAST, PAUSED, ZOOMED, Showing
from dashapp.wiring import Wiring
from domain import moments, zones
from domain.selection import Overlay, Range, Selection
from domain.timespan import TimeSpan
from live.dash_socket import current_page

FIGURES = {"part": str(Part.FIGURE), "view": ALL, "of": ALL}
MOVES = {"channel": "move", "to": ALL}
FOLLOW, FOLLOW_AGAIN = way_id(LIVE), way_id(RESUME)

wire = Wiring(open_to_visitors=True)


def move_id(word: str) -> dict[str, str]:
    """The id of the button that moves or zooms so."""
    return {"channel": "move", "to": word}


PRESSES = (Input(Ids.PAUSE, "n_clicks"), Input(way_id((PACE, ALL)), "n_clicks"), Input(MOVES, "n_clicks"))
ADDRESS = (Input(Ids.HERE, "search"), Input(Ids.ZONE, "value"))


@wire(*PRESSES, State(Ids.HERE, "pathname"), State(VIEW, "data"), websocket=True, prevent_initial_call=True)
def press(_pause: int, _live: list[int], _moves: list[int], pathname: str, view: dict[str, Any]) -> None:
    """A button of a page with a socket. Of what comes to one callback at once the browser may send the last alone, and
    with each choice the page is told its address: a press in that moment must not be lost."""
    if current_page() is None:
        raise PreventUpdate
    _go(latest(view), pathname)


@wire(
    Output(Ids.HERE, "search"),
    *PRESSES,
    *ADDRESS,
    State(Ids.HERE, "pathname"),
    State(VIEW, "data"),
    websocket=True,
    prevent_initial_call=True,
)
def choose(
    _pause: int, _live: list[int], _moves: list[int], search: str | None, zone: str, pathname: str, view: dict[str, Any]
) -> Any:
    """A link, the browser's way back, a clock; a button, too, of a page that polls: show that."""
    before, is_polling = latest(view), current_page() is None
    if is_polling and _pressed():
        return _go(before, pathname).query
    if not _is_of(before, pathname) or ctx.triggered_prop_ids.keys().isdisjoint(map(str, ADDRESS)):
        raise PreventUpdate
    return turn_to(before, view, search, channel_drawing.own_zone(zone))


def turn_to(before: Showing, view: dict[str, Any], search: str | None, own_zone: str) -> Any:
    """Show what the address says now, in the reader's zone."""
    asked = Showing.read(view)
    if asked is not None and asked.answers(search) and asked.own_zone == own_zone:
        # Nobody chose anything: it is the address that the page was told. A later choice has been drawn by now.
        return no_update if asked == before else before.query
    address = search or "" if asked == before else None
    selection = before.selection if asked is not None and asked.answers(search) else channel_drawing.selected(search)
    repainting.repaint(before, selection, own_zone, address=address)
    return no_update


def _go(before: Showing | None, pathname: str) -> Showing:
    """Show what the button that was pressed leads to."""
    pressed = _pressed()
    if not _is_of(before, pathname) or not pressed:
        raise PreventUpdate
    selection, why = pressed_for(before, ctx.triggered_prop_ids[pressed[-1]])
    if selection == before.selection:
        raise PreventUpdate
    return repainting.repaint(before, selection, before.own_zone, why)


def _pressed() -> list[str]:
    """What was pressed, in that order. Buttons that have just been drawn are told of, too; nobody has pressed them."""
    return [each["prop_id"] for each in ctx.triggered if each["prop_id"].endswith(".n_clicks") and each["value"]]


def _is_of(before: Showing | None, pathname: str) -> TypeGuard[Showing]:
    """Whether that is drawn on the page of this address; else it is not yet, or another page is about to be."""
    return before is not None and not before.waits and f"/channels/{before.channel_id}" == pathname.rstrip("/")


def pressed_for(before: Showing, pressed: Any) -> tuple[Selection, str]:
    """What a button leads to from what is shown, and why the page then stands still."""
    selection, span = before.selection, before.asked.span(context.now())
    if pressed in (FOLLOW, FOLLOW_AGAIN):
        return before.resumed, before.why
    if pressed == Ids.PAUSE:
        return (selection.but(range=Range.of(span)) if selection.range.is_live else selection), PAUSED
    return selection.but(range=Range.of(moving.moved(span, pressed["to"]))), ZOOMED


@wire(Input(FIGURES, "relayoutData"), State(memo_id(Memo.VIEW, ALL), "data"), websocket=True, prevent_initial_call=True)
def zoom(moved: list[dict[str, Any] | None], views: list[dict[str, Any]]) -> None:
    """Somebody drew a range with the pointer, or pressed twice to go back. Other pages have such charts, too."""
    drawn = next((view for view in views if view and view.get("page") == PAGE), None)
    asked, said = Showing.read(drawn), next((each for each in moved if each), None)
    before = latest(drawn)
    if asked is None or before is None or said is None:
        return
    if said.get("xaxis.autorange"):
        if asked.trail:
            repainting.choose(before, Selection.parse(asked.trail[-1]))
        return
    ends = moving.drawn_ends(said, asked.shift_us)
    if ends is not None:
        hold(before, ends)


def hold(before: Showing, span: TimeSpan) -> None:
    """Stand still at a span."""
    selection = before.selection.but(range=Range.of(span))
    showing = repainting.repaint(before, selection, before.own_zone, ZOOMED)
    if current_page() is None:
        set_props(Ids.HERE, {"search": showing.query})


@wire(
    Input(Ids.SHOW, "n_clicks"),
    Input(Ids.FROM, "n_submit"),
    Input(Ids.TO, "n_submit"),
    State(Ids.FROM, "value"),
    State(Ids.TO, "value"),
    State(VIEW, "data"),
    websocket=True,
    prevent_initial_call=True,
)
def show_range(_pressed: int, _from: int, _to: int, start: str | None, end: str | None, view: dict[str, Any]) -> None:
    """Raises Invalid where what is written is no time; the page stays as it is."""
    before = latest(view)
    if before is not None:
        zone = zones.zone_named(before.zone)
        range_ = Range(moments.settled(start or Range().start, zone), moments.settled(end or moments.NOW, zone))
        range_.span(context.now(), zone, first_at=0)
        repainting.choose(before, before.selection.over(range_, zone.key), PAST)


@wire(
    Input(Ids.SMOOTH, "value"),
    Input(Ids.OVER, "value"),
    State(VIEW, "data"),
    websocket=True,
    prevent_initial_call=True,
)
def smooth(how: str, window: str, view: dict[str, Any]) -> None:
    asked, before = Showing.read(view), latest(view)
    if asked is None or before is None:
        raise PreventUpdate
    smoothing = view_bar.smoothing_of(how, window)
    if smoothing != asked.selection.smoothing:  # else it is what was just drawn
        repainting.choose(before, before.selection.but(smoothing=smoothing))


@wire(
    Output(Ids.OVERLAY_FEEDS, "options"), Input(Ids.OVERLAY, "n_clicks"), State(VIEW, "data"), prevent_initial_call=True
)
def offer_overlays(_clicks: int, view: dict[str, Any]) -> list[dict[str, str]]:
    showing = Showing.read(view)
    if showing is None:
        raise PreventUpdate
    found = context.store().ask(looks.other_feeds, context.viewer(), showing.channel_id, context.now())
    return [{"label": words, "value": str(overlay)} for overlay, words in found]


@wire(Input(Ids.OVERLAY_FEEDS, "value"), State(VIEW, "data"), websocket=True, prevent_initial_call=True)
def lay_over(chosen: str | None, view: dict[str, Any]) -> None:
    before = latest(view)
    if before is None or not chosen:
        raise PreventUpdate
    overlay, selection = Overlay.parse(chosen), before.selection
    if overlay not in selection.overlays:
        set_props(Ids.OVERLAY_FEEDS, {"value": None})
        repainting.choose(before, selection.but(overlays=(*selection.overlays, overlay)))
