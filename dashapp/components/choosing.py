"""One of several, each of which leads to the page that shows it: the choice stands in the address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dash import html

from dashapp.components.attributes import aria
from dashapp.components.ways import way_here


class Choice(NamedTuple):
    """What it is called, the query string that leads to it, and whether it is the one that is shown."""

    words: str
    query: str
    is_chosen: bool


def choices(label: str, offered: Iterable[Choice]) -> html.Div:
    """The label, and the choices behind it."""
    buttons = [
        way_here([each.words], each.query, kind, (label, place), is_on=each.is_chosen)
        for place, each in enumerate(offered)
        for kind in ["lf-pick lf-picked" if each.is_chosen else "lf-pick"]
    ]
    return html.Div(
        [html.Span(label, className="lf-pick-label"), html.Div(buttons, className="lf-pick-list")],
        className="lf-picks",
        role="group",
        **aria(label=label),
    )
