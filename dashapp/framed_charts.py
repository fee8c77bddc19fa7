"""Charts that fill the frames ThingSpeak's addresses ask for: a figure, and what it says in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import framing
from dashapp.components.attributes import aria
from dashapp.framing import Changes, Drawn
from domain.channels import Channel
from domain.frames import Wishes

WHOLE = {"width": "100%", "height": "100%"}
"""The size of a chart inside its figure."""

STILL = {"displayModeBar": False, "scrollZoom": False, "doubleClick": "reset", "showTips": False}
"""Plotly's settings of a chart without buttons."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A channel's chart, its ids, and it in words.

    `kind` and `title`: `Chart` and `Kiln` of what is read out as "Chart of Kiln". `config`: Plotly's settings.
    """

    id: str
    caption_id: str
    kind: str
    title: str
    figure: dict[str, Any]
    words: str
    config: dict[str, Any] = field(default_factory=lambda: dict(STILL))


def drawn(chart: Chart, channel: Channel, wishes: Wishes) -> Drawn:
    """A chart in its frame, and what to change where an older one stands there."""
    changes: Changes = {chart.id: {"figure": chart.figure}, chart.caption_id: {"children": chart.words}}
    memory = {**framing.state_of(channel), framing.IS_CHART: True}
    return Drawn([_laid_out(chart, channel, wishes)], memory, changes)


def _laid_out(chart: Chart, channel: Channel, wishes: Wishes) -> Component:
    config: Any = chart.config
    return html.Figure(
        [
            html.H1(chart.title, className="visually-hidden"),
            dcc.Graph(id=chart.id, figure=chart.figure, config=config, responsive=True, style=WHOLE),
            html.Figcaption(chart.words, id=chart.caption_id, className="visually-hidden"),
            *framing.way_to(channel),
        ],
        className="lf-framed-chart",
        style=framing.style(wishes),
        **aria(label=f"{chart.kind} of {chart.title}"),
    )
