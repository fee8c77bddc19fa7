"""What buttons that stand low on a page lead to (`components.ways.way_here`): the same page, looking at something else.

A link would do the same, but Dash's links scroll to the top of the page.
"""

from __future__ import annotations

from dash import ALL, Input, State, ctx

from dashapp import shell
from dashapp.wiring import Wiring
from domain.selection import Selection

EACH = {"way": ALL, "to": ALL}

wire = Wiring(open_to_visitors=True)


@wire(Input(EACH, "n_clicks"), State(EACH, "value"), prevent_initial_call=True)
def go(_clicks: list[int], queries: list[str]) -> None:
    """Raises Invalid where the query string is no selection's."""
    pressed = [each["id"] for each in ctx.inputs_list[0]]
    if ctx.triggered_id in pressed and ctx.triggered[0]["value"]:
        shell.go(Selection.parse(queries[pressed.index(ctx.triggered_id)]).query)
