"""Forms and lists: labelled controls, buttons, panels, tables, tabs. Looks are in assets/forms.css."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash._utils import stringify_id
from dash.development.base_component import Component

from dashapp.components.attributes import aria, data
from dashapp.components.icons import icon


class Tone(StrEnum):
    """How a button looks: what one came for, something else, or something that cannot be taken back."""

    MAIN = "btn-primary"
    PLAIN = ""
    DANGER = "lf-danger"


def page_head(title: str, sentence: str = "", *actions: Component) -> html.Div:
    """The heading of a page, and its buttons."""
    words = [html.H1(title), *([html.P(sentence, className="lf-sub")] if sentence else [])]
    return html.Div(
        [html.Div(words, className="lf-head-words"), html.Div(list(actions), className="lf-tools")], className="lf-head"
    )


def panel(title: str, *children: Any, note: str = "") -> html.Section:
    """A titled part of a page."""
    head = html.Div([html.H2(title), html.Span(note, className="lf-panel-note")], className="lf-panel-head")
    return html.Section([head, *children], className="lf-panel")


def field(label: str, control: Any, *, hint: str = "") -> html.Div:
    """A control with its label above and, below, what to know about it."""
    # A pattern for an id stands in the browser as this text.
    parts = [dbc.Label(label, html_for=stringify_id(control.id), class_name="lf-label-text"), control]
    return html.Div([*parts, *([html.Small(hint, className="lf-hint")] if hint else [])], className="lf-field")


def text_field(
    control_id: Any, label: str, value: str = "", *, hint: str = "", most_chars: int = 200, **more: Any
) -> html.Div:
    """One line of text; `more` goes to dbc.Input (type, placeholder, debounce …)."""
    control = dbc.Input(id=control_id, value=value, maxlength=most_chars, class_name="lf-input", **more)
    return field(label, control, hint=hint)


def choice_field(
    control_id: Any, label: str, options: Iterable[tuple[str, str]], value: str, hint: str = ""
) -> Component:
    """One of several, given as (value, words)."""
    given = [{"value": each, "label": words} for each, words in options]
    return field(label, dbc.Select(id=control_id, options=given, value=value, class_name="lf-select"), hint=hint)


def switch_field(control_id: Any, label: str, value: bool, *, hint: str = "") -> html.Div:
    """On or off."""
    control = dbc.Switch(id=control_id, label=label, value=value, class_name="lf-toggle")
    return html.Div([control, *([html.Small(hint, className="lf-hint")] if hint else [])], className="lf-field")


def button(
    control_id: Any, words: str, picture: str = "", tone: Tone = Tone.PLAIN, *, is_small: bool = False, **more: Any
) -> dbc.Button:
    """Something to press; `more` goes to dbc.Button."""
    shown = [*([icon(picture)] if picture else []), html.Span(words)]
    looks = " ".join(filter(None, ("lf-button", tone, "lf-button-small" if is_small else "")))
    # Dash's own colour would be btn-primary, so it is always said.
    return dbc.Button(shown, id=control_id, n_clicks=0, color="", class_name=looks, **more)


def link_button(
    words: str, href: str, picture: str = "", tone: Tone = Tone.PLAIN, *, is_outside: bool = False
) -> Component:
    """A way to another page that looks like a button; `is_outside` for an address that is no page of ours."""
    shown = [*([icon(picture)] if picture else []), html.Span(words)]
    form = html.A if is_outside else dcc.Link
    return form(shown, href=href, className=f"btn lf-button {tone}".strip())


def table(
    label: str, head: Sequence[str], rows: Iterable[Sequence[Any]], *, row_classes: Sequence[str] = ()
) -> html.Div:
    """A table that becomes a list of cards on a phone: each cell carries its column's heading."""
    classes = dict(enumerate(row_classes))
    body = [
        html.Tr(
            [html.Td(cell, **data(label=title)) for title, cell in zip(head, row, strict=True)],
            className=classes.get(place, ""),
        )
        for place, row in enumerate(rows)
    ]
    shown = html.Table(
        [html.Thead(html.Tr([html.Th(title, scope="col") for title in head])), html.Tbody(body)],
        className="lf-list",
        **aria(label=label),
    )
    return html.Div(shown, className="lf-list-frame")


def tabs(label: str, places: Iterable[tuple[str, str, str]]) -> html.Nav:
    """Ways between the pages of one thing, as (words, address, picture), the thing's own first; the open one is marked
    by its address, also while a page below it is open."""
    links = [
        dbc.NavLink(
            [icon(picture), html.Span(words)], href=href, active="partial" if place else "exact", class_name="lf-tab"
        )
        for place, (words, href, picture) in enumerate(places)
    ]
    return html.Nav(links, className="lf-tabs", **aria(label=label))
