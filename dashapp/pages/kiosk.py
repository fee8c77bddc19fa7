"""The wall on a screen: a few large cards at a time, turned every so many seconds, and no way to anywhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs

from dash import Input, Output, State, ctx, dcc, html, no_update, set_props
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

import context
from dashapp import cards, following, kiosk_views, looks, shell
from dashapp.components import kiosk_parts
from dashapp.components.card import wall_card
from dashapp.components.connection import beating
from dashapp.components.notices import skeleton_cards
from dashapp.kiosk_views import CARDS, PAGE
from dashapp.looks import WALL_WINDOW, Look
from dashapp.parts import Memo, memo_id
from dashapp.wiring import Wiring
from domain.errors import NotFound
from domain.kiosks import USUAL_TURN_S, Screen
from domain.roles import Viewer
from domain.trends import Trend
from models import courses, kiosks, standings, walls

PATH = "/kiosk"
TITLE = "Wall on a screen · Labfeed"
IS_BARE = True


class Ids(StrEnum):
    HEAD = "kiosk-head"
    GRID = "kiosk-grid"
    PLACE = "kiosk-place"
    TURN = "kiosk-turn"
    BACK = "kiosk-back"
    ON = "kiosk-on"
    PAUSE = "kiosk-pause"
    POLL = "kiosk-poll"
    SAFETY = "kiosk-safety"


VIEW, CURSOR, STALE = (memo_id(memo, PAGE) for memo in (Memo.VIEW, Memo.CURSOR, Memo.STALE))
TIMERS = following.Timers(Ids.POLL, Ids.SAFETY)

wire = Wiring(open_to_visitors=True)


def layout(**_address: str) -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    html.Div(kiosk_parts.title("Live wall"), id=Ids.HEAD, className="lf-kiosk-words"),
                    kiosk_parts.turning(Ids.BACK, Ids.PAUSE, Ids.ON),
                ],
                className="lf-kiosk-head",
            ),
            html.Div(skeleton_cards(CARDS), id=Ids.GRID, className="lf-kiosk-grid"),
            *following.parts(PAGE, TIMERS),
            dcc.Store(id=Ids.PLACE, data=0),
            dcc.Interval(id=Ids.TURN, interval=USUAL_TURN_S * 1000, disabled=True),
        ],
        className="lf-page lf-live-page lf-kiosk",
    )


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a screen: its cards (None where they stand there already) with where their numbers are heading, by
    channel id, and which page it is of how many."""

    title: str
    total: int
    place: int
    pages: int
    cards: list[Look] | None
    trends: dict[int, Trend]
    now: int
    listed: str = ""


@wire(
    Output(Ids.PLACE, "data"),
    Input(Ids.TURN, "n_intervals"),
    Input(Ids.BACK, "n_clicks"),
    Input(Ids.ON, "n_clicks"),
    State(Ids.PLACE, "data"),
    prevent_initial_call=True,
)
def turn(_passed: int, _back: int, _on: int, place: int) -> int:
    return place - 1 if ctx.triggered_id == Ids.BACK else place + 1


@wire(
    Output(Ids.TURN, "disabled"),
    Output(Ids.TURN, "interval"),
    Output(Ids.PAUSE, "children"),
    Output(Ids.PAUSE, "disabled"),
    Input(Ids.PAUSE, "n_clicks"),
    Input(shell.Ids.ADDRESS, "search"),
)
def pause(clicks: int, search: str | None) -> tuple[Any, ...]:
    turn_s, rests = Screen.parse(search).turn_s, (clicks or 0) % 2 == 1
    interval = (turn_s or USUAL_TURN_S) * 1000
    return rests or not turn_s, interval, kiosk_parts.pause_words(rests=rests), not turn_s


