"""Whether a channel's page moves: Live, Pause, and what came while it stood still."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.icons import icon
from dashapp.components.ways import way, way_here, way_id, way_props

PAUSE_KEY = "l"


LIVE = ("pace", 0)
KIND = "lf-way"


def pace(pause_id: str) -> html.Div:
    """The two ways to look."""
    follow = way_here([icon("broadcast"), html.Span("Live")], "", KIND, LIVE, is_on=True)
    stop = html.Button(
        [icon("pause-fill"), html.Span("Pause")],
        id=pause_id,
        type="button",
        n_clicks=0,
        accessKey=PAUSE_KEY,
        className=KIND,
        **aria(pressed="false"),
    )
    return html.Div([follow, stop], className="lf-ways lf-pace", role="group", **aria(label="Live or still"))


def pace_changes(pause_id: str, *, is_live: bool, live: str) -> list[tuple[Any, dict[str, Any]]]:
    """Which of the two is on; `live` is the query string that follows."""
    stop = way_props("", KIND, is_on=not is_live)
    del stop["value"]
    return [(way_id(LIVE), way_props(live, KIND, is_on=is_live)), (pause_id, stop)]


def held(words: str, fresh: int, live: str, fresh_id: dict[str, Any]) -> html.Div:
    """`Held · 37 new · Resume`; `words` say why the page stands still."""
    parts: list[Component | str] = [
        icon("pause-circle-fill"),
        html.Span(words),
        html.Span(fresh_text(fresh), id=fresh_id, className="lf-fresh", role="status"),
        way(["Resume"], live, "lf-resume"),
    ]
    return html.Div(parts, className="lf-held")


def fresh_text(count: int) -> str:
    """What came since the page stood still, in messages."""
    return f"{count:,} new".replace(",", "\u202f") if count > 0 else "nothing new"
