"""How a page follows: registered with the hub over the websocket, or polling where the browser has none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import Output, Patch, dcc, set_props
from dash.development.base_component import Component

import context
from dashapp import looks, shell
from dashapp.components.connection import QUIET
from dashapp.live_views import LiveView, Source, Update, beat
from dashapp.parts import Memo, cursor_key, memo_id
from domain.channels import Overview
from domain.errors import NotFound
from live.dash_socket import current_page, set_props_piece
from live.open_pages import VISITOR, Grounds
from live.page import Wanted
from models import readings

POLL_MS = 1000
SAFETY_MS = 20_000
"""Whatever went wrong, the page is registered anew by then. The browser gives up after ten failed retries, too; any
later callback over the socket wakes it."""

RESCUE_MS = 8_000
"""The same for a page that polls: a poll that met no server does not come again by itself."""

POLLS_A_REDRAWING = 60


@dataclass(frozen=True, slots=True)
class Timers:
    """The intervals of a page: the one that polls, and the safety net under both roads."""

    poll_id: str
    safety_id: str


def parts(page: str, timers: Timers) -> list[Component]:
    """What a page that follows holds in the browser: its memos, and its timers."""
    return [
        dcc.Store(id=memo_id(Memo.VIEW, page), data={}),
        dcc.Store(id=memo_id(Memo.CURSOR, page), data={}),
        dcc.Store(id=memo_id(Memo.STALE, page)),
        dcc.Interval(id=timers.poll_id, interval=POLL_MS, disabled=True),
        dcc.Interval(id=timers.safety_id, interval=SAFETY_MS),
    ]


def one_at_a_time(timers: Timers) -> list[tuple[Output, bool, bool]]:
    """For a poll's `running`: two polls from the same cursor would both bring the same readings."""
    return [(Output(timers.poll_id, "disabled"), True, False)]


def grounds() -> Grounds:
    """Whose request this is."""
    person = context.visitor_or_person()
    if person is not None:
        return Grounds(person.id, person.version, context.session_id())
    kiosk = context.kiosk()
    return VISITOR if kiosk is None else Grounds(kiosk_id=kiosk.id)


def source() -> Source:
    return Source(context.store(), context.now)


def visible(channel_ids: Iterable[int]) -> dict[int, Overview]:
    """Those of the channels that this viewer may see now."""
    seen = context.store().ask(looks.visible, context.viewer(), list(channel_ids), context.now())
    return {overview.channel.id: overview for overview in seen}


def follow(views: Sequence[LiveView], cursors: Mapping[str, Any], timers: Timers) -> None:
    """Let the page be shown what comes after its cursors, from now on; it stops being shown anything else."""
    page = current_page()
    set_props(timers.poll_id, {"disabled": page is not None or not views})
    if not views:
        set_props(shell.Ids.BEAT, {"className": QUIET})
    if page is None:
        set_props(timers.safety_id, {"interval": RESCUE_MS})
        return
    placed = _placed(views, cursors)
    wanted = [Wanted(view.channel_id, cursor, view, view.seen) for view, cursor in placed]
    page.watch_only(context.hub(), wanted, grounds())
    if views:
        page.send([set_props_piece(*_beat(views))])


def catch_up(views: Sequence[LiveView], cursors: Mapping[str, Any], polls: int) -> None:
    """Answer a poll with what came after the page's cursors, in the same changes the websocket would have brought."""
    cursor = Patch()
    for view, after in _placed(views, cursors):
        change = _change(view, after, is_redrawing=polls % POLLS_A_REDRAWING == 0)
        if change is not None:
            updates, cursor[cursor_key(view.view, view.channel_id)] = change
            _set(updates)
    if views:
        _set([(memo_id(Memo.CURSOR, views[0].page), {"data": cursor}), _beat(views)])


def _beat(views: Sequence[LiveView]) -> Update:
    """A sign of life for a page that shows these."""
    return beat(context.now(), is_still=all(view.is_still for view in views))


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


def show(updates: Sequence[Update]) -> None:
    """Set all of it on the page whose callback this is: over its socket in one frame, to be drawn together."""
    page = current_page()
    if page is not None:
        page.say([set_props_piece(*update) for update in updates])
    else:
        _set(updates)


def _set(updates: Sequence[Update]) -> None:
    for component_id, props in updates:
        set_props(component_id, props)
