"""Who is there, in the top bar: a way in for visitors; a menu with name, account and the way out for people."""

from __future__ import annotations

from urllib.parse import quote

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.icons import icon
from domain.people import Person

SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
TOKEN_FIELD = "_csrf_token"  # noqa: S105 (a field's name, no secret)


def sign_in_address(here: str) -> str:
    """The sign-in page, from which one comes back to this address."""
    return f"{SIGN_IN}?next={quote(here, safe='/')}" if here not in ("/", SIGN_IN) else SIGN_IN


def way_in(here: str) -> dcc.Link:
    return dcc.Link("Sign in", href=sign_in_address(here), className="btn lf-button btn-primary lf-enter")


def face(person: Person | None) -> html.Span:
    """The small picture on the menu's button: initials, or anybody's head for a visitor."""
    if person is None:
        return html.Span([icon("person"), html.Span("Menu", className="visually-hidden")], className="lf-face")
    shown = person.name or person.email
    words = [html.Span(person.initials), html.Span(f"Menu of {shown}", className="visually-hidden")]
    return html.Span(words, className="lf-face lf-face-known", title=shown)


def menu(person: Person | None, token: str) -> list[Component]:
    """What the menu holds of a person; `token`: what their form must carry to be taken for ours."""
    if person is None:
        return []
    names = [html.Strong(person.name, className="lf-cut"), html.Span(person.email, className="lf-cut lf-sub")]
    leave = html.Button(
        [icon("box-arrow-right"), html.Span("Sign out")],
        type="submit",
        name=TOKEN_FIELD,
        value=token,
        className="dropdown-item lf-menu-item",
    )
    return [
        html.Div(names, className="lf-menu-name"),
        dbc.DropdownMenuItem([icon("person-gear"), html.Span("Account")], href="/account", class_name="lf-menu-item"),
        html.Form(leave, action=SIGN_OUT, method="post"),
    ]


def _for_programs() -> dbc.DropdownMenuItem:
    return dbc.DropdownMenuItem(
        [icon("braces"), html.Span("Interface for programs")], href="/interface", class_name="lf-menu-item"
    )


def person_menu(menu_id: str, parts_id: str, *appearance: Component) -> dbc.DropdownMenu:
    """The menu's frame; who is there is drawn into it."""
    return dbc.DropdownMenu(
        [
            html.Div(id=parts_id),
            _for_programs(),
            html.Div([html.Span("Theme"), *appearance], className="lf-menu-theme"),
        ],
        id=menu_id,
        label=face(None),
        align_end=True,
        caret=False,
        color="",
        class_name="lf-menu",
        toggle_class_name="lf-menu-button",
    )
