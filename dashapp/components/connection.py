"""Whether the page still hears the server: a dead man's switch of pure style.

Each beat mounts the switch again; when none comes for eight seconds, its animation turns "Reconnecting" visible.
"""

from __future__ import annotations

from dash import html

from dashapp.components.age import age
from dashapp.components.icons import icon


def heartbeat(now: int) -> html.Div:
    """The switch as mounted by a beat at `now`."""
    return html.Div(
        [
            html.Span([icon("broadcast"), "Live"], className="lf-connected"),
            html.Span(
                [html.Span(className="lf-spinner"), "Reconnecting", html.Span(["last data ", age(now, now)])],
                className="lf-reconnecting",
                role="status",
            ),
        ],
        className="lf-heartbeat",
        key=str(now),
    )


def paused() -> html.Div:
    """In the switch's place while the page stands still because somebody asked it to."""
    return html.Div(html.Span([icon("pause-circle-fill"), "Paused"], className="lf-paused"), className="lf-heartbeat")