@wire(
    Output(Ids.HEAD, "children"),
    Output(Ids.GRID, "children"),
    Output(VIEW, "data"),
    Output(CURSOR, "data"),
    Input(STALE, "data"),
    Input(Ids.PLACE, "data"),
    Input(shell.Ids.ADDRESS, "search"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(VIEW, "data"),
)
def draw(_stale: str | None, place: int, search: str | None, pathname: str, view: dict[str, Any]) -> tuple[Any, ...]:
    """Draw the page; where the same cards stand there already, only what is above them."""
    if pathname not in (None, PATH):  # another page is on its way
        raise PreventUpdate
    if context.kiosk_is_over() or "ended" in parse_qs((search or "").removeprefix("?")):
        return kiosk_parts.title("Live wall"), [kiosk_parts.ended()], {}, {}
    page = fetch(Screen.parse(search), place, kiosk_views.shown_in(view))
    set_props(shell.Ids.BEAT, {"className": beating(page.now)})
    head = kiosk_parts.head(page.title, page.total, page.place, page.pages)
    if page.cards is None:
        return head, no_update, view | {"listed": page.listed}, no_update
    drawing = kiosk_views.drawing_of(view) + 1
    return (
        head,
        build(page.cards, page.trends, drawing),
        kiosk_views.view_of(page.cards, drawing, page.listed),
        kiosk_views.cursors_of(page.cards, drawing),
    )


@wire(Input(VIEW, "data"), Input(Ids.SAFETY, "n_intervals"), State(CURSOR, "data"), websocket=True)
def follow(view: dict[str, Any], passed: int | None, cursors: dict[str, Any]) -> None:
    shown = views(view)
    if len(shown) < len(kiosk_views.shown_in(view)):
        set_props(STALE, {"data": f"gone {passed}"})
    following.follow(shown, cursors, TIMERS)


@wire(
    Input(Ids.POLL, "n_intervals"),
    State(VIEW, "data"),
    State(CURSOR, "data"),
    running=following.one_at_a_time(TIMERS),
    prevent_initial_call=True,
)
def poll(polls: int, view: dict[str, Any], cursors: dict[str, Any]) -> None:
    shown = views(view)
    if len(shown) < len(kiosk_views.shown_in(view)):
        set_props(STALE, {"data": f"poll {polls}"})
    following.catch_up(shown, cursors, polls)


views = kiosk_views.views


def fetch(screen: Screen, place: int, shown: Sequence[tuple[int, int]]) -> Page:
    """The page at that place, counted on and on; `shown` are (channel id, version) of the cards that stand there."""
    listed = context.store().ask(standings.wall, kiosk_views.audience())  # before the cards: what comes later is news
    page = context.store().ask(_look, context.viewer(), screen, place, shown, context.now())
    return replace(page, listed=listed)


def _look(
    connection: Any, viewer: Viewer, screen: Screen, place: int, shown: Sequence[tuple[int, int]], now: int
) -> Page:
    total = walls.listing(connection, viewer, screen.wall, now=now).total
    pages = max(1, -(-total // CARDS))
    place %= pages
    ids = _ids(connection, viewer, screen, place * CARDS, now)
    versions = standings.seen(connection, viewer, ids)
    is_same = bool(shown) and [(each, versions.get(each)) for each in ids] == list(shown)
    drawn = None if is_same else looks.wall(connection, viewer, now, ids)
    trends = cards.trends(connection, drawn or ())
    return Page(_title(connection, viewer, screen), total, place, pages, drawn, trends, now)


def _ids(connection: Any, viewer: Viewer, screen: Screen, start: int, now: int) -> list[int]:
    """The channels from that place on; the wall's own pages are longer than a screen's."""
    page, first = divmod(start, walls.A_PAGE)
    listing = walls.listing(connection, viewer, screen.wall.but(page=page + 1), now=now)
    return list(listing.channel_ids[first : first + CARDS])


def _title(connection: Any, viewer: Viewer, screen: Screen) -> str:
    if viewer.kiosk_id is not None:
        return kiosks.title(connection, viewer.kiosk_id) or "Live wall"
    try:
        return courses.find(connection, viewer, screen.wall.course_id or 0).course.naming.words
    except NotFound:
        return "Live wall"


def build(shown: Sequence[Look], trends: Mapping[int, Trend], drawing: int) -> list[Component]:
    """The cards, which on a screen lead nowhere."""
    if not shown:
        return [kiosk_parts.nothing()]
    drawn = [
        wall_card(
            kiosk_views.drawn(look, trends.get(look.channel_id), drawing, place, len(shown)), WALL_WINDOW, look.now
        )
        for place, look in enumerate(shown)
    ]
    return [html.Article(card.children, className="lf-card") for card in drawn]
