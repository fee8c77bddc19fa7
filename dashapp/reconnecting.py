"""After every reconnect the browser asks anew: whatever page is open goes on from where it stands."""

from __future__ import annotations

from typing import Any

from dash import ALL, State

from dashapp import following, shell, standing
from dashapp.pages import channel, embed, kiosk, wall
from dashapp.parts import Memo, memo_id
from dashapp.wiring import Wiring

wire = Wiring(open_to_visitors=True)

PAGES = {page.VIEW["page"]: page for page in (wall, kiosk, embed, channel)}


@wire(
    State(memo_id(Memo.VIEW, ALL), "data"),
    State(memo_id(Memo.CURSOR, ALL), "data"),
    State(shell.Ids.WHO, "data"),
    websocket=True,
    persistent=True,
)
def go_on(views: list[dict[str, Any]], cursors: list[dict[str, Any]], who: int | None = None) -> None:
    """Also runs when a tab is opened; its page is not drawn by then and registers itself."""
    standing.enter(who)
    drawn = next((view for view in views if view), None)
    if drawn is None:
        return
    page = PAGES[drawn["page"]]
    following.follow(page.views(drawn), cursors[0], page.TIMERS)
