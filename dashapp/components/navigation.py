"""Ways between pages: a rail beside the page on laptops, a bar under the thumb on phones."""

from __future__ import annotations

from collections.abc import Sequence
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


WALL = Place("Wall", "/", "grid")
MINE = Place("My channels", "/mine", "hdd-stack")
COURSES = Place("Courses", "/courses", "mortarboard")
EXPORTS = Place("Exports", "/exports", "download")
AUDIT = Place("Audit", "/audit", "journal-text")


def navigation(nav_id: str) -> html.Nav:
    """The rail with what is there for everybody; the rest is drawn when it is known who looks."""
    return html.Nav(links([WALL]), id=nav_id, className="lf-rail", **aria(label="Main"))


def links(places: Sequence[Place]) -> list[dbc.NavLink]:
    return [_link(place) for place in places]


def _link(place: Place) -> dbc.NavLink:
    """A link marked as long as one is there or, but for the wall, below."""
    words = [icon(place.icon), html.Span(place.label)]
    active = "exact" if place is WALL else "partial"
    return dbc.NavLink(words, href=place.href, active=active, class_name="lf-place")


def brand() -> dcc.Link:
    """The logo; it leads to the wall."""
    return dcc.Link([html.Span(className="lf-logo"), html.Span("Labfeed")], href="/", className="lf-brand")
