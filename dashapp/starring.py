"""Stars given and taken away, on whatever page a star stands."""

from __future__ import annotations

from dash import ALL, Input, ctx, set_props

import context
from dashapp.components.star import star_id, star_looks
from dashapp.wiring import Wiring
from models import stars

wire = Wiring()


@wire(Input(star_id(ALL), "n_clicks"), prevent_initial_call=True)
def press(clicks: list[int | None]) -> None:
    if not any(clicks):  # stars have just been drawn
        return
    channel_id = int(ctx.triggered_id["of"])
    is_starred = context.store().tell(stars.toggle, context.actor(), channel_id)
    set_props(star_id(channel_id), star_looks(is_starred))
