"""A lens that is one body, in which it says what is drawn there: the same again need only be changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from dash import Input, Output, State, html
from dash.exceptions import PreventUpdate

from dashapp import shown
from dashapp.components.attributes import data
from dashapp.shown import Shown
from dashapp.wiring import Wiring

Draw = Callable[[Shown, str], tuple[Any, Any]]
"""What is asked, and what is drawn → the body's parts, and what is drawn then; of each `no_update` where it stays."""


@dataclass(frozen=True, slots=True)
class DrawnBody:
    """The body of the lens of this name. Its callback bears the name of the lens's own function that draws."""

    wire: Wiring
    lens: str
    id: str

    def layout(self) -> html.Div:
        """The skeleton."""
        return html.Div(id=self.id, className="lf-lens-body", **data(drawn=""))

    def draws(self, draw: Draw) -> Draw:
        """Let this draw the lens whenever it is the one that is open."""

        @self.wire(
            Output(self.id, "children"),
            Output(self.id, "data-drawn"),
            Input(shown.store_of(self.lens), "data"),
            State(self.id, "data-drawn"),
        )
        @wraps(draw)
        def callback(kept: dict[str, Any] | None, drawn: str) -> tuple[Any, Any]:
            asked = shown.read(kept, self.lens)
            if asked is None:
                raise PreventUpdate
            return draw(asked, drawn)

        return draw
