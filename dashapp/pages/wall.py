"""The landing page: every channel one may see, each as a live card."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from dash import Input, Output, State, dcc, html, set_props
from dash.development.base_component import Component

import context
from dashapp import following, looks, shell
from dashapp.components.card import Drawn, wall_card
from dashapp.components.connection import beating
from dashapp.components.notices import empty_state, skeleton_cards
from dashapp.figures import columns, sparkline
from dashapp.live_views import COLLEGE, VISITOR, WallCard, news
from dashapp.looks import WALL_WINDOW, Look
from dashapp.parts import Memo, cursor_key, memo_id
from dashapp.wiring import Wiring
from domain.roles import Viewer
from live.dash_socket import current_page
from models import standings

PATH = "/"
TITLE = "Live wall · Labfeed"


class Ids(StrEnum):
    GRID = "wall-grid"
    SUMMARY = "wall-summary"
    NEWS = "wall-news"
    POLL = "wall-poll"
    SAFETY = "wall-safety"


NEWS_MS = 3000
"""How often a wall asks for new channels that is not told of them: an empty one, or one without a websocket."""

FIRST_CHANNEL = "flask --app wsgi:server channel create Greenhouse"

VIEW, CURSOR, STALE = (memo_id(memo, WallCard.page) for memo in (Memo.VIEW, Memo.CURSOR, Memo.STALE))
TIMERS = following.Timers(Ids.POLL, Ids.SAFETY)

wire = Wiring(open_to_visitors=True)


def layout(**_address: str) -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    html.Div(
                        [html.H1("Live wall"), html.P(WALL_WINDOW.label, id=Ids.SUMMARY, className="lf-sub")],
                        className="lf-head-words",
                    ),
                ],
                className="lf-head",
            ),
            html.Div(skeleton_cards(), id=Ids.GRID, className="lf-grid"),
            dcc.Store(id=VIEW, data={}),
            dcc.Store(id=CURSOR, data={}),
            dcc.Store(id=STALE),
            dcc.Interval(id=Ids.POLL, interval=following.POLL_MS, disabled=True),
            dcc.Interval(id=Ids.SAFETY, interval=following.SAFETY_MS),
            dcc.Interval(id=Ids.NEWS, interval=NEWS_MS),
        ],
        className="lf-page lf-live-page lf-wall",
    )


@wire(
    Output(Ids.GRID, "children"),
    Output(Ids.SUMMARY, "children"),
    Output(VIEW, "data"),
    Output(CURSOR, "data"),
    Input(STALE, "data"),
    State(VIEW, "data"),
)
def draw(_stale: str | None, view: dict[str, Any]) -> tuple[Any, ...]:
    drawing, listed = _drawings(view) + 1, _listed()
    found = _in_place(context.store().ask(looks.wall, context.viewer(), context.now()), view)
    set_props(shell.Ids.BEAT, {"className": beating(context.now())})
    return _grid(found, drawing), _summary(found), _view(found, drawing) | listed, _cursors(found, drawing)


@wire(Input(VIEW, "data"), Input(Ids.SAFETY, "n_intervals"), State(CURSOR, "data"), websocket=True)
def follow(view: dict[str, Any], passed: int | None, cursors: dict[str, Any]) -> None:
    shown = views(view)
    if len(shown) < len(_shown(view)):
        set_props(STALE, {"data": f"gone {passed}"})
    following.follow(shown, cursors, TIMERS)
    set_props(Ids.NEWS, {"disabled": bool(shown) and current_page() is not None})


@wire(
    Input(Ids.POLL, "n_intervals"),
    State(VIEW, "data"),
    State(CURSOR, "data"),
    # One at a time: two polls from the same cursor would both bring the same readings.
    running=[(Output(Ids.POLL, "disabled"), True, False)],
    prevent_initial_call=True,
)
def poll(polls: int, view: dict[str, Any], cursors: dict[str, Any]) -> None:
    shown = views(view)
    if len(shown) < len(_shown(view)):
        set_props(STALE, {"data": f"poll {polls}"})
    following.catch_up(shown, cursors, polls)


@wire(Input(Ids.NEWS, "n_intervals"), State(VIEW, "data"), prevent_initial_call=True)
def look_for_news(_passed: int, view: dict[str, Any]) -> None:
    listed = context.store().ask(standings.wall, context.viewer())
    if view and listed != view.get("seen"):
        set_props(STALE, {"data": news(listed)})


def _in_place(found: Sequence[Look], view: dict[str, Any]) -> list[Look]:
    """The order does not jump while somebody looks: what is shown stays where it is, new channels come after it."""
    places = {channel_id: place for place, (channel_id, _) in enumerate(_shown(view))}
    return sorted(found, key=lambda look: places.get(look.channel_id, len(places)))


def _grid(found: Sequence[Look], drawing: int) -> list[Component]:
    if not found:
        return [_empty()]
    return [wall_card(_drawn(look, drawing), WALL_WINDOW, look.now) for look in found]


def _drawn(look: Look, drawing: int) -> Drawn:
    interval_s = look.overview.pulse.interval_s
    holds = {one.feed.id: columns.hold_us(one, interval_s) for one in look.series}
    return Drawn(look.overview, sparkline.figure(look.series, holds, look.span), view_name(look, drawing))


def _empty() -> html.Section:
    return empty_state(
        "grid",
        "No channel yet",
        "When a board's channel is made, it appears here as a live card. Make the first one on the server:",
        html.Div(html.Pre(html.Code(FIRST_CHANNEL)), className="lf-code"),
    )


def _summary(found: Sequence[Look]) -> str:
    count = len(found)
    return f"{count} channel{'' if count == 1 else 's'} · {WALL_WINDOW.label.lower()}" if count else ""


def view_name(look: Look, drawing: int) -> str:
    """The view of a card: its `drawing`th on this page, with the channel as it then was."""
    return _name(look.overview.channel.version, drawing)


def _name(version: int, drawing: int) -> str:
    return f"wall-{drawing}-{version}"


def _view(found: Sequence[Look], drawing: int) -> dict[str, Any]:
    return {
        "page": WallCard.page,
        "drawing": drawing,
        "channels": [[look.channel_id, look.overview.channel.version] for look in found],
    }


def _listed() -> dict[str, Any]:
    """Which channels stand on this viewer's wall, and on that of everybody like them; asked before they are drawn."""
    store, audience = context.store(), _audience()
    listed, seen = store.ask(standings.wall, audience), store.ask(standings.wall, context.viewer())
    return {"is_college": audience == COLLEGE, "listed": listed, "seen": seen}


