"""Joining a channel by a link: who invites to what, and a button."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

from dash import Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

import context
from dashapp import shell
from dashapp.components.days import day_text
from dashapp.components.forms import Tone, button, link_button
from dashapp.components.member_list import WITH_ARTICLE
from dashapp.components.notices import empty_state
from dashapp.wiring import Wiring
from domain.errors import NotFound
from domain.roles import Role
from models import invitations
from models.invitations import Offer

PATH = "/join/<secret>"
TITLE = "Join · Labfeed"
ADDRESS = re.compile(r"/join/([A-Za-z0-9_-]{16,64})/?")

MAY = {
    Role.OWNER: "You will be able to do everything with it: keys, members, settings, and deleting it.",
    Role.EDITOR: "You will see its keys, send readings, describe its feeds and invite others.",
    Role.VIEWER: "You will see its readings as they come, and can download them.",
}


class Ids(StrEnum):
    CARD = "join-card"
    JOIN = "join-now"
    WAY = "join-way"


wire = Wiring()


def layout(**_address: str) -> html.Div:
    return html.Div(
        [html.Div(id=Ids.CARD), dcc.Location(id=Ids.WAY, refresh="callback-nav")], className="lf-page lf-join"
    )


def sample() -> Component:
    """What is drawn later: an offer that brings something."""
    return offered(Offer(7, "Otter kiln", Role.EDITOR, "Ada Finch", None, None))


@wire(
    Output(Ids.CARD, "children"),
    Input(shell.Ids.ADDRESS, "pathname"),
)
def draw(pathname: str) -> Component:
    try:
        offer = fetch(pathname)
    except NotFound as absent:
        return useless(absent)
    return offered(offer) if offer.brings_something else member_already(offer)


@wire(
    Output(Ids.WAY, "href"),
    Input(Ids.JOIN, "n_clicks"),
    State(shell.Ids.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def join(clicks: int | None, pathname: str) -> Any:
    if not clicks:  # it was just drawn; nobody pressed it
        return no_update
    channel_id = context.store().tell(invitations.accept, context.actor(), digest_in(pathname))
    shell.say("You are a member of this channel now.")
    return f"/channels/{channel_id}"


def fetch(pathname: str) -> Offer:
    """What the link in the address offers. Raises NotFound."""
    return context.store().ask(invitations.look_up, context.viewer(), digest_in(pathname), context.now())


def digest_in(pathname: str) -> bytes:
    """What the link in the address is found by; an address that holds none is found nowhere."""
    found = ADDRESS.fullmatch(pathname)
    return context.vault().digest(found[1]) if found else b""


def offered(offer: Offer) -> Component:
    """Who invites to what, and the button."""
    by = offer.made_by_name or "Somebody"
    now = f" You are {WITH_ARTICLE[offer.own_role]} of it already." if offer.own_role else ""
    end = [html.P(f"The link ends {day_text(offer.ends_at)}.", className="lf-hint")] if offer.ends_at else []
    return empty_state(
        "person-plus",
        f"{by} invites you to {offer.channel_name} as {offer.role}",
        f"{MAY[offer.role]}{now}",
        button(Ids.JOIN, "Join", "box-arrow-in-right", Tone.MAIN),
        *end,
    )


def member_already(offer: Offer) -> Component:
    """There is nothing to join, and the way to the channel."""
    return empty_state(
        "people",
        f"You take part in {offer.channel_name} already",
        f"You are {WITH_ARTICLE[offer.own_role or offer.role]} of it.",
        link_button("To the channel", f"/channels/{offer.channel_id}", "activity", Tone.MAIN),
    )


def useless(absent: NotFound) -> Component:
    """One sentence, and what to do."""
    return empty_state(
        "link-45deg", absent.detail, absent.hint or "", link_button("To the wall", "/", "grid", Tone.MAIN)
    )
