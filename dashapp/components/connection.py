"""Whether the page still hears the server: a dead man's switch of pure style.

Its parts always stand in the page; its class name says which of them are seen. Each beat gives the animations other
names, so they start over; when none comes for eight seconds, they turn "Reconnecting" visible.
"""

from __future__ import annotations

from dash import html

from dashapp.components.age import ticking_age
from dashapp.components.icons import icon

QUIET = "lf-switch"
NAMES = 3
SLOT_US = 3_000_000


def switch(switch_id: str) -> html.Div:
    """The switch of a page that was not shown anything yet."""
    return html.Div(
        [
            html.Span([icon("broadcast"), "Live"], className="lf-connected"),
            html.Span(
                [html.Span(className="lf-spinner"), "Reconnecting", html.Span(["last data ", ticking_age()])],
                className="lf-reconnecting",
                role="status",
            ),
            html.Span([icon("pause-circle-fill"), "Paused"], className="lf-paused"),
        ],
        id=switch_id,
        className=QUIET,
    )


def beating(now: int) -> str:
    """The class name a beat at `now` (µs) gives the switch."""
    return f"lf-switch lf-beat-{now // SLOT_US % NAMES}"


def still(now: int) -> str:
    """The same on a page that stands still because somebody asked it to."""
    return f"{beating(now)} lf-switch-paused"
