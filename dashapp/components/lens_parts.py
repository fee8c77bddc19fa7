"""What lenses draw with: a chart and its words, the key to its colours, facts, and why nothing is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.export_button import open_button
from dashapp.components.icons import icon
from dashapp.figures.shades import gradient

CHART: Any = {"displayModeBar": False, "scrollZoom": False, "doubleClick": "reset", "showTips": False}


def chart(
    name: str, graph_id: Any, figure: dict[str, Any], words_id: Any, words: Component | list[Component]
) -> html.Figure:
    """A chart with what it says in words below."""
    graph = dcc.Graph(
        id=graph_id, figure=figure, config=CHART, responsive=True, style={"height": f"{figure['layout']['height']}px"}
    )
    export = open_button(name, "Export readings", "btn lf-button lf-button-small")
    parts = [graph, html.Figcaption(words, id=words_id), html.Div(export, className="lf-lens-export")]
    return html.Figure(parts, className="lf-lens-chart", **aria(label=name))


def facts(rows: Iterable[tuple[str, Any]], *notes: str) -> html.Div:
    """Names with their values, and sentences below."""
    listed = [html.Div([html.Dt(name), html.Dd(value)]) for name, value in rows]
    return html.Div(
        [html.Dl(listed, className="lf-lens-facts"), *(html.P(note, className="lf-lens-note") for note in notes)]
    )


def colour_key(label: str, low: str, high: str) -> html.Div:
    """What the first and the last colour of the points stand for."""
    parts = [
        html.Span(label, className="lf-shades-label"),
        html.Span(low),
        html.Span(className="lf-shades-bar", style={"background": gradient()}, **aria(hidden="true")),
        html.Span(high),
    ]
    return html.Div(parts, className="lf-shades")


def nothing(picture: str, sentence: str) -> html.Div:
    """Why nothing is drawn."""
    return html.Div([icon(picture), html.P(sentence)], className="lf-lens-nothing")


def counted(n: int, one: str) -> str:
    """`1 reading`, `86 400 readings`: thousands are set apart by a thin space."""
    return f"{n:,} {one}{'' if n == 1 else 's'}".replace(",", "\u202f")
