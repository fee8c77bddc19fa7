"""What invites to a channel: the answers to addresses just invited, links with their QR code, and who is waited for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import dash_bootstrap_components as dbc
from dash import html
from dash._utils import stringify_id
from dash.development.base_component import Component

from dashapp.components.copying import copy_button
from dashapp.components.days import day_text
from dashapp.components.forms import button, panel
from dashapp.components.icons import icon
from dashapp.components.member_list import NAMES, WITH_ARTICLE, Press, press_id
from dashapp.components.qr import qr_code
from domain.errors import LabfeedError
from domain.timespan import to_datetime
from models.invitations import Invited, Outcome, Waiting

SAID = {
    Outcome.JOINED: "{email} is {role} now.",
    Outcome.RAISED: "{email} is {role} now.",
    Outcome.MEMBER_ALREADY: "{email} is {role} already.",
    Outcome.WAITS: "{email} is invited, and {role} from their first sign-in on.",
    Outcome.CHANGED: "{email} was invited before; they will be {role} now.",
    Outcome.WAITS_ALREADY: "{email} is invited already, as {role}. The invitation waits from today on.",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """An address that was not invited, and why."""

    written: str
    error: LabfeedError


def answers(given: Sequence[Invited | Refused]) -> html.Ul:
    """One line for each address, in the order they were written."""
    return html.Ul([_answer(each) for each in given], className="lf-answers", role="status")


def links(given: Sequence[Waiting], origin: str) -> Component | None:
    """Links that work now, the newest first and open."""
    if not given:
        return None
    drawn = [_link(link, origin, is_open=place == 0) for place, link in enumerate(given)]
    return panel("Links that work", html.Div(drawn, className="lf-links"))


def waited_for(given: Sequence[Waiting]) -> Component | None:
    """Invitations to addresses nobody has signed in with yet."""
    if not given:
        return None
    return panel("Waiting for", html.Ul([_waited_for(each) for each in given], className="lf-invitations"))


def join_address(origin: str, written: str) -> str:
    """Where a link leads."""
    return f"{origin}/join/{written}"


def _answer(answer: Invited | Refused) -> html.Li:
    if isinstance(answer, Refused):
        hint = [html.Small(answer.error.hint, className="lf-hint")] if answer.error.hint else []
        return html.Li([icon("x-circle"), html.Div([answer.error.detail, *hint])], className="lf-answer-no")
    words = SAID[answer.outcome].format(email=answer.email, role=WITH_ARTICLE[answer.role])
    return html.Li([icon("check-circle"), html.Div(words)], className="lf-answer-yes")


def _link(link: Waiting, origin: str, *, is_open: bool) -> html.Div:
    words = [html.Strong(f"Makes {NAMES[link.role].lower()}s"), html.Span(_facts(_end(link), _by(link)))]
    end = button(press_id(Press.END, link.id), "End link", is_small=True)
    head = html.Div([html.Div(words), end], className="lf-invitation")
    if link.written is None:
        why = html.P("Its address is shown to those who may give this role themselves.", className="lf-hint")
        return html.Div(html.Div([head, why]), className="lf-link")
    address = join_address(origin, link.written)
    to_read = html.Div([head, _to_copy(link.id, address)])
    return html.Div([to_read, _to_scan(address, is_open=is_open)], className="lf-link")


def _to_copy(link_id: int, address: str) -> html.Div:
    shown_id = {"link": link_id}
    label = dbc.Label("Address of the link", html_for=stringify_id(shown_id), class_name="visually-hidden")
    shown = dbc.Input(id=shown_id, value=address, readonly=True, class_name="lf-input lf-mono")
    copy = copy_button("the address", content=address)
    return html.Div([label, shown, copy], className="lf-link-address")


def _to_scan(address: str, *, is_open: bool) -> html.Details:
    return html.Details([html.Summary("QR code"), qr_code(address)], open=is_open, className="lf-link-code")


def _waited_for(waiting: Waiting) -> html.Li:
    roster = "from the roster" if waiting.is_from_roster else ""
    words = [html.Strong(waiting.email), html.Span(_facts(NAMES[waiting.role], _by(waiting), roster, _end(waiting)))]
    withdraw = button(press_id(Press.END, waiting.id), "Withdraw", is_small=True)
    return html.Li([html.Div(words), withdraw], className="lf-invitation")


def _facts(*facts: str) -> str:
    return " · ".join(filter(None, facts))


def _end(waiting: Waiting) -> str:
    if waiting.ends_at is None:
        return ""
    moment = to_datetime(waiting.ends_at)
    clock = "" if waiting.email else f", {moment:%H:%M} UTC"
    return f"ends {day_text(waiting.ends_at)}{clock}"


def _by(waiting: Waiting) -> str:
    return f"by {waiting.made_by_name}" if waiting.made_by_name else ""
