"""One's own personal tokens: made, shown once, revoked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dash import ALL, Input, Output, State, ctx, dcc, html, set_props
from dash.development.base_component import Component

import context
from dashapp import shell
from dashapp.components import notices
from dashapp.components.forms import (
    Tone,
    button,
    choice_field,
    link_button,
    page_head,
    panel,
    switch_field,
    text_field,
)
from dashapp.components.token_list import MAY, WORDS, new_token, revoke_id, token_list
from dashapp.wiring import Wiring
from domain.audit import Actor
from domain.roles import Act
from domain.tokens import Life, Scope
from domain.tokens import new_token as choose_token
from models import channels, tokens
from models.keys import MOST_NAME_CHARS
from models.tokens import TokenShown

PATH = "/account/tokens"
TITLE = "Tokens · Labfeed"


class Ids(StrEnum):
    LIST = "tokens-list"
    NEW = "tokens-new"
    NAME = "tokens-name"
    READ = "tokens-read"
    WRITE = "tokens-write"
    MANAGE = "tokens-manage"
    LIFE = "tokens-life"
    MAKE = "tokens-make"
    CHANGED = "tokens-changed"


wire = Wiring()


def layout(**_address: str) -> html.Div:
    return html.Div(
        [
            page_head(
                "Tokens for programs",
                "With a personal token a program of yours does what you may do, and no more. It always ends.",
                link_button("Your account", "/account", "person"),
            ),
            html.Div(id=Ids.NEW),
            html.Div(
                [panel("Your tokens", html.Div(notices.skeleton_page(), id=Ids.LIST)), _making()],
                className="lf-keys-frame",
            ),
            dcc.Store(id=Ids.CHANGED, data=0),
        ],
        className="lf-page",
    )


def sample() -> Component:
    """What is drawn later for somebody who has a token."""
    return token_list([TokenShown(7, "Logger", frozenset(Scope), 0, 1, None, None, None)], 0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants their token to be."""

    name: str
    scopes: frozenset[Scope]
    life: Life


@wire(Output(Ids.LIST, "children"), Input(Ids.CHANGED, "data"))
def draw(_changed: int) -> Component:
    actor = context.actor()
    return token_list(context.store().ask(tokens.list_of, actor), actor.at)


@wire(
    Output(Ids.NEW, "children"),
    Output(Ids.NAME, "value"),
    Input(Ids.MAKE, "n_clicks"),
    State(Ids.NAME, "value"),
    State(Ids.READ, "value"),
    State(Ids.WRITE, "value"),
    State(Ids.MANAGE, "value"),
    State(Ids.LIFE, "value"),
    running=[(Output(Ids.MAKE, "disabled"), True, False)],
    prevent_initial_call=True,
)
def make(_clicks: int, name: str | None, reads: bool, writes: bool, manages: bool, life: str) -> tuple[Any, ...]:
    wanted, actor, written = parse(name, reads, writes, manages, life), context.actor(), choose_token(secrets.choice)
    context.store().tell(tokens.make, actor, context.vault(), wanted.name, wanted.scopes, wanted.life, written)
    set_props(Ids.CHANGED, {"data": actor.at})
    return new_token(wanted.name, written, wanted.scopes, context.origin(), _channel_for(wanted, actor)), ""


@wire(Input(revoke_id(ALL), "n_clicks"), prevent_initial_call=True)
def revoke(_clicks: list[int]) -> None:
    pressed = ctx.triggered_id
    if pressed is None or not ctx.triggered[0]["value"]:  # it was just drawn; nobody pressed anything
        return
    actor = context.actor()
    context.store().tell(tokens.revoke, actor, int(pressed["of"]))
    set_props(Ids.CHANGED, {"data": actor.at})
    set_props(Ids.NEW, {"children": None})
    shell.say("The token is revoked.")


def parse(name: str | None, reads: bool, writes: bool, manages: bool, life: str | None) -> Wanted:
    """What the form says."""
    chosen = {Scope.READ: reads, Scope.WRITE: writes, Scope.MANAGE: manages}
    return Wanted(
        " ".join((name or "").split()), frozenset(scope for scope in Scope if chosen[scope]), Life.from_word(life)
    )


def _channel_for(wanted: Wanted, actor: Actor) -> int | None:
    """A channel with which the token can be tried: the newest that its owner may edit, or see."""
    act = Act.CONTRIBUTE if Scope.WRITE in wanted.scopes else Act.SEE
    return context.store().ask(channels.newest_id, actor.viewer, act) or None


def _making() -> html.Section:
    lives = [(life.word, life.label) for life in Life]
    return panel(
        "Make a token",
        html.Div(
            [
                text_field(
                    Ids.NAME,
                    "Name",
                    most_chars=MOST_NAME_CHARS,
                    placeholder="Notebook on my laptop",
                    hint="The program that will carry it.",
                ),
                html.Fieldset(
                    [
                        html.Legend("What it may do", className="lf-label-text"),
                        switch_field(Ids.READ, WORDS[Scope.READ], True, hint=MAY[Scope.READ]),
                        switch_field(Ids.WRITE, WORDS[Scope.WRITE], False, hint=MAY[Scope.WRITE]),
                        switch_field(Ids.MANAGE, WORDS[Scope.MANAGE], False, hint=MAY[Scope.MANAGE]),
                    ],
                    className="lf-token-scopes",
                ),
                choice_field(Ids.LIFE, "It ends after", lives, Life.DAY_30.word),
                html.Div(button(Ids.MAKE, "Make a token", "plus-lg", Tone.MAIN), className="lf-actions"),
            ],
            className="lf-form",
        ),
    )
