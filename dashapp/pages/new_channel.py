"""A new channel: its name, who sees it, its feeds. From here it goes on to the code for the board."""

from __future__ import annotations

import secrets
from typing import Any

from dash import Input, Output, State, ctx, dcc, html, no_update, set_props
from dash.dependencies import ALL

import context
from dashapp import feed_drafts
from dashapp.components import new_channel_form
from dashapp.components.faults import said
from dashapp.components.forms import link_button, page_head
from dashapp.components.new_channel_form import BY_HAND, MOVE_IN, Ids, Written, about, general, rows
from dashapp.feed_drafts import BRIEF, Draft, Press
from dashapp.wiring import Wiring
from domain.channels import Channel, Visibility
from domain.errors import Invalid, TooMany
from domain.keys import new_key
from models import ownership
from models.ownership import NewChannel

PATH = "/mine/new"
TITLE = "New channel · Labfeed"


wire = Wiring()


def layout(**_address: str) -> html.Div:
    return html.Div(
        [
            page_head(
                "New channel",
                "A channel takes the readings of one board or project.",
                link_button("Move in from ThingSpeak", MOVE_IN, "box-arrow-in-down"),
            ),
            new_channel_form.form(),
            dcc.Location(id=Ids.GO, refresh="callback-nav"),
        ],
        className="lf-page lf-new-channel",
    )


@wire(
    Output(Ids.ROWS, "children"),
    Input(Ids.ADD, "n_clicks"),
    Input(BRIEF.id_of(Press.REMOVE, ALL), "n_clicks"),
    *BRIEF.states(),
    prevent_initial_call=True,
)
def change_rows(_adds: int, removals: list[int | None], *columns: list[Any]) -> Any:
    drafts = BRIEF.drafts(columns)
    if ctx.triggered_id == Ids.ADD:
        return rows(feed_drafts.with_one_more(drafts))
    if not any(removals):
        return no_update
    left = feed_drafts.after_press(drafts, Press.REMOVE, int(ctx.triggered_id["of"]))
    return rows(left or feed_drafts.with_one_more([]))


@wire(
    Output(Ids.GO, "pathname"),
    Input(Ids.CREATE, "n_clicks"),
    Input(Ids.NAME, "n_submit"),
    State(Ids.NAME, "value"),
    State(Ids.DESCRIPTION, "value"),
    State(Ids.WHO_SEES, "value"),
    State(Ids.FEEDS, "value"),
    *BRIEF.states(),
    prevent_initial_call=True,
)
def create(clicks: int | None, submits: int | None, *written: Any) -> Any:
    if not clicks and not submits:
        return no_update
    name, description, who_sees, feeds, *columns = written
    drafts = BRIEF.drafts(columns)
    try:
        made = make(parse(name, description, who_sees, feeds, drafts))
    except (Invalid, TooMany) as refused:
        faults = said(refused)
        set_props(Ids.ABOUT, {"children": about(Written(name or "", description or ""), faults)})
        set_props(Ids.ROWS, {"children": rows(_written(drafts) or drafts, faults)})
        set_props(Ids.FAULT, {"children": general(faults)})
        return no_update
    return f"/channels/{made.slug}/code"


def parse(name: str | None, description: str | None, who_sees: str, feeds: str, drafts: list[Draft]) -> NewChannel:
    """The channel that is wanted. Rows in which nothing was written count for nothing. Raises Invalid."""
    is_by_hand = feeds == BY_HAND
    wanted = [draft.wanted() for draft in _written(drafts)] if is_by_hand else []
    if is_by_hand and not wanted:
        raise Invalid("Name one feed at least, or let your board create them.")
    return NewChannel(
        name=name or "",
        description=description or "",
        visibility=Visibility(who_sees),
        feeds=wanted,
        accepts_new_feeds=not is_by_hand,
    )


def make(wanted: NewChannel) -> Channel:
    """The channel, made. Raises Invalid, TooMany, SignInNeeded."""
    written_key = new_key(secrets.choice)
    return context.store().tell(ownership.own_new, context.actor(), context.vault(), written_key, wanted)


def _written(drafts: list[Draft]) -> list[Draft]:
    return [draft for draft in drafts if not draft.is_blank]
