"""Ways between the pages of one channel: each only for those who may use it."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashapp.components.forms import link_button, tabs
from domain.roles import Act

IN_CHARGE = frozenset({Act.CONTRIBUTE, Act.CONTROL})
CHANGING = IN_CHARGE | {Act.TEACH}

TABS: tuple[tuple[str, str, str, frozenset[Act]], ...] = (
    ("Live", "", "activity", frozenset({Act.SEE})),
    ("Code", "/code", "code-slash", IN_CHARGE),
    ("Keys", "/keys", "key", IN_CHARGE),
    ("Commands", "/commands", "chat-left-text", IN_CHARGE),
    ("Import", "/import", "box-arrow-in-down", frozenset({Act.CONTRIBUTE})),
    ("Members", "/members", "people", frozenset({Act.SEE_PEOPLE})),
    ("Settings", "/settings", "gear", CHANGING),
)
"""Words, the rest of the address, the picture, and what one must be allowed to do, at least one of these."""


def channel_tabs(channel_id: int, acts: frozenset[Act]) -> html.Nav:
    """The tabs of a channel for somebody who may do this with it."""
    home = f"/channels/{channel_id}"
    return tabs("Channel", [(words, home + rest, picture) for words, rest, picture, needed in TABS if needed & acts])


def live_tabs(channel_id: int, acts: frozenset[Act]) -> html.Div:
    """The tabs as the live page has them: with the way to share it, for whoever may add members."""
    ways: list[Component] = [channel_tabs(channel_id, acts)]
    if acts & IN_CHARGE:
        ways.append(link_button("Invite", f"/channels/{channel_id}/members", "person-plus"))
    return html.Div(ways, className="lf-tabs-line")


def has_tabs(acts: frozenset[Act]) -> bool:
    """Whether there is more than the live page for them."""
    return bool(acts - {Act.SEE})
