"""One channel: its values, a chart with a panel a unit, the newest readings, and how to send one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dash import Input, Output, State, dcc, html, no_update, set_props
from dash.development.base_component import Component

import context
from dashapp import addresses, following, looks, shell
from dashapp.components import channel_page, choices, notices
from dashapp.components.attributes import aria
from dashapp.components.channel_tabs import has_tabs, live_tabs
from dashapp.components.connection import beating
from dashapp.components.first_reading import first_reading
from dashapp.components.readings_table import rows_of
from dashapp.figures import columns, timeseries
from dashapp.live_views import ChannelChart, FirstReading, LiveView
from dashapp.looks import Look
from dashapp.parts import Memo, cursor_key, memo_id
from dashapp.wiring import Wiring
from domain.errors import NotFound
from domain.timespan import Window
from models import channels

PATH = "/channels/<channel>"
TITLE = "Channel · Labfeed"


class Ids(StrEnum):
    HEADING = "channel-heading"
    TABS = "channel-tabs"
    TOOLS = "channel-tools"
    CONTENT = "channel-content"
    WINDOW = "channel-window"
    PAUSE = "channel-pause"
    RESUMED = "channel-resumed"
    POLL = "channel-poll"
    SAFETY = "channel-safety"


VIEW, CURSOR, STALE = (memo_id(memo, ChannelChart.page) for memo in (Memo.VIEW, Memo.CURSOR, Memo.STALE))
FOLLOWS = memo_id(Memo.FOLLOWS, ChannelChart.page)
TIMERS = following.Timers(Ids.POLL, Ids.SAFETY)

wire = Wiring(open_to_visitors=True)


def layout(**_address: str) -> html.Div:
    """The skeleton. What the address says is read in the callback: here a query string could speak for the path."""
    return html.Div(
        [
            html.Div(
                [
                    html.Div(id=Ids.HEADING, className="lf-head-words"),
                    html.Div(
                        [choices.window_select(Ids.WINDOW), choices.follow_button(Ids.PAUSE)],
                        id=Ids.TOOLS,
                        className="lf-tools",
                        role="group",
                        **aria(label="What the page shows"),
                    ),
                ],
                className="lf-head",
            ),
            html.Div(id=Ids.TABS),
            html.Div(notices.skeleton_page(), id=Ids.CONTENT),
            dcc.Store(id=VIEW, data={}),
            dcc.Store(id=CURSOR, data={}),
            dcc.Store(id=STALE),
            dcc.Store(id=FOLLOWS, data=True),
            dcc.Store(id=Ids.RESUMED, data=0),
            dcc.Interval(id=Ids.POLL, interval=following.POLL_MS, disabled=True),
            dcc.Interval(id=Ids.SAFETY, interval=following.SAFETY_MS),
        ],
        className="lf-page lf-live-page lf-channel",
    )


@dataclass(frozen=True, slots=True)
class Selection:
    """What the page is asked to show."""

    channel_id: int
    window: Window
    drawing: int


@wire(
    Output(Ids.TABS, "children"),
    Output(Ids.HEADING, "children"),
    Output(Ids.CONTENT, "children"),
    Output(VIEW, "data"),
    Output(CURSOR, "data"),
    Output(Ids.TOOLS, "hidden"),
    Input(shell.Ids.ADDRESS, "pathname"),
    Input(Ids.WINDOW, "value"),
    Input(Ids.RESUMED, "data"),
    Input(STALE, "data"),
    State(VIEW, "data"),
)
def draw(pathname: str, window: str, _resumed: int, _stale: str | None, view: dict[str, Any]) -> tuple[Any, ...]:
    try:
        selection = parse(pathname, window, view)
        look = fetch(selection)
    except NotFound as absent:
        return "", "", notices.not_found(absent.detail), {}, {}, True
    set_props(shell.Ids.BEAT, {"className": beating(look.now)})
    return (tabs_of(selection.channel_id), *build(look, selection))


@wire(
    Output(FOLLOWS, "data"),
    Output(Ids.RESUMED, "data"),
    Output(Ids.PAUSE, "children"),
    Input(Ids.PAUSE, "n_clicks"),
    prevent_initial_call=True,
)
def pause_or_resume(clicks: int) -> tuple[Any, ...]:
    follows = clicks % 2 == 0
    return follows, clicks if follows else no_update, choices.follow_label(follows)


@wire(
    Input(VIEW, "data"),
    Input(FOLLOWS, "data"),
    Input(Ids.SAFETY, "n_intervals"),
    State(CURSOR, "data"),
    websocket=True,
)
def follow(view: dict[str, Any], follows: bool, passed: int | None, cursors: dict[str, Any]) -> None:
    shown = views(view)
    if "channel" in view and not shown:
        set_props(STALE, {"data": f"gone {passed}"})
    following.take_up(shown, cursors, follows, TIMERS)


@wire(
    Input(Ids.POLL, "n_intervals"),
    State(VIEW, "data"),
    State(FOLLOWS, "data"),
    State(CURSOR, "data"),
    # One at a time: two polls from the same cursor would both bring the same readings.
    running=[(Output(Ids.POLL, "disabled"), True, False)],
    prevent_initial_call=True,
)
def poll(polls: int, view: dict[str, Any], follows: bool, cursors: dict[str, Any]) -> None:
    shown = views(view)
    if "channel" in view and not shown:
        set_props(STALE, {"data": f"poll {polls}"})
    elif follows:
        following.catch_up(shown, cursors, polls)


def parse(pathname: str, window: str, view: dict[str, Any]) -> Selection:
    """The selection. Raises NotFound for an address that names no channel."""
    channel_id = addresses.channel_id_in(pathname)
    return Selection(channel_id, Window.from_word(window), int(view.get("drawing", -1)) + 1)


def exists(pathname: str) -> bool:
    """Whether the address names a channel that this viewer may see."""
    return addresses.exists(pathname)


def fetch(selection: Selection) -> Look:
    """The channel over the window. Raises NotFound."""
    return context.store().ask(
        looks.channel, context.viewer(), selection.channel_id, selection.window, context.now(), looks.CHART_POINTS
    )


def tabs_of(channel_id: int) -> list[Component]:
    """Ways to the channel's other pages, for somebody who may use one. Raises NotFound."""
    viewer = context.viewer()
    if viewer.person_id is None:
        return []
    acts = context.store().ask(channels.acts, viewer, channel_id)
    return [live_tabs(channel_id, acts)] if has_tabs(acts) else []


