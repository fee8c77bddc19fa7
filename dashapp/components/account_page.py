"""Parts of the account page: who one is, where one is signed in, one's data, and what erasing would do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.age import ago
from dashapp.components.browsers import browser_words
from dashapp.components.days import day_text
from dashapp.components.forms import Tone, button, choice_field, link_button, panel, table, text_field
from domain.people import Person
from domain.timespan import to_rfc3339
from models.privacy import Erasure, Fate, Stake
from models.sessions import Session

BIN = "bin"
"""The choice that leaves a channel to nobody."""
UNDECIDED = "undecided"

OTHERS, EVERYWHERE = "others", "everywhere"


def identity(person: Person, is_admin: bool, *, may_teach: bool = False) -> html.Section:
    """Who one is here, as the college's provider says."""
    facts = (
        ("Name", person.name or "–"),
        ("E-mail", person.email or "–"),
        ("Signed in through", urlsplit(person.issuer).hostname or person.issuer),
        ("Here since", _date(person.created_at)),
    )
    rows = [html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts]
    ways = [
        link_button("My channels", "/mine", "hdd-stack"),
        link_button("Tokens for programs", "/account/tokens", "terminal"),
        *([link_button("Links for screens", "/screens", "display")] if may_teach else []),
        *([link_button("Audit log", "/audit", "journal-text")] if is_admin else []),
    ]
    hint = "Name and e-mail are your college's: they are read anew each time you sign in."
    return panel(
        "Who you are",
        html.Dl(rows, className="lf-facts"),
        html.P(hint, className="lf-sub lf-account-hint"),
        html.Div(ways, className="lf-actions"),
    )


def session_list(sessions: Sequence[Session], current_id: int, now: int) -> html.Section:
    """One's own sessions, this one marked."""
    head = ("Browser", "From", "Last seen", "Signed in", "")
    rows = [_session_row(each, each.id == current_id, now) for each in sessions]
    others = [button(end_id(OTHERS), "Sign out everywhere else", "box-arrow-right")] if len(sessions) > 1 else []
    everywhere = button(end_id(EVERYWHERE), "Sign out everywhere", "box-arrow-right")
    return panel(
        "Where you are signed in",
        table("Your sessions", head, rows),
        html.Div([*others, everywhere], className="lf-actions lf-session-ends"),
    )


def _session_row(session: Session, is_current: bool, now: int) -> list[Any]:
    words = browser_words(session.agent)
    mark = [html.Span("this browser", className="lf-badge")] if is_current else []
    name = html.Span([html.Strong(words), *mark], className="lf-session-name")
    seen = html.Time(ago(session.seen_at, now), dateTime=to_rfc3339(session.seen_at))
    end = button(end_id(session.id), "Sign out", is_small=True, title=f"Sign out {words}")
    actions = html.Div(end, className="lf-actions")
    return [name, session.address or "–", seen, _date(session.made_at), actions]


def end_id(of: Any) -> dict[str, Any]:
    """The button that ends a session, the OTHERS, or those EVERYWHERE."""
    return {"account": "end", "of": of}


def heir_id(channel_id: Any) -> dict[str, Any]:
    return {"account": "heir", "of": channel_id}


def own_data(download_id: str) -> html.Section:
    """Take everything away."""
    sentence = (
        "Everything that is kept of you, in one JSON file: your sessions, tokens, channels, courses, invitations, and "
        "what you did here. The readings of your channels are not in it; the file says where to download them."
    )
    return panel(
        "Your data",
        html.P(sentence, className="lf-sub lf-account-hint"),
        html.Div(button(download_id, "Download my data", "download"), className="lf-actions"),
    )


def erasing(found: Erasure, confirmation: str, confirm_id: str, erase_id: str, fault_id: str) -> html.Section:
    """What would happen, what is to be decided, and the button that does it."""
    told = html.Ul([html.Li(line) for line in what_happens(found)], className="lf-erase-told")
    confirm = text_field(confirm_id, f"To confirm, type {confirmation}", autoComplete="off")
    return html.Section(
        [
            html.Div(html.H2("Erase me"), className="lf-panel-head"),
            html.P("This cannot be undone. At once:", className="lf-account-hint"),
            told,
            *_decisions(found.of_fate(Fate.OPEN)),
            html.Div(confirm, className="lf-form"),
            html.Div(id=fault_id, className="lf-account-fault"),
            html.Div(button(erase_id, "Erase me", "eraser", Tone.DANGER), className="lf-actions"),
        ],
        className="lf-panel lf-panel-danger",
    )


def what_happens(found: Erasure) -> list[Any]:
    """What erasing does, a line each, the channels by name."""
    lines: list[Any] = ["Your name, e-mail and account are erased. If you sign in again, you are somebody new."]
    lines.append(f"You are signed out everywhere{_tokens(found.tokens)}.")
    if stakes := found.of_fate(Fate.LEFT):
        lines.append(["You leave channels that stay: ", *_names(stakes), "."])
    if stakes := found.of_fate(Fate.BINNED):
        lines.append(["Channels of yours alone go into the bin and are removed after 30 days: ", *_names(stakes), "."])
    if stakes := found.of_fate(Fate.OPEN):
        lines.append(["You decide what becomes of channels that nobody else owns: ", *_names(stakes), "."])
    if found.courses:
        lines.append(f"You are taken off the roster of {', '.join(found.courses)}. A new roster may name you again.")
    if found.invitations:
        lines.append("Invitations that wait for you are withdrawn.")
    lines.append("Readings, names and descriptions you left in channels that stay, stay. Keys you made there go on.")
    lines.append("The audit log keeps what you did under a number, without your name. Backups keep you until they go.")
    return lines


def _tokens(count: int) -> str:
    if not count:
        return ""
    return f", and {count} token{'s' if count > 1 else ''} for programs end{'' if count > 1 else 's'}"


def _names(stakes: Sequence[Stake]) -> list[Component]:
    named: list[Any] = []
    for stake in stakes:
        named += [", "] * bool(named) + [dcc.Link(stake.name, href=f"/channels/{stake.channel_id}")]
    return named


def _decisions(stakes: Sequence[Stake]) -> list[Component]:
    if not stakes:
        return []
    fields = [_decision(stake) for stake in stakes]
    return [html.Div(fields, className="lf-fields lf-erase-decisions", role="group")]


def _decision(stake: Stake) -> Component:
    heirs = [(str(heir.person_id), f"{heir.name or heir.email} ({heir.role})") for heir in stake.heirs]
    options = [(UNDECIDED, "Choose…"), *heirs, (BIN, "Nobody: delete it")]
    return choice_field(heir_id(stake.channel_id), f"Who shall own “{stake.name}”?", options, UNDECIDED)


def _date(at: int) -> html.Time:
    return html.Time(day_text(at), dateTime=to_rfc3339(at), title=to_rfc3339(at))
