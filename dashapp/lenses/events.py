"""What feeds of words said in view, event by event and page by page: of any number of different words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dash import Input, Output, State, ctx, dcc, html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

import context
from dashapp import shown
from dashapp.components import lens_parts
from dashapp.components.attributes import aria
from dashapp.components.choosing import Choice, choices
from dashapp.components.event_list import event_table
from dashapp.components.forms import button
from dashapp.components.readings_grid import Clock
from dashapp.shown import Shown
from dashapp.wiring import Wiring
from domain.channels import Channel
from domain.readings import Feed, Kind
from domain.roles import Viewer
from models import channels, events
from models.events import Page

NAME = "events"
LABEL = "Events"
PICTURE = "list-ul"

AT_ONCE = 50
"""Events of one page."""


class Ids(StrEnum):
    BODY = "events-body"
    WAYS = "events-ways"
    NEWEST = "events-newest"
    NEWER = "events-newer"
    WHERE = "events-where"
    OLDER = "events-older"
    PLACE = "events-place"
    SEEN = "events-seen"


wire = Wiring(open_to_visitors=True)


@dataclass(frozen=True, slots=True)
class Found:
    """The feeds to choose from, and a page of the one that is chosen; None where there is no feed of words."""

    feeds: tuple[Feed, ...]
    page: Page | None = None


def applies(channel: Channel) -> bool:
    """It takes a feed of words."""
    return bool(_worded(channel))


def layout() -> html.Div:
    """The skeleton. PLACE is which page, as where each page before it ended; SEEN is where the open one ends."""
    return html.Div(
        [
            html.Div(id=Ids.BODY, className="lf-lens-body"),
            _ways(),
            dcc.Store(id=Ids.PLACE, data={}),
            dcc.Store(id=Ids.SEEN, data={}),
        ]
    )


def _ways() -> html.Div:
    parts = [
        button(Ids.NEWEST, "Newest", "chevron-bar-left", is_small=True),
        button(Ids.NEWER, "Newer", "chevron-left", is_small=True),
        html.Span(id=Ids.WHERE, className="lf-readings-where", **aria(live="polite")),
        button(Ids.OLDER, "Older", "chevron-right", is_small=True),
    ]
    return html.Div(parts, id=Ids.WAYS, className="lf-readings-ways", hidden=True, role="group", **aria(label="Pages"))


@wire(
    Output(Ids.BODY, "children"),
    Output(Ids.WAYS, "hidden"),
    Output(Ids.WHERE, "children"),
    Output(Ids.NEWEST, "disabled"),
    Output(Ids.NEWER, "disabled"),
    Output(Ids.OLDER, "disabled"),
    Output(Ids.SEEN, "data"),
    Input(shown.store_of(NAME), "data"),
    Input(Ids.PLACE, "data"),
)
def draw(kept: dict[str, Any] | None, place: dict[str, Any]) -> tuple[Any, ...]:
    asked = shown.read(kept, NAME)
    if asked is None:
        raise PreventUpdate
    ends = ends_of(place, asked)
    found = context.store().ask_long(fetch, context.viewer(), asked, ends[-1] if ends else None)
    rest = found.page.rest if found.page else None
    seen = {"name": asked.name, "rest": rest}
    is_first, is_last = not ends, rest is None
    return build(found, asked), is_first and is_last, f"Page {len(ends) + 1}", is_first, is_first, is_last, seen


@wire(
    Output(Ids.PLACE, "data"),
    Input(Ids.NEWEST, "n_clicks"),
    Input(Ids.NEWER, "n_clicks"),
    Input(Ids.OLDER, "n_clicks"),
    State(shown.store_of(NAME), "data"),
    State(Ids.PLACE, "data"),
    State(Ids.SEEN, "data"),
    prevent_initial_call=True,
)
def turn(
    _newest: int, _newer: int, _older: int, kept: dict[str, Any] | None, place: dict[str, Any], seen: dict[str, Any]
) -> dict[str, Any]:
    asked = shown.read(kept, NAME)
    if asked is None or seen.get("name") != asked.name:
        raise PreventUpdate
    return {"name": asked.name, "ends": turned(str(ctx.triggered_id), ends_of(place, asked), seen["rest"])}


def turned(pressed: str, ends: list[int], rest: int | None) -> list[int]:
    """The ends of the pages before the open one after a press. A press too many changes nothing."""
    if pressed == Ids.NEWEST:
        return []
    if pressed == Ids.NEWER:
        return ends[:-1]
    return ends if rest is None or rest in ends else [*ends, rest]


def ends_of(place: dict[str, Any], asked: Shown) -> list[int]:
    """Where each page before the open one ended; none where the page is about something else."""
    return [int(end) for end in place["ends"]] if place.get("name") == asked.name else []


def fetch(connection: Any, viewer: Viewer, asked: Shown, before: int | None) -> Found:
    """A page of the feed that is chosen. Raises NotFound."""
    feeds = _worded(channels.find(connection, viewer, asked.channel_id))
    if not feeds:
        return Found(feeds)
    feed = chosen(feeds, asked.selection.x)
    page = events.page(
        connection, viewer, asked.channel_id, feed.name, asked.span, asked.now, limit=AT_ONCE, before=before
    )
    return Found(feeds, page)


def chosen(feeds: Sequence[Feed], name: str) -> Feed:
    """The one of that name, else the first."""
    return next((feed for feed in feeds if feed.name == name), feeds[0])


def build(found: Found, asked: Shown) -> list[Component]:
    """What to choose from, where there is a choice, and the events."""
    if found.page is None:
        return [lens_parts.nothing(PICTURE, "This takes a channel with a feed of words.")]
    feed, selection = found.page.feed, asked.selection
    offered = [Choice(each.label, selection.but(x=each.name).query, each.id == feed.id) for each in found.feeds]
    picks = [choices("Feed", offered)] if len(offered) > 1 else []
    if not found.page.events:
        return [*picks, lens_parts.nothing("dash-circle", f"{feed.label} said no word in this range.")]
    clock = Clock(asked.zone, asked.span, asked.now)
    return [*picks, event_table(f"What {feed.label} said", found.page.events, clock)]


def _worded(channel: Channel) -> tuple[Feed, ...]:
    return tuple(feed for feed in channel.feeds if feed.kind is not Kind.NUMBER and not feed.is_hidden)
