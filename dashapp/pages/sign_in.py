"""Signing in: a button for each of the college's providers, and who may use them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qs, quote

from dash import Input, Output, dcc, html
from dash.development.base_component import Component

import context
from dashapp import shell
from dashapp.components.forms import Tone, link_button
from dashapp.components.icons import icon
from dashapp.wiring import Wiring
from domain.people import Person
from domain.providers import WayIn

PATH = "/sign-in"
TITLE = "Sign in · Labfeed"
HOME = "/"
DOCS = "docs/operators/sign-in.md"


class Ids(StrEnum):
    CONTENT = "sign-in-content"


wire = Wiring(open_to_visitors=True)


@dataclass(frozen=True, slots=True)
class Offer:
    """What the page knows: the ways in, whose people may use them, and who is here already."""

    ways_in: Sequence[WayIn]
    domains: Sequence[str]
    person: Person | None


def layout(**_address: str) -> html.Div:
    return html.Div(html.Div(id=Ids.CONTENT), className="lf-page")


@wire(Output(Ids.CONTENT, "children"), Input(shell.Ids.ADDRESS, "pathname"), Input(shell.Ids.ADDRESS, "search"))
def draw(_pathname: str, search: str | None) -> Component:
    return _drawn(fetch(), next_in(search))


def fetch() -> Offer:
    return Offer(context.parts().ways_in, sorted(context.college().domains), context.visitor_or_person())


def next_in(search: str | None) -> str:
    """Where to go afterwards, as the address says; whether one may go there is decided at the provider's door."""
    return parse_qs((search or "").removeprefix("?")).get("next", [HOME])[0]


def _drawn(offer: Offer, next_address: str) -> Component:
    if not offer.ways_in:
        return _nobody_can()
    heading = [html.Div(icon("person-circle"), className="lf-empty-picture"), html.H1("Sign in to Labfeed")]
    return html.Section(
        [
            *heading,
            html.P(_who_may(offer)),
            html.Div([_button(way, next_address) for way in offer.ways_in], className="lf-ways-in"),
            *[_practice_note() for way in offer.ways_in if way.is_practice],
            dcc.Link("Look around without signing in", href=HOME, className="lf-sign-in-note"),
        ],
        className="lf-empty lf-sign-in",
    )


def _who_may(offer: Offer) -> str:
    if offer.person is not None:
        return f"You are signed in as {offer.person.email}. Signing in again changes who you are here."
    domains = " or ".join(f"@{domain}" for domain in offer.domains)
    return f"With your college account, whose address ends in {domains}. There is nothing to register."


def _button(way: WayIn, next_address: str) -> Component:
    address = f"/sign-in/{way.slug}?next={quote(next_address, safe='/')}"
    return link_button(f"Continue with {way.label}", address, "box-arrow-in-right", Tone.MAIN, is_outside=True)


def _practice_note() -> Component:
    return html.P(
        "This is the practice provider of a development server: it lets you be anybody it lists, without a password.",
        className="lf-sign-in-note",
    )


def _nobody_can() -> Component:
    """For whoever runs the server: what is missing."""
    return html.Section(
        [
            html.Div(icon("person-lock"), className="lf-empty-picture"),
            html.H1("Nobody can sign in yet"),
            html.P(["This server has no sign-in provider. Whoever runs it sets one up with ", html.Code(DOCS), "."]),
            html.Div(link_button("Back to the wall", HOME, "grid"), className="lf-ways-in"),
        ],
        className="lf-empty lf-sign-in",
    )
