"""One channel: its values, a chart with a panel a unit, and lenses on what is in view.

The address is the one source of truth: whatever somebody chooses becomes its query string, and what is drawn follows
from that.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dash import Input, Output, State, ctx, dcc, html, set_props
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

import context
from dashapp import (
    addresses,
    channel_drawing,
    channel_views,
    choosing,
    following,
    repainting,
    shell,
    shown,
    stepping,
    vanishing,
)
from dashapp.channel_drawing import Fetched
from dashapp.channel_ids import CURSOR, PAGE, STALE, VIEW, Ids
from dashapp.components import channel_page, export_panel, lens_tabs, notices, pace, time_picker, view_bar
from dashapp.components.attributes import aria
from dashapp.components.channel_tabs import has_tabs, live_tabs
from dashapp.components.export_button import open_button
from dashapp.components.first_reading import first_reading
from dashapp.components.share_panel import share_frame
from dashapp.components.star import star_button
from dashapp.lenses.registry import LENSES
from dashapp.live_views import LiveView, Update, beat
from dashapp.parts import Part
from dashapp.showing import Showing
from dashapp.wiring import Wiring
from domain.channels import Channel
from domain.errors import NotFound
from models import channels, stars

PATH = "/channels/<channel>"
TITLE = "Channel · Labfeed"


TIMERS = repainting.TIMERS
TICK_MS = 5_000
"""How often a lens looks again while the page moves."""

DRAWN: list[tuple[Any, str]] = [
    (Ids.TABS, "children"),
    (Ids.HEADING, "children"),
    (Ids.CONTENT, "children"),
    (VIEW, "data"),
    (CURSOR, "data"),
    (Ids.TOOLS, "hidden"),
    (Ids.LENSES, "hidden"),
]
"""What `draw` answers with: what takes these waits for it."""

wire = Wiring(open_to_visitors=True)


def layout(**_address: str) -> html.Div:
    """The skeleton. What the address says is read in the callback: here a query string could speak for the path."""
    return html.Div(
        [
            html.Div(id=Ids.HEADING, className="lf-head-words lf-channel-head"),
            html.P(id=Ids.PRINTED, className="lf-printed"),
            html.Div(id=Ids.TABS),
            html.Div(_tools(), id=Ids.TOOLS, hidden=True, className="lf-channel-tools"),
            html.Div(notices.skeleton_page(), id=Ids.CONTENT),
            stepping.layout(Ids.LENSES),
            html.Div(lens_tabs.all_parts(), id=Ids.LENSES, hidden=True, className="lf-lenses"),
            dcc.Location(id=Ids.HERE, refresh="callback-nav"),
            *following.parts(PAGE, TIMERS),
            *(dcc.Store(id=shown.store_of(lens.NAME)) for lens in LENSES),
            dcc.Interval(id=Ids.TICK, interval=TICK_MS, disabled=True),
            dcc.Interval(id=Ids.REST, interval=repainting.REST_MS, max_intervals=1, n_intervals=1),
            export_panel.drawer(),
        ],
        className="lf-page lf-live-page lf-channel",
    )


def sample() -> list[Component]:
    """What callbacks draw later."""
    return [dcc.Graph(id={"part": str(Part.FIGURE), "view": "0-1", "of": 1}), *export_panel.sample()]


def _tools() -> list[Component]:
    time_form = time_picker.form(Ids.FROM, Ids.TO, Ids.SHOW, Ids.ZONE)
    note = html.P(id=Ids.ZONE_NOTE, className="lf-sub")
    return [
        html.Div(
            [
                pace.pace(Ids.LIVE_PLACE, Ids.PAUSE),
                view_bar.move_buttons(choosing.move_id),
                time_picker.picker(Ids.TIME, Ids.TIME_WORDS, Ids.QUICK, time_form, note),
                pace.held_frame(Ids.HELD_FRAME, Ids.HELD),
                html.Div(id=Ids.BACK, className="lf-back-place"),
                html.Div(
                    [
                        html.Div(id=Ids.STAR),
                        open_button("tools"),
                        share_frame(Ids.SHARE_FRAME, Ids.SHARE_OPEN, Ids.SHARE),
                    ],
                    className="lf-channel-acts",
                ),
            ],
            className="lf-tools",
            role="group",
            **aria(label="Which time is shown"),
        ),
        html.Div(
            [
                html.Div(id=Ids.CHIPS, className="lf-chips"),
                view_bar.smoothing_choice(Ids.SMOOTHING, Ids.SMOOTH, Ids.OVER),
                view_bar.overlay_choice(Ids.OVERLAY, Ids.OVERLAY_FEEDS),
            ],
            className="lf-tools lf-view-bar",
            role="group",
            **aria(label="How it is shown"),
        ),
    ]


@wire(
    *(Output(component_id, name) for component_id, name in DRAWN),
    Input(shell.Ids.ADDRESS, "pathname"),
    State(shell.Ids.ADDRESS, "search"),
    State(Ids.ZONE, "value"),
    State(VIEW, "data"),
)
def draw(pathname: str, search: str | None, zone: str, view: dict[str, Any]) -> list[Any]:
    """Lay the page out when it is opened."""
    try:
        fetched, showing = fetch(pathname, search, zone, Showing.read(view))
    except NotFound as absent:
        return answered(vanishing.emptied(absent.detail))
    memory = [(VIEW, {"data": showing.kept()}), (CURSOR, {"data": channel_drawing.cursors(fetched, showing)})]
    return answered([*laid_out(fetched, showing), *memory])


@wire(
    Input(STALE, "data"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(shell.Ids.ADDRESS, "search"),
    State(Ids.ZONE, "value"),
    State(VIEW, "data"),
    websocket=True,
    prevent_initial_call=True,
)
def draw_anew(_stale: str, pathname: str, search: str | None, zone: str, view: dict[str, Any]) -> None:
    """Lay the page out anew: what stands on it is no longer what the channel is, or not what the address says."""
    before = repainting.latest(view)
    query = search if before is None or before == Showing.read(view) else before.query
    try:
        fetched, showing = fetch(pathname, query, zone, before)
    except NotFound as absent:
        vanishing.empty(absent)
        return
    repainting.draw(fetched, showing, laid_out(fetched, showing))


def fetch(pathname: str, search: str | None, zone: str, before: Showing | None) -> tuple[Fetched, Showing]:
    """What the address asks for. Raises NotFound."""
    selection, own_zone = channel_drawing.selected(search), channel_drawing.own_zone(zone)
    channel_id = addresses.channel_id_in(pathname)
    fetched, showing = channel_drawing.fetch_showing(channel_id, selection, own_zone, before, is_new=True)
    return fetched, replace(showing, address=search or "")


def laid_out(fetched: Fetched, showing: Showing) -> list[Update]:
    """All of the page."""
    look = fetched.look
    channel = look.overview.channel
    content = (
        first_reading(context.origin(), channel, may_contribute=look.overview.may_contribute)
        if showing.waits
        else channel_drawing.laid_out(fetched, showing)
    )
    return [
        (Ids.TABS, {"children": tabs_of(channel.id)}),
        (Ids.HEADING, {"children": channel_page.heading(look.overview, showing.name, look.now)}),
        (Ids.CONTENT, {"children": content}),
        (Ids.TOOLS, {"hidden": showing.waits}),
        (Ids.LENSES, {"hidden": showing.waits}),
        (Ids.STAR, {"children": star_of(channel)}),
        beat(look.now, is_still=not showing.selection.range.is_live),
        (Ids.SMOOTHING, {"hidden": not channel_page.has_lines(channel)}),
        *repainting.around(fetched, showing),
        repainting.lens_told(showing, look.span, look.now),
    ]


def answered(updates: list[Update]) -> list[Any]:
    """The values of `DRAWN` among these; all others are set besides."""
    values = {}
    for component_id, props in updates:
        for name, value in props.items():
            if (component_id, name) in DRAWN:
                values[DRAWN.index((component_id, name))] = value
            else:
                set_props(component_id, {name: value})
    return [values[place] for place in range(len(DRAWN))]


@wire(Input(Ids.TICK, "n_intervals"), Input(Ids.REST, "n_intervals"), State(VIEW, "data"), prevent_initial_call=True)
def look_again(_passed: int, rested: int | None, view: dict[str, Any]) -> None:
    """Time went on, or somebody has zoomed and rests: the open lens looks again."""
    showing, now = Showing.read(view), context.now()
    if showing is None or (ctx.triggered_id == Ids.REST and not rested):
        raise PreventUpdate
    set_props(*repainting.lens_told(showing, showing.asked.span(now), now))


@wire(Output(Ids.SHARE, "children"), Input(Ids.SHARE_OPEN, "n_clicks"), State(VIEW, "data"), prevent_initial_call=True)
def pass_on(_clicks: int, view: dict[str, Any]) -> list[Component]:
    """Raises NotFound."""
    showing = Showing.read(view)
    if showing is None:
        raise PreventUpdate
    channel = context.store().ask(channels.find, context.viewer(), showing.channel_id)
    return channel_drawing.share(channel, showing)


@wire(
    Input(VIEW, "data"),
    Input(Ids.SAFETY, "n_intervals"),
    State(CURSOR, "data"),
    State(shell.Ids.ADDRESS, "search"),
    websocket=True,
)
def follow(view: dict[str, Any], passed: int | None, cursors: dict[str, Any], search: str | None) -> None:
    """Go on from what is drawn. Where something later is on its way to the page, it goes on from that already."""
    showing = Showing.read(view)
    is_due = ctx.triggered_id == Ids.SAFETY
    if showing is not None and showing != repainting.latest(view):
        if is_due:  # on its way for so long?
            set_props(STALE, {"data": f"lost {passed}"})
        return
    found = views(view)
    if "channel" in view and not found:
        set_props(STALE, {"data": f"gone {passed}"})
    elif is_due and showing is not None and not showing.answers(search):
        set_props(STALE, {"data": f"elsewhere {passed}"})
    following.follow(found, cursors, TIMERS)


@wire(
    Input(Ids.POLL, "n_intervals"),
    State(VIEW, "data"),
    State(CURSOR, "data"),
    State(shell.Ids.ADDRESS, "search"),
    running=following.one_at_a_time(TIMERS),
    prevent_initial_call=True,
)
def poll(polls: int, view: dict[str, Any], cursors: dict[str, Any], search: str | None) -> None:
    """Bring what came. Answers to what was chosen may overtake each other: what the address does not say goes."""
    found, showing = views(view), Showing.read(view)
    if showing is not None and (not found or not showing.answers(search)):
        set_props(STALE, {"data": f"poll {polls}"})
    else:
        following.catch_up(found, cursors, polls)


def exists(pathname: str) -> bool:
    """Whether the address names a channel that this viewer may see."""
    return addresses.exists(pathname)


def star_of(channel: Channel) -> list[Component]:
    """The channel's star, for somebody who is signed in."""
    viewer = context.viewer()
    if viewer.person_id is None:
        return []
    return [star_button(channel.id, channel.name, channel.id in context.store().ask(stars.of, viewer))]


def tabs_of(channel_id: int) -> list[Component]:
    """Ways to the channel's other pages, for somebody who may use one. Raises NotFound."""
    viewer = context.viewer()
    if viewer.person_id is None:
        return []
    acts = context.store().ask(channels.acts, viewer, channel_id)
    return [live_tabs(channel_id, acts)] if has_tabs(acts) else []


def views(view: dict[str, Any]) -> list[LiveView]:
    """What the page shows, as the live path knows it; nothing where this viewer may not see it."""
    showing = Showing.read(view)
    if showing is None:
        return []
    return channel_views.views_of(showing, following.visible(showing.channel_ids), following.source())
