"""Whether a channel's page moves: Live, Pause, and what came while it stood still."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.icons import icon
from dashapp.components.ways import was_pressed, way_here, way_id, way_props

PAUSE_KEY = "l"


PACE = "pace"
LIVE, RESUME = (PACE, 0), (PACE, 1)
KIND = "lf-way"


def pace(live_place_id: str, pause_id: str) -> html.Div:
    """The two ways to look."""
    follow = html.Span(_live("", is_on=True), id=live_place_id, className="lf-live-place")
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


def pace_changes(live_place_id: str, pause_id: str, *, is_live: bool, live: str) -> list[tuple[Any, dict[str, Any]]]:
    """Which of the two is on; `live` is the query string that follows.

    Resume goes when it is pressed: the way that is on then is drawn anew and takes up the focus.
    """
    stop = way_props("", KIND, is_on=not is_live)
    del stop["value"]
    if was_pressed(RESUME):
        return [(live_place_id, {"children": _live(live, is_on=is_live)}), (pause_id, stop)]
    return [(way_id(LIVE), way_props(live, KIND, is_on=is_live)), (pause_id, stop)]


def _live(live: str, *, is_on: bool) -> html.Button:
    return way_here([icon("broadcast"), html.Span("Live")], live, KIND, LIVE, is_on=is_on, follows=RESUME)


def held_frame(frame_id: str, words_id: str) -> html.Div:
    """`Held · 37 new · Resume`, to be shown where the page stands still; its words are `held`.

    The button is drawn once: a press on one that is drawn anew in that moment would be lost.
    """
    resume = html.Button("Resume", id=way_id(RESUME), type="button", n_clicks=0, className="lf-resume")
    words = html.Div(id=words_id, className="lf-held-words")
    return html.Div([words, resume], id=frame_id, hidden=True, className="lf-held")


def held(words: str, fresh: int, fresh_id: dict[str, Any]) -> list[Component]:
    """Why the page stands still (`words`), and what came since."""
    return [
        icon("pause-circle-fill"),
        html.Span(words),
        html.Span(fresh_text(fresh), id=fresh_id, className="lf-fresh", role="status"),
    ]


def fresh_text(count: int) -> str:
    """What came since the page stood still, in messages."""
    return f"{count:,} new".replace(",", "\u202f") if count > 0 else "nothing new"
