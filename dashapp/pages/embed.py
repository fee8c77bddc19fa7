"""A channel's live chart and nothing around it, for frames in other sites: the same chart as on the channel's page.

What it shows is said by the same query string. Browsers send no cookies into another site's frame, so there it shows
what visitors see; in one of a neighbour under the same domain, what who is signed in sees. So nothing but the chart may
ever stand here. Which sites may frame it, the server's settings say (see `accounts.headers`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from dash import Input, Output, State, html, set_props
from dash.development.base_component import Component

import context
from dashapp import addresses, channel_drawing, following, shell
from dashapp.channel_drawing import Fetched
from dashapp.components import notices
from dashapp.components.card import pulse_parts
from dashapp.components.connection import QUIET, beating
from dashapp.components.icons import icon
from dashapp.embed_views import PAGE, framed_views
from dashapp.live_views import LiveView
from dashapp.parts import Memo, Part, memo_id, part_id
from dashapp.showing import Showing
from dashapp.wiring import Wiring
from domain.errors import NotFound

PATH = "/embed/<channel>"
TITLE = "Chart · Labfeed"
IS_BARE = True
MAY_BE_FRAMED = True


class Ids(StrEnum):
    HEAD = "embed-head"
    CONTENT = "embed-content"
    POLL = "embed-poll"
    SAFETY = "embed-safety"


VIEW, CURSOR, STALE = (memo_id(memo, PAGE) for memo in (Memo.VIEW, Memo.CURSOR, Memo.STALE))
TIMERS = following.Timers(Ids.POLL, Ids.SAFETY)

wire = Wiring(open_to_visitors=True)


def layout(**_address: str) -> html.Div:
    return html.Div(
        [
            html.Div(id=Ids.HEAD, className="lf-embed-head"),
            html.Div(notices.skeleton_page(), id=Ids.CONTENT),
            *following.parts(PAGE, TIMERS),
        ],
        className="lf-page lf-live-page lf-channel lf-embed",
    )


def exists(pathname: str) -> bool:
    """Whether the address names a channel that this viewer may see."""
    try:
        channel_id = addresses.number_in(PATH, pathname)
    except NotFound:
        return False
    return addresses.exists(f"/channels/{channel_id}")


@wire(
    Output(Ids.HEAD, "children"),
    Output(Ids.CONTENT, "children"),
    Output(VIEW, "data"),
    Output(CURSOR, "data"),
    Input(shell.Ids.ADDRESS, "pathname"),
    Input(STALE, "data"),
    State(shell.Ids.ADDRESS, "search"),
    State(VIEW, "data"),
)
def draw(pathname: str, _stale: str | None, search: str | None, view: dict[str, Any]) -> tuple[Any, ...]:
    try:
        fetched, showing = fetch(addresses.number_in(PATH, pathname), search, view)
    except NotFound as absent:
        return "", _not_found(absent), {}, {}
    is_live = showing.selection.range.is_live
    set_props(shell.Ids.BEAT, {"className": beating(fetched.look.now) if is_live else QUIET})
    content = [_nothing_yet()] if showing.waits else channel_drawing.laid_out(fetched, showing)
    memory = showing.kept() | {"page": PAGE}
    return head(fetched, showing, context.origin()), content, memory, channel_drawing.cursors(fetched, showing)


@wire(Input(VIEW, "data"), Input(Ids.SAFETY, "n_intervals"), State(CURSOR, "data"), websocket=True)
def follow(view: dict[str, Any], passed: int | None, cursors: dict[str, Any]) -> None:
    found = views(view)
    if moves(view) and not found:
        set_props(STALE, {"data": f"gone {passed}"})
    following.follow(found, cursors, TIMERS)


@wire(
    Input(Ids.POLL, "n_intervals"),
    State(VIEW, "data"),
    State(CURSOR, "data"),
    running=following.one_at_a_time(TIMERS),
    prevent_initial_call=True,
)
def poll(polls: int, view: dict[str, Any], cursors: dict[str, Any]) -> None:
    found = views(view)
    if moves(view) and not found:
        set_props(STALE, {"data": f"poll {polls}"})
    following.catch_up(found, cursors, polls)


def fetch(channel_id: int, search: str | None, view: dict[str, Any]) -> tuple[Fetched, Showing]:
    """What the address asks for. Raises NotFound."""
    selection = channel_drawing.selected(search)
    zone = channel_drawing.own_zone(None)
    return channel_drawing.fetch_showing(channel_id, selection, zone, Showing.read(view), is_new=True)


def head(fetched: Fetched, showing: Showing, origin: str) -> list[Component]:
    """The channel's name, which leads to its page in a window of its own, how it is, and which time is shown."""
    look, channel = fetched.look, fetched.look.overview.channel
    pulse_id = part_id(Part.PULSE, showing.name, channel.id)
    address = f"{origin}/channels/{channel.slug}{showing.selection.query}"
    name = html.A([channel.name, icon("box-arrow-up-right")], href=address, target="_blank", rel="noopener")
    return [
        html.H1(name),
        html.Div(pulse_parts(look.overview.pulse, look.now), id=pulse_id, className="lf-pulse"),
        html.P(channel_drawing.range_text(look, showing), className="lf-sub"),
    ]


def views(view: dict[str, Any]) -> list[LiveView]:
    """What the frame shows, as the live path knows it; nothing where this viewer may not see it."""
    showing = Showing.read(view)
    if showing is None:
        return []
    return framed_views(showing, following.visible(showing.channel_ids), following.source())


def moves(view: dict[str, Any]) -> bool:
    """Whether a chart is drawn that follows what comes."""
    showing = Showing.read(view)
    return showing is not None and (showing.waits or showing.selection.range.is_live)


def _nothing_yet() -> Component:
    return notices.empty_state("broadcast", "No reading yet", "The chart appears here by itself with the first one.")


def _not_found(absent: NotFound) -> Component:
    """Without a way to the wall: another site's frame shall hold nothing else of ours."""
    return notices.empty_state("compass", "There is nothing here that you may see", absent.detail)
