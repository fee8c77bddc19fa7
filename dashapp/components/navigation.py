"""Ways between pages: a rail beside the page on laptops, a bar under the thumb on phones."""

from __future__ import annotations

from dataclasses import dataclass

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
    return html.Nav(
        [
            dcc.Link([icon(place.icon), html.Span(place.label)], href=place.href, className="lf-place")
            for place in places
        ],
        className="lf-rail",
        **aria(label="Main"),
    )


def brand() -> dcc.Link:
    """The logo; it leads to the wall."""
    return dcc.Link([html.Span(className="lf-logo"), html.Span("Labfeed")], href="/", className="lf-brand")
