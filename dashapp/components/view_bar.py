"""How a channel's chart is looked at: which feeds, how closely, smoothed or not, with what laid over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.icons import icon
from dashapp.components.values import ink_class, ink_style
from dashapp.components.ways import was_pressed, way, way_here, way_id, way_props
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

BACK = ("back", 0)

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
    """The way back to what was shown before the last zoom, where there was one. After the last way back it stands there
    once more and leads nowhere, so that whoever pressed it is not left without a place on the page."""
    if query is None and not was_pressed(BACK):
        return []
    parts: list[Component | str] = [icon("arrow-counterclockwise"), html.Span("Zoom back")]
    props = way_props(query or "", "lf-button", is_on=False) | aria(disabled="true" if query is None else "false")
    del props["aria-pressed"]
    return [html.Button(parts, id=way_id(BACK), type="button", n_clicks=0, autoFocus=was_pressed(BACK), **props)]


def feed_chips(feeds: Sequence[Feed], selection: Selection) -> list[Component]:
    """Every feed; a press leaves it out of the view, or takes it in again."""
    palette = inks(feeds)
    if len(feeds) == 1:
        return []
    return [_chip(place, feed, palette.get(feed.id), selection) for place, feed in enumerate(feeds)]


def _chip(place: int, feed: Feed, ink: Ink | None, selection: Selection) -> html.Button:
    is_hidden = feed.name in selection.hidden
    act = "Show" if is_hidden else "Hide"
    kind = f"lf-chip-link {ink_class(ink)} {'lf-chip-off' if is_hidden else ''}"
    more: dict[str, Any] = {"style": ink_style(ink), "title": f"{act} {feed.label}"}
    return way_here(
        [feed.label], selection.toggled(feed.name).query, kind, ("feed", place), is_on=not is_hidden, **more
    )


def overlay_chips(selection: Selection, shown: Mapping[Overlay, tuple[str, Ink | None]]) -> list[Component]:
    """What is laid over the chart, with its line's ink; a press takes it off. One that may not be seen any more says
    so."""
    return [_over(each, *shown.get(each, (f"{each} is not there", None)), selection) for each in selection.overlays]


def _over(overlay: Overlay, words: str, ink: Ink | None, selection: Selection) -> dcc.Link:
    rest = tuple(each for each in selection.overlays if each != overlay)
    parts: list[Component | str] = [html.Span("Take off ", className="visually-hidden"), words, icon("x-lg")]
    kind = f"lf-chip-link lf-chip-over {ink_class(ink)}"
    return way(parts, selection.but(overlays=rest).query, kind, style=ink_style(ink), title=f"Take off {words}")


def smoothing_choice(frame_id: str, how_id: str, window_id: str) -> html.Div:
    """How lines are smoothed, and over how long; not offered where there are words alone."""
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
        id=frame_id,
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
