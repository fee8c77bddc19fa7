"""What buttons that stand low on a page lead to (`components.ways.way_here`): the same page, looking at something else.

A link would do the same, but Dash's links scroll to the top of the page.
"""

from __future__ import annotations

from typing import Any

from dash import ALL, Input, State, ctx

from dashapp import repainting
from dashapp.channel_ids import VIEW
from dashapp.choosing import FOLLOW, FOLLOW_AGAIN
from dashapp.wiring import Wiring
from domain.selection import Selection

EACH = {"way": ALL, "to": ALL}

wire = Wiring(open_to_visitors=True)


@wire(Input(EACH, "n_clicks"), State(EACH, "value"), State(VIEW, "data"), websocket=True, prevent_initial_call=True)
def go(_clicks: list[int], queries: list[str], view: dict[str, Any]) -> None:
    """Raises Invalid where the query string is no selection's. To follow again is a choice of its own."""
    pressed, before = [each["id"] for each in ctx.inputs_list[0]], repainting.latest(view)
    if before is None or ctx.triggered_id not in pressed or not ctx.triggered[0]["value"]:
        return
    if ctx.triggered_id not in (FOLLOW, FOLLOW_AGAIN):
        repainting.choose(before, Selection.parse(queries[pressed.index(ctx.triggered_id)]))
