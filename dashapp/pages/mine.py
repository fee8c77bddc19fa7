"""My channels: what somebody belongs to, and their bin."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from dash import Input, Output, ctx, dcc, html, no_update
from dash.dependencies import ALL
from dash.development.base_component import Component

import context
from dashapp import shell
from dashapp.components.channel_list import NEW, bin_list, channel_list, restore_id
from dashapp.components.forms import Tone, link_button, page_head
from dashapp.components.notices import skeleton_page
from dashapp.wiring import Wiring
from domain.roles import Viewer
from models import deleting, mine
from models.deleting import Binned
from models.mine import Mine

PATH = "/mine"
TITLE = "My channels · Labfeed"

AGAIN_MS = 10_000
"""How often the list is drawn again while somebody looks."""


class Ids(StrEnum):
    LIST = "mine-list"
    BIN = "mine-bin"
    RESTORED = "mine-restored"
    AGAIN = "mine-again"


wire = Wiring()


def layout(**_address: str) -> html.Div:
    return html.Div(
        [
            page_head("My channels", "", link_button("New channel", NEW, "plus-lg", Tone.MAIN)),
            html.Div(skeleton_page(), id=Ids.LIST),
            html.Div(id=Ids.BIN),
            dcc.Store(id=Ids.RESTORED),
            dcc.Interval(id=Ids.AGAIN, interval=AGAIN_MS),
        ],
        className="lf-page lf-mine-page",
    )


def sample() -> list[Component]:
    """What `draw` draws where something lies in the bin."""
    return bin_list([Binned(7, "Otter kiln", 0, True)], 0)


@wire(
    Output(Ids.LIST, "children"),
    Output(Ids.BIN, "children"),
    Input(Ids.RESTORED, "data"),
    Input(Ids.AGAIN, "n_intervals"),
)
def draw(_restored: int | None, _passed: int | None) -> tuple[Any, ...]:
    found, binned = fetch(context.viewer(), now := context.now())
    return channel_list(found, now), no_update if ctx.triggered_id == Ids.AGAIN else bin_list(binned, now)


@wire(Output(Ids.RESTORED, "data"), Input(restore_id(ALL), "n_clicks"), prevent_initial_call=True)
def restore(clicks: list[int | None]) -> Any:
    if not any(clicks):
        return no_update
    channel_id = int(ctx.triggered_id["of"])
    name = context.store().tell(deleting.restore, context.actor(), channel_id)
    shell.say(f"{name} is back, with its readings, keys and members.")
    return context.now()


def fetch(viewer: Viewer, now: int) -> tuple[list[Mine], list[Binned]]:
    """What the viewer belongs to, and what lies in their bin."""
    store = context.store()
    return store.ask(mine.list_of, viewer, now), store.ask(deleting.in_bin, viewer, now)
