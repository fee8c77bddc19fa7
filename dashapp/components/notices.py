"""Drawn states: loading, empty, not found, refused. Never a blank, never a stack trace."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.icons import icon
from domain.errors import LabfeedError


def empty_state(picture: str, title: str, sentence: str, *action: Component) -> html.Section:
    """One picture, one sentence, one action."""
    heading = [html.Div(icon(picture), className="lf-empty-picture"), html.H2(title), html.P(sentence)]
    return html.Section([*heading, *action], className="lf-empty")


def not_found(sentence: str | None = None) -> html.Div:
    """What somebody may not see does not exist for them: the same words for both."""
    drawn = empty_state(
        "compass",
        "There is nothing here that you may see",
        sentence or "The address may be mistyped, or the channel may not be public.",
        dcc.Link([icon("grid"), "Back to the wall"], href="/", className="btn btn-primary lf-button"),
    )
    return html.Div(drawn, className="lf-nothing")


def notice(error: LabfeedError) -> dbc.Alert:
    """What went wrong, as a bar over the page; what was drawn stays. A fault of the server's can be tried again."""
    said: list[Component] = [html.Strong(error.title), html.Span(error.detail)]
    said.append(html.Span(error.hint or "", className="lf-hint"))
    if type(error) is LabfeedError:
        again = [icon("arrow-clockwise"), html.Span("Reload the page")]
        said.append(html.A(again, href="", className="lf-button lf-button-small"))
    return dbc.Alert(
        [icon("exclamation-triangle-fill"), html.Div(said)],
        dismissable=True,
        color="",
        class_name="lf-notice",
    )


def done(sentence: str) -> dbc.Alert:
    """What was done, as a bar over the page that goes by itself."""
    return dbc.Alert(
        [icon("check-circle-fill"), html.Div(html.Span(sentence))],
        dismissable=True,
        duration=8000,
        color="",
        class_name="lf-notice lf-notice-done",
    )


def skeleton_cards(count: int = 8) -> list[html.Div]:
    """Cards still to be filled, in their places."""
    return [
        html.Div(
            [html.Div(className=f"lf-bone lf-bone-{part}") for part in ("title", "value", "plot", "foot")],
            className="lf-card lf-card-bone",
            **aria(hidden="true"),
        )
        for _ in range(count)
    ]


def skeleton_page() -> html.Div:
    """A channel page still to be filled."""
    return html.Div(
        [html.Div(className=f"lf-bone lf-bone-{part}") for part in ("heading", "tiles", "chart")],
        className="lf-page-bone",
        **aria(hidden="true"),
    )
