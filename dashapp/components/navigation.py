"""Ways between pages: a rail beside the page on laptops, a bar under the thumb on phones."""

from __future__ import annotations

from dataclasses import dataclass

import dash_bootstrap_components as dbc
from dash import dcc, html

from dashapp.components.attributes import aria
from dashapp.components.icons import icon


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to go."""

    label: str
    href: str
    icon: str


PLACES = (Place("Wall", "/", "grid"),)


def navigation(places: tuple[Place, ...] = PLACES) -> html.Nav:
    return html.Nav([_link(place) for place in places], className="lf-rail", **aria(label="Main"))


def _link(place: Place) -> dbc.NavLink:
    words = [icon(place.icon), html.Span(place.label)]
    return dbc.NavLink(words, href=place.href, active="exact", class_name="lf-place")


def brand() -> dcc.Link:
    """The logo; it leads to the wall."""
    return dcc.Link([html.Span(className="lf-logo"), html.Span("Labfeed")], href="/", className="lf-brand")