def build(look: Look, selection: Selection) -> tuple[Any, ...]:
    """Heading, content, view and cursors of a channel's page, and whether its tools are hidden."""
    channel = look.overview.channel
    name = _name(selection.window, channel.version, selection.drawing)
    waits = channel_page.waits_for_first(look.overview)
    view = {
        "page": ChannelChart.page,
        "drawing": selection.drawing,
        "channel": channel.id,
        "version": channel.version,
        "window": selection.window.word,
        "waits": waits,
    }
    heading = channel_page.heading(look.overview, name, look.now)
    content = (
        first_reading(context.origin(), channel, may_contribute=look.overview.may_contribute)
        if waits
        else channel_page.content(_drawn(look, selection, name), context.origin())
    )
    return heading, content, view, {cursor_key(name, channel.id): look.snapshot.cursor}, waits


def _drawn(look: Look, selection: Selection, name: str) -> channel_page.Drawn:
    holds = {one.feed.id: columns.hold_us(one, look.overview.pulse.interval_s) for one in look.series}
    newest = context.store().ask(looks.newest, context.viewer(), look.channel_id)
    return channel_page.Drawn(
        look.overview,
        look.series,
        timeseries.figure(look.series, holds, look.span),
        tuple(rows_of(newest)[: looks.TABLE_ROWS]),
        selection.window,
        name,
    )


def _name(window: Window, version: int, drawing: int) -> str:
    return f"{window.word}-{drawing}-{version}"


def views(view: dict[str, Any]) -> list[LiveView]:
    """What the page shows, as the live path knows it; nothing where this viewer may not see it."""
    if "channel" not in view:
        return []
    channel_id, version, window = int(view["channel"]), int(view["version"]), Window.from_word(view["window"])
    seen = context.store().ask(looks.visible, context.viewer(), [channel_id], context.now())
    if not seen:
        return []
    form = FirstReading if view["waits"] else ChannelChart
    name = _name(window, version, int(view["drawing"]))
    return [form(channel_id, name, version, window, True, following.source(), seen=seen[0].channel.version)]
