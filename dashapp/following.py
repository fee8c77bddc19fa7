"""How a page follows: registered with the hub over the websocket, or polling where the browser has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import Patch, set_props

import context
from dashapp import shell
from dashapp.components.connection import PAUSED, QUIET
from dashapp.live_views import LiveView, Source, Update, beat
from dashapp.parts import Memo, cursor_key, memo_id
from domain.errors import NotFound
from live.dash_socket import current_page, set_props_piece
from live.open_pages import VISITOR, Grounds
from live.page import Wanted
from models import readings

POLL_MS = 1000
SAFETY_MS = 45_000
"""The browser gives up after ten failed retries; any later callback over the socket wakes it."""

POLLS_A_REDRAWING = 60


def grounds() -> Grounds:
    """Whose request this is."""
    person = context.visitor_or_person()
    return VISITOR if person is None else Grounds(person.id, person.version, context.session_id())


def source() -> Source:
    return Source(context.store(), context.now)


def take_up(views: Sequence[LiveView], cursors: Mapping[str, Any], follows: bool, poll_id: str) -> None:
    """Follow, or stand still where somebody has asked for that."""
    if follows:
        follow(views, cursors, poll_id)
    else:
        stand_still(poll_id)


def follow(views: Sequence[LiveView], cursors: Mapping[str, Any], poll_id: str) -> None:
    """Let the page be shown what comes after its cursors, from now on; it stops being shown anything else."""
    page = current_page()
    set_props(poll_id, {"disabled": page is not None or not views})
    if not views:
        set_props(shell.Ids.BEAT, {"className": QUIET})
    if page is None:
        return
    placed = _placed(views, cursors)
    wanted = [Wanted(view.channel_id, cursor, view, view.seen) for view, cursor in placed]
    page.watch_only(context.hub(), wanted, grounds())
    if views:
        page.send([set_props_piece(*beat(context.now()))])


def stand_still(poll_id: str) -> None:
    """Show the page nothing more until it follows again."""
    follow([], {}, poll_id)
    set_props(shell.Ids.BEAT, {"className": PAUSED})


def catch_up(views: Sequence[LiveView], cursors: Mapping[str, Any], polls: int) -> None:
    """Answer a poll with what came after the page's cursors, in the same changes the websocket would have brought."""
    cursor = Patch()
    for view, after in _placed(views, cursors):
        change = _change(view, after, is_redrawing=polls % POLLS_A_REDRAWING == 0)
        if change is not None:
            updates, cursor[cursor_key(view.view, view.channel_id)] = change
            _set(updates)
    if views:
        _set([(memo_id(Memo.CURSOR, views[0].page), {"data": cursor}), beat(context.now())])


def _placed(views: Sequence[LiveView], cursors: Mapping[str, Any]) -> list[tuple[LiveView, int]]:
    """The views with their cursors; one that was never drawn has none and is left out."""
    placed = ((view, cursors.get(cursor_key(view.view, view.channel_id))) for view in views)
    return [(view, cursor) for view, cursor in placed if isinstance(cursor, int)]


def _change(view: LiveView, after: int, is_redrawing: bool) -> tuple[list[Update], int] | None:
    try:
        if is_redrawing:
            drawn = view.redrawn()
            return drawn.updates, drawn.cursor
        runs = context.store().ask(readings.fresh_since, view.channel_id, after)
    except NotFound:
        return None
    if not runs:
        return None
    change = view.change(runs)
    return [*change.updates, *view.rest()], change.cursor


def _set(updates: Sequence[Update]) -> None:
    for component_id, props in updates:
        set_props(component_id, props)
