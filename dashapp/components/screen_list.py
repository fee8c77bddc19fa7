"""Links for screens as those see them who may end them: what each shows, its address, and whether it is in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash._utils import stringify_id
from dash.development.base_component import Component

from dashapp.components.age import ago
from dashapp.components.confirming import confirmed
from dashapp.components.copying import copy_button
from dashapp.components.days import day_text, until_text
from dashapp.components.forms import Tone, button
from dashapp.components.icons import icon
from dashapp.components.notices import empty_state
from dashapp.components.qr import qr_code
from domain.kiosks import KioskShown

WHOLE_WALL = "The whole wall"


def end_id(of: Any) -> dict[str, Any]:
    """The button that ends a link."""
    return {"screens": "end", "of": of}


def screen_address(origin: str, written: str) -> str:
    """Where a screen starts."""
    return f"{origin}/kiosk/{written}"


def screen_list(screens: Sequence[KioskShown], origin: str, now: int) -> Component:
    """The links that work, the newest first."""
    if not screens:
        return html.P("No screen has a link yet.", className="lf-sub")
    return html.Div([_screen(each, origin, now) for each in screens], className="lf-links")


def not_for_you() -> html.Section:
    """For those who teach nothing."""
    return empty_state(
        "display", "Screens are set up by those who teach", "The staff of your course can put its channels on a screen."
    )


def _screen(screen: KioskShown, origin: str, now: int) -> html.Div:
    kiosk = screen.kiosk
    shows = html.Span([icon("display"), screen.course or WHOLE_WALL], className="lf-badge")
    words = html.Div([html.Strong(kiosk.name), shows, html.Span(_facts(screen, now), className="lf-sub")])
    head = html.Div([words, _end(screen)], className="lf-invitation")
    if screen.written is None:
        return html.Div(html.Div(head), className="lf-link")
    address = screen_address(origin, screen.written)
    scan = html.Details([html.Summary("QR code"), qr_code(address)], className="lf-link-code")
    return html.Div([html.Div([head, _to_copy(kiosk.id, address)]), scan], className="lf-link")


def _facts(screen: KioskShown, now: int) -> str:
    made = f"made {day_text(screen.made_at)}" + (f" by {screen.made_by_name}" if screen.made_by_name else "")
    seen = f"shown {ago(screen.seen_at, now)}" if screen.seen_at else "not shown yet"
    return " · ".join((seen, f"ends {until_text(screen.ends_at, now)}", made))


def _to_copy(kiosk_id: int, address: str) -> html.Div:
    shown_id = {"screen": kiosk_id}
    label = dbc.Label("Address of the screen", html_for=stringify_id(shown_id), class_name="visually-hidden")
    shown: Any = dbc.Input(id=shown_id, value=address, readonly=True, class_name="lf-input lf-mono")
    return html.Div([label, shown, copy_button("the address", content=address)], className="lf-link-address")


def _end(screen: KioskShown) -> html.Details:
    sentence = f"Screens that show “{screen.kiosk.name}” go dark at once. It cannot be undone."
    yes = button(end_id(screen.kiosk.id), "End it now", tone=Tone.DANGER)
    return confirmed("End link", sentence, yes)
