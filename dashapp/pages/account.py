"""One's own account: where one is signed in, one's data to take away, and the way out for good."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dash import ALL, Input, Output, State, ctx, dcc, html, no_update, set_props

import context
from dashapp import shell
from dashapp.components import account_page, notices
from dashapp.components.account_page import BIN, EVERYWHERE, OTHERS, end_id, heir_id
from dashapp.components.faults import fault
from dashapp.components.forms import page_head
from dashapp.wiring import Wiring
from domain.audit import Actor
from domain.errors import Conflict, Invalid
from domain.people import Person
from domain.roles import Role
from domain.timespan import to_datetime
from models import own_data, privacy, sessions
from models.privacy import Decisions, Erasure, Fate, Heir, Stake
from models.sessions import Session

PATH = "/account"
TITLE = "Your account · Labfeed"


class Ids(StrEnum):
    CONTENT = "account-content"
    CHANGES = "account-changes"
    DOWNLOAD = "account-download"
    FILE = "account-file"
    CONFIRM = "account-confirm"
    ERASE = "account-erase"
    FAULT = "account-fault"
    LEAVE = "account-leave"


wire = Wiring()


@dataclass(frozen=True, slots=True)
class Account:
    """What the page shows of somebody."""

    person: Person
    is_admin: bool
    sessions: list[Session]
    session_id: int
    erasure: Erasure
    now: int
    may_teach: bool = False


def layout(**_address: str) -> html.Div:
    return html.Div(
        [
            page_head("Your account"),
            html.Div(notices.skeleton_page(), id=Ids.CONTENT, className="lf-account-parts"),
            dcc.Store(id=Ids.CHANGES, data=0),
            dcc.Download(id=Ids.FILE, type="application/json"),
            dcc.Location(id=Ids.LEAVE, refresh=True),
        ],
        className="lf-page lf-account",
    )


def sample() -> list[Any]:
    """What is drawn for somebody with two sessions and a channel that nobody else owns."""
    person = Person(1, "https://accounts.example.edu", "1", "ada@example.edu", "Ada Finch", 1, 0)
    stake = Stake(7, "Otter kiln", Fate.OPEN, (Heir(2, "Ben Otter", "ben@example.edu", Role.EDITOR),))
    signed_in = [Session(number, person, 0, 0, "Firefox/140.0", "192.0.2.7") for number in (1, 2)]
    return build(Account(person, True, signed_in, 1, Erasure((stake,), (), 2, 0, 0), 0))


@wire(Output(Ids.CONTENT, "children"), Input(Ids.CHANGES, "data"))
def draw(_changes: int) -> list[Any]:
    return build(fetch(context.person(), context.session_id(), context.actor()))


@wire(
    Output(Ids.CHANGES, "data"),
    Input(end_id(ALL), "n_clicks"),
    State(Ids.CHANGES, "data"),
    prevent_initial_call=True,
)
def end_sessions(_clicks: list[int | None], changes: int) -> Any:
    if not ctx.triggered_id or not ctx.triggered[0]["value"]:  # a row that was just drawn
        return no_update
    which, current_id = ctx.triggered_id["of"], context.session_id()
    ended = _end(context.actor(), which, current_id)
    if which in (EVERYWHERE, current_id):
        set_props(Ids.LEAVE, {"href": "/"})
        return no_update
    shell.say(f"{ended} session{'' if ended == 1 else 's'} ended.")
    return changes + 1


@wire(Output(Ids.FILE, "data"), Input(Ids.DOWNLOAD, "n_clicks"), prevent_initial_call=True)
def take_data(clicks: int | None) -> Any:
    if not clicks:
        return no_update
    actor = context.actor()
    found = context.store().tell(own_data.everything_about, actor)
    content = json.dumps(found, ensure_ascii=False, indent=2)
    return {"filename": f"labfeed-my-data-{to_datetime(actor.at):%Y-%m-%d}.json", "content": content}


@wire(
    Output(Ids.LEAVE, "href"),
    Output(Ids.FAULT, "children"),
    Input(Ids.ERASE, "n_clicks"),
    State(Ids.CONFIRM, "value"),
    State(heir_id(ALL), "value"),
    State(heir_id(ALL), "id"),
    prevent_initial_call=True,
)
def erase(clicks: int | None, confirmation: str, chosen: list[str], asked: list[Mapping[str, Any]]) -> tuple[Any, Any]:
    if not clicks:
        return no_update, no_update
    wanted = confirmation_of(context.person())
    if (confirmation or "").strip().lower() != wanted.lower():
        return no_update, fault(f"Nothing was erased. To confirm, type {wanted}.")
    decisions = parse_decisions({int(each["of"]): value for each, value in zip(asked, chosen, strict=True)})
    try:
        context.store().tell(privacy.erase, context.actor(), decisions)
    except (Invalid, Conflict) as refused:
        return no_update, fault(f"Nothing was erased. {refused.detail} {refused.hint or ''}".strip())
    return "/", None


def fetch(person: Person, session_id: int, actor: Actor) -> Account:
    store = context.store()
    return Account(
        person,
        actor.viewer.is_admin,
        store.ask(sessions.of_person, person.id, actor.at),
        session_id,
        store.ask(privacy.erasing, actor),
        actor.at,
        context.college().may_teach(person),
    )


def build(account: Account) -> list[Any]:
    here = [
        account_page.identity(account.person, account.is_admin, may_teach=account.may_teach),
        account_page.session_list(account.sessions, account.session_id, account.now),
        account_page.own_data(Ids.DOWNLOAD),
    ]
    leaving = account_page.erasing(account.erasure, confirmation_of(account.person), Ids.CONFIRM, Ids.ERASE, Ids.FAULT)
    return [html.Div(here), html.Div(leaving)]


def confirmation_of(person: Person) -> str:
    """What somebody types to be erased: their e-mail, or where an admin released that, their name."""
    return person.email or person.name or "erase me"


def parse_decisions(chosen: Mapping[int, str]) -> Decisions:
    """Channel id → who shall own it, or None for the bin; what is not chosen yet is left out."""
    return {
        channel_id: None if choice == BIN else int(choice)
        for channel_id, choice in chosen.items()
        if choice == BIN or choice.isdecimal()
    }


def _end(actor: Actor, which: Any, current_id: int) -> int:
    """End one session, the others, or all; how many ended. Raises NotFound."""
    store = context.store()
    if which in (OTHERS, EVERYWHERE):
        return store.tell(sessions.end_all, actor, but=current_id if which == OTHERS else None)
    store.tell(sessions.end, actor, int(which))
    return 1
