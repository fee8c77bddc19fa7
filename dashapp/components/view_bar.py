"""How a channel's chart is looked at: which feeds, how closely, smoothed or not, with what laid over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.icons import icon
from dashapp.components.ways import way
from dashapp.figures.palette import Ink, inks
from domain import moments
from domain.readings import Feed
from domain.selection import Overlay, Selection, Smooth, Smoothing
from domain.timespan import DAY, HOUR, MINUTE, SECOND

WINDOWS = (10 * SECOND, MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, DAY)
USUAL_WINDOW = MINUTE
PLAIN = "none"
WAYS = {
    PLAIN: "Not smoothed",
    Smooth.MEAN: "Moving average",
    Smooth.MEDIAN: "Moving median",
    Smooth.RATE: "Rate of change",
}

MOVES = (
    ("earlier", "chevron-left", "Earlier"),
    ("out", "zoom-out", "Zoom out"),
    ("in", "zoom-in", "Zoom in"),
    ("later", "chevron-right", "Later"),
)
"""Word, picture, name: what the pointer can do, as buttons."""


def move_buttons(id_of: Any) -> html.Div:
    """Buttons in place of the pointer; `id_of(word)` is the id of each."""
    buttons = [
        html.Button(
            icon(picture), id=id_of(word), type="button", n_clicks=0, title=name, className="lf-way", **aria(label=name)
        )
        for word, picture, name in MOVES
    ]
    return html.Div(buttons, className="lf-ways", role="group", **aria(label="Move and zoom"))


def zoom_back(query: str | None) -> list[Component]:
    """The way back to what was shown before the last zoom, where there was one."""
    if query is None:
        return []
    return [way([icon("arrow-counterclockwise"), html.Span("Zoom back")], query, "lf-button")]


def feed_chips(feeds: Sequence[Feed], selection: Selection) -> list[Component]:
    """Every feed; a press leaves it out of the view, or takes it in again."""
    palette = inks(feeds)
    return [_chip(feed, palette.get(feed.id), selection) for feed in feeds] if len(feeds) > 1 else []


def _chip(feed: Feed, ink: Ink | None, selection: Selection) -> dcc.Link:
    is_hidden = feed.name in selection.hidden
    tone = f"lf-ink-{ink.slot}" if ink and ink.slot is not None else ""
    style: dict[str, Any] = {"--lf-ink": ink.colour} if ink and ink.slot is None else {}
    act = "Show" if is_hidden else "Hide"
    words: list[Component | str] = [html.Span(f"{act} ", className="visually-hidden"), feed.label]
    kind = f"lf-chip-link {tone} {'lf-chip-off' if is_hidden else ''}"
    return way(words, selection.toggled(feed.name).query, kind, style=style, title=f"{act} {feed.label}")


def overlay_chips(selection: Selection, labels: dict[Overlay, str]) -> list[Component]:
    """What is laid over the chart; a press takes it off. One that may not be seen any more says so."""
    return [_over(overlay, labels.get(overlay, f"{overlay} is not there"), selection) for overlay in selection.overlays]


def _over(overlay: Overlay, words: str, selection: Selection) -> dcc.Link:
    rest = tuple(each for each in selection.overlays if each != overlay)
    parts: list[Component | str] = [html.Span("Take off ", className="visually-hidden"), words, icon("x-lg")]
    return way(parts, selection.but(overlays=rest).query, "lf-chip-link lf-chip-over", title=f"Take off {words}")


def smoothing_choice(how_id: str, window_id: str) -> html.Div:
    """How lines are smoothed, and over how long."""
    return html.Div(
        [
            dbc.Label("Smoothing", html_for=how_id, class_name="visually-hidden"),
            dbc.Select(
                id=how_id,
                options=[{"label": words, "value": str(value)} for value, words in WAYS.items()],
                value=PLAIN,
                class_name="lf-select",
            ),
            dbc.Label("over", html_for=window_id, class_name="lf-sub"),
            dbc.Select(
                id=window_id,
                options=window_options(None),
                value=moments.length_written(USUAL_WINDOW),
                class_name="lf-select",
            ),
        ],
        className="lf-smoothing",
    )


def window_options(own: int | None) -> list[dict[str, str]]:
    """Windows to choose from; one of the address is among them."""
    lengths = sorted({*WINDOWS, *([own] if own else [])})
    return [{"label": moments.length_in_words(each), "value": moments.length_written(each)} for each in lengths]


def smoothing_of(how: str, window: str) -> Smoothing | None:
    """What the two choices say together. Raises Invalid."""
    return None if how == PLAIN else Smoothing(Smooth(how), moments.length_from(window))


def overlay_choice(summary_id: str, feeds_id: str) -> html.Details:
    """Feeds of other channels to be laid over; they are fetched when somebody opens it."""
    return html.Details(
        [
            html.Summary([icon("layers"), html.Span("Overlay")], id=summary_id, n_clicks=0, className="lf-button"),
            html.Div(
                [
                    dbc.Label("A feed of another channel", html_for=feeds_id, class_name="lf-form-label"),
                    dbc.Select(id=feeds_id, options=[], placeholder="Choose a feed", class_name="lf-select"),
                ],
                className="lf-time-panel lf-overlay-panel",
            ),
        ],
        className="lf-time lf-overlay",
    )
