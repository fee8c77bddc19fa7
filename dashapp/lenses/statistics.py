"""Statistics of what is in view, feed by feed; to be copied or downloaded with every digit."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from dash import Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

import context
from dashapp import shown
from dashapp.components import statistics_text
from dashapp.components.attributes import data
from dashapp.components.copying import copy_button, may_copy
from dashapp.components.export_button import open_button
from dashapp.components.forms import button
from dashapp.components.readings_grid import Clock
from dashapp.components.statistics_table import Looks, statistics_parts
from dashapp.figures.palette import Ink, inks
from dashapp.shown import Shown
from dashapp.wiring import Wiring
from domain import zones
from domain.channels import Channel
from domain.roles import Viewer
from domain.statistics import FeedStatistics
from models import channels, statistics

NAME = "statistics"
LABEL = "Statistics"
PICTURE = "calculator"

PAUSE_US = 20
"""How long it is left as it is for each reading in view: a page that follows does not look through them without end."""


class Ids(StrEnum):
    TOOLS = "statistics-tools"
    COPY = "statistics-copy"
    DOWNLOAD = "statistics-download"
    FILE = "statistics-file"
    BODY = "statistics-body"


wire = Wiring(open_to_visitors=True)


def applies(channel: Channel) -> bool:
    return any(not feed.is_hidden for feed in channel.feeds)


def layout() -> html.Div:
    """The skeleton."""
    tools = [
        copy_button("the statistics", id=Ids.COPY, content="", style={"display": "none"}),
        button(Ids.DOWNLOAD, "Download", "download", is_small=True),
        open_button("statistics", "Export readings", "btn lf-button lf-button-small"),
    ]
    head = [html.H2("Statistics"), html.Div(tools, id=Ids.TOOLS, className="lf-tools", hidden=True)]
    body = html.Div(id=Ids.BODY, className="lf-lens-body", **data(drawn=""))
    return html.Div(
        [html.Div(head, className="lf-panel-head lf-statistics-head"), body, dcc.Download(id=Ids.FILE)],
        className="lf-statistics",
    )


@wire(
    Output(Ids.BODY, "children"),
    Output(Ids.BODY, "data-drawn"),
    Output(Ids.TOOLS, "hidden"),
    Output(Ids.COPY, "content"),
    Output(Ids.COPY, "style"),
    Input(shown.store_of(NAME), "data"),
    State(Ids.BODY, "data-drawn"),
)
def draw(kept: dict[str, Any] | None, drawn: str) -> tuple[Any, ...]:
    asked = shown.read(kept, NAME)
    if asked is None:
        raise PreventUpdate
    if is_early(asked, drawn):
        context.store().ask(channels.find, context.viewer(), asked.channel_id)  # who may not see it any more is told
        raise PreventUpdate
    found, palette = context.store().ask_long(fetch, context.viewer(), asked)
    again_at = asked.now + PAUSE_US * sum(each.n for each in found)
    parts = statistics_parts(found, Looks(palette, Clock(asked.zone, asked.span, asked.now)))
    text, style = statistics_text.tabbed(found), {} if may_copy(context.origin()) else {"display": "none"}
    return parts, f"{asked.name}@{again_at}", not text, text, style


@wire(
    Output(Ids.FILE, "data"),
    Input(Ids.DOWNLOAD, "n_clicks"),
    State(shown.store_of(NAME), "data"),
    prevent_initial_call=True,
)
def download(clicks: int | None, kept: dict[str, Any] | None) -> dict[str, Any]:
    asked = shown.read(kept, NAME)
    if asked is None or not clicks:
        raise PreventUpdate
    found, _ = context.store().ask_long(fetch, context.viewer(), asked)
    return {"content": statistics_text.csv_text(found), "filename": file_name(asked), "type": "text/csv"}


def is_early(asked: Shown, drawn: str) -> bool:
    """Whether the same is drawn already, and was so much work that it may stay for now."""
    name, _, not_before = drawn.rpartition("@")
    return name == asked.name and not_before.isdecimal() and asked.now < int(not_before)


def fetch(connection: Any, viewer: Viewer, asked: Shown) -> tuple[tuple[FeedStatistics, ...], dict[int, Ink]]:
    """The statistics of what is in view, and the inks of the channel's lines. Raises NotFound."""
    channel = channels.find(connection, viewer, asked.channel_id)
    hidden = asked.selection.hidden
    found = statistics.in_view(connection, viewer, channel.id, asked.span, asked.now, hidden)
    return found, inks(channel.feeds)


def file_name(asked: Shown) -> str:
    """`channel-7_statistics_2026-03-01_2026-03-07.csv`, the days of the zone."""
    first, last = (zones.local(at, asked.zone) for at in (asked.span.start, asked.span.end - 1))
    return f"channel-{asked.channel_id}_statistics_{first:%Y-%m-%d}_{last:%Y-%m-%d}.csv"
