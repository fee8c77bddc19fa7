"""The landing page: the channels one may see, each as a live card. Which of them, its address says."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from dash import Input, Output, State, ctx, dcc, html, no_update, set_props
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

import context
from dashapp import cards, finding, following, looks, shell, wall_looks, wall_rate
from dashapp.components import wall_head
from dashapp.components.attributes import aria
from dashapp.components.card import Drawn, wall_card
from dashapp.components.connection import beating
from dashapp.components.notices import skeleton_cards
from dashapp.components.star import star_button
from dashapp.components.wall_states import nothing_shown
from dashapp.looks import WALL_WINDOW, Look
from dashapp.parts import Memo, cursor_key, memo_id
from dashapp.wall_looks import WallLook
from dashapp.wall_views import COLLEGE, VISITOR, WallCard, news
from dashapp.wiring import Wiring
from domain.roles import Viewer
from domain.wall_selection import WALL, WallSelection
from live.dash_socket import current_page
from models import standings, walls

PATH = WALL
TITLE = "Live wall · Labfeed"


class Ids(StrEnum):
    GRID = "wall-grid"
    SUMMARY = "wall-summary"
    FILTERS = "wall-filters"
    CHIPS = "wall-chips"
    RATE = wall_rate.ID
    PAGER = "wall-pager"
    NEWS = "wall-news"
    POLL = "wall-poll"
    SAFETY = "wall-safety"


NEWS_MS = 3000
"""How often a wall asks for new channels that is not told of them: an empty one, or one without a websocket."""

LOOK_MS = 10_000
"""The same for one that is narrowed: it is told of channels that come and go, not of what else makes one match."""

POLLS_A_RATE = 3

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
                    html.Div(id=Ids.FILTERS, className="lf-wall-filters"),
                    html.Div(id=Ids.RATE, className="lf-rate bi-activity", title="What the channels shown here bring"),
                    html.Div(id=Ids.CHIPS, className="lf-wall-chips", role="group", **aria(label="Narrowed by")),
                ],
                className="lf-head lf-wall-head",
            ),
            html.Div(skeleton_cards(), id=Ids.GRID, className="lf-grid"),
            html.Div(id=Ids.PAGER),
            dcc.Store(id=VIEW, data={}),
            dcc.Store(id=CURSOR, data={}),
            dcc.Store(id=STALE),
            dcc.Interval(id=Ids.POLL, interval=following.POLL_MS, disabled=True),
            dcc.Interval(id=Ids.SAFETY, interval=following.SAFETY_MS),
            dcc.Interval(id=Ids.NEWS, interval=NEWS_MS),
        ],
        className="lf-page lf-live-page lf-wall",
    )


def sample() -> list[Component]:
    """What `draw` draws on a card for those who are signed in."""
    return [star_button(7, "Otter kiln", is_starred=True)]


@wire(
    Output(Ids.GRID, "children"),
    Output(Ids.FILTERS, "children"),
    Output(Ids.CHIPS, "children"),
    Output(Ids.SUMMARY, "children"),
    Output(Ids.RATE, "children"),
    Output(Ids.PAGER, "children"),
    Output(VIEW, "data"),
    Output(CURSOR, "data"),
    Input(STALE, "data"),
    Input(shell.Ids.ADDRESS, "search"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(VIEW, "data"),
)
def draw(_stale: str | None, search: str | None, pathname: str | None, view: dict[str, Any]) -> tuple[Any, ...]:
    """Draw the wall; where the same cards stand there already, only what is around them."""
    if pathname not in (None, PATH):  # another page is on its way
        raise PreventUpdate
    selection, listed = WallSelection.parse(search), _listed()
    look = fetch(selection, view)
    set_props(shell.Ids.BEAT, {"className": beating(look.now)})
    if ctx.triggered_id == shell.Ids.ADDRESS:
        finding.say(look.courses, selection)
    if look.cards is None:
        return no_update, *_around(look), {**view, **listed, "seen": look.listing.word}, no_update
    drawing = _drawings(view) + 1
    memory = _view(look.cards, drawing) | listed | {"query": selection.query, "seen": look.listing.word}
    return _grid(look, look.cards, drawing), *_around(look), memory, _cursors(look.cards, drawing)


@wire(Input(VIEW, "data"), Input(Ids.SAFETY, "n_intervals"), State(CURSOR, "data"), websocket=True)
def follow(view: dict[str, Any], passed: int | None, cursors: dict[str, Any]) -> None:
    shown = views(view)
    if len(shown) < len(_shown(view)):
        set_props(STALE, {"data": f"gone {passed}"})
    following.follow(shown, cursors, TIMERS)
    is_told = bool(shown) and current_page() is not None
    is_whole = _selection(view).is_whole
    set_props(Ids.NEWS, {"disabled": is_told and is_whole, "interval": LOOK_MS if is_told else NEWS_MS})


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
    if polls % POLLS_A_RATE == 0:
        set_props(*wall_rate.update(context.store(), [each.channel_id for each in shown], context.now()))


@wire(Input(Ids.NEWS, "n_intervals"), State(VIEW, "data"), prevent_initial_call=True)
def look_for_news(_passed: int, view: dict[str, Any]) -> None:
    listed = context.store().ask(walls.word, context.viewer(), _selection(view), context.now())
    if view and listed != view.get("seen"):
        set_props(STALE, {"data": news(listed)})


def fetch(selection: WallSelection, view: dict[str, Any]) -> WallLook:
    """The wall as it is now. The order does not jump while somebody looks: cards shown with the same selection stay
    where they are, new ones come after them."""
    shown = _shown(view) if view and _selection(view) == selection else []
    return context.store().ask(wall_looks.wall, context.viewer(), selection, shown, context.now())


def _around(look: WallLook) -> tuple[Any, ...]:
    """Filters, what narrows, the summary, the rate, and the ways to other pages."""
    selection, listing = look.selection, look.listing
    return (
        wall_head.filters(selection, look.tags, is_signed_in=_is_signed_in()),
        wall_head.chips(selection, look.course),
        wall_head.summary(selection, listing.total, WALL_WINDOW.label),
        wall_head.rate_text(look.rate),
        wall_head.pager(selection, listing.page, listing.pages),
    )


def _grid(look: WallLook, shown: Sequence[Look], drawing: int) -> list[Component]:
    if not shown:
        return [nothing_shown(look.selection, look.course, is_signed_in=_is_signed_in())]
    stars = look.starred if _is_signed_in() else None
    return [_cell(_drawn(look, each, drawing), stars, look.now) for each in shown]


def _cell(drawn: Drawn, starred: frozenset[int] | None, now: int) -> Component:
    """A card and, for those who are signed in, its star: a button cannot stand inside a link."""
    card = wall_card(drawn, WALL_WINDOW, now)
    if starred is None:
        return card
    channel = drawn.overview.channel
    star = star_button(channel.id, channel.name, channel.id in starred)
    return html.Div([card, star], className="lf-wall-cell")


def _drawn(look: WallLook, card: Look, drawing: int) -> Drawn:
    return cards.drawn(card, view_name(card, drawing), look.trends.get(card.channel_id))


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
    """Which channels stand on the wall of everybody like this viewer; asked before they are drawn."""
    audience = _audience()
    return {"is_college": audience == COLLEGE, "listed": context.store().ask(standings.wall, audience)}


def _cursors(found: Sequence[Look], drawing: int) -> dict[str, int]:
    return {cursor_key(view_name(look, drawing), look.channel_id): look.snapshot.cursor for look in found}


def _drawings(view: dict[str, Any]) -> int:
    return int(view.get("drawing", -1))


def _selection(view: dict[str, Any]) -> WallSelection:
    """With which selection the cards on the page were drawn, as the browser says."""
    return WallSelection.parse(str(view.get("query", "")))


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
            beats=place == 0,
            source=following.source(),
            window_s=pace_s(len(ids)),
            seen=version,
            audience=audience,
            listed=listed,
            together=tuple(ids) if place == 0 else (),
        )
        for place, (channel_id, version) in enumerate(ids.items())
    ]


def _is_signed_in() -> bool:
    return context.visitor_or_person() is not None


def _audience() -> Viewer:
    return COLLEGE if _is_signed_in() else VISITOR


def pace_s(cards: int) -> float:
    """How often a card may change: each second on a full wall, twice as often on one with few cards."""
    return min(0.9, max(0.5, cards / 60))