def _cursors(found: Sequence[Look], drawing: int) -> dict[str, int]:
    return {cursor_key(view_name(look, drawing), look.channel_id): look.snapshot.cursor for look in found}


def _drawings(view: dict[str, Any]) -> int:
    return int(view.get("drawing", -1))


def _shown(view: dict[str, Any]) -> list[tuple[int, int]]:
    """(channel id, version) of the cards on the page, as the browser says."""
    return [(int(channel_id), int(version)) for channel_id, version in view.get("channels", [])[: looks.MOST_CARDS]]


def views(view: dict[str, Any]) -> list[WallCard]:
    """The page's cards as the live path knows them: those that this viewer may see."""
    versions = dict(_shown(view))
    if not versions:
        return []
    seen = context.store().ask(looks.visible, context.viewer(), list(versions), context.now())
    ids = {overview.channel.id: overview.channel.version for overview in seen}
    names = {channel_id: _name(versions[channel_id], _drawings(view)) for channel_id in ids}
    audience = _audience()
    listed = str(view.get("listed", "")) if view.get("is_college") == (audience == COLLEGE) else ""
    return [
        WallCard(
            channel_id,
            names[channel_id],
            versions[channel_id],
            WALL_WINDOW,
            beats=place == 0,
            source=following.source(),
            window_s=pace_s(len(ids)),
            seen=version,
            audience=audience,
            listed=listed,
        )
        for place, (channel_id, version) in enumerate(ids.items())
    ]


def _audience() -> Viewer:
    return VISITOR if context.visitor_or_person() is None else COLLEGE


def pace_s(cards: int) -> float:
    """How often a card may change. On a full wall each change costs a browser more (Dash asks every component whether
    it is meant), and there are more of them: so many that it stays fluid."""
    return max(0.5, cards * cards / 600)
