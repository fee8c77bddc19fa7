"""Where a channel is, at ThingSpeak's address of its map, for a frame in another site: the track of its entries or,
where none came with a position, its own place; to scale, without tiles under it: nothing comes from another host.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from dash import Input, Output, State, dcc, html, set_props
from dash.development.base_component import Component

import context
from dashapp import framing, shell
from dashapp.components import notices
from dashapp.components.attributes import aria
from dashapp.figures import field_chart
from dashapp.figures import track as drawing
from dashapp.following import Timers, one_at_a_time
from dashapp.framing import Drawn, frames
from dashapp.wiring import Wiring
from domain.channels import Channel
from domain.frames import Wishes
from domain.tracks import Place, Track
from models import positions
from models.entry_rows import ALWAYS

PATH = "/channels/<channel>/maps/channel_show"
TITLE = "Map · Labfeed"
IS_BARE = True
MAY_BE_FRAMED = True

MARGINS_PX = {"l": 66, "r": 84, "t": 52, "b": 46}


class Ids(StrEnum):
    CONTENT = "map-frame-content"
    MEMORY = "map-frame-memory"
    CHART = "map-frame-chart"
    CAPTION = "map-frame-caption"
    POLL = "map-frame-poll"
    SAFETY = "map-frame-safety"


TIMERS = Timers(Ids.POLL, Ids.SAFETY)

wire = Wiring(open_to_visitors=True)


def layout(**_address: str) -> html.Div:
    return framing.layout(Ids.CONTENT, Ids.MEMORY, TIMERS)


def sample() -> list[Component]:
    """What a callback draws of which others hear."""
    return [dcc.Graph(id=Ids.CHART), html.Figcaption(id=Ids.CAPTION)]


def exists(pathname: str) -> bool:
    """Whether the address names a channel that whoever asks may see."""
    return framing.exists(lambda query: frames().channel(query, *framing.parts_of(PATH, pathname)))


def body(query: str) -> str:
    """The attributes of the page's body."""
    return framing.ground(query)


@wire(
    Output(Ids.CONTENT, "children"),
    Output(Ids.MEMORY, "data"),
    Input(shell.Ids.ADDRESS, "pathname"),
    State(shell.Ids.ADDRESS, "search"),
)
def draw(pathname: str, search: str | None) -> tuple[Any, ...]:
    query = search or ""
    framing.begin_to_follow(TIMERS, Wishes.of(query), is_usual=False)
    return framing.draw(lambda: build(query, frames().channel(query, *framing.parts_of(PATH, pathname))))


@wire(
    Input(Ids.POLL, "n_intervals"),
    Input(Ids.SAFETY, "n_intervals"),
    State(shell.Ids.ADDRESS, "pathname"),
    State(shell.Ids.ADDRESS, "search"),
    State(Ids.MEMORY, "data"),
    running=one_at_a_time(TIMERS),
    prevent_initial_call=True,
)
def poll(
    asks: int | None, _rescues: int | None, pathname: str, search: str | None, memory: dict[str, Any] | None
) -> None:
    query, known = search or "", memory or {}
    framing.beat(Wishes.of(query))
    framing.show(lambda: drawn_again(query, pathname, known, asks), known, Ids.CONTENT, Ids.MEMORY)


def drawn_again(query: str, pathname: str, known: Mapping[str, Any], asks: int | None) -> Drawn:
    channel = frames().channel(query, *framing.parts_of(PATH, pathname))
    if not framing.has_news(channel, known, asks):
        return Drawn([], dict(known))
    drawn = build(query, channel)
    if not (known.get("is_chart") and drawn.memory["is_chart"]):
        return drawn
    figure: Any = drawn.content[0]
    set_props(Ids.CHART, {"figure": figure.children[1].figure})
    set_props(Ids.CAPTION, {"children": figure.children[2].children})
    return Drawn([], drawn.memory)


def build(query: str, channel: Channel) -> Drawn:
    """The map, or that the channel has no place. Raises NotFound."""
    track = track_of(query, channel)
    memory = {**framing.state_of(channel), "is_chart": bool(track.places)}
    return Drawn([chart(query, channel, track) if track.places else no_place()], memory)


def track_of(query: str, channel: Channel) -> Track:
    """Where its entries were taken; without any, its own place, if it says one."""
    found = context.store().ask_long(positions.track, frames().viewer(query), channel.id, ALWAYS)
    if found.places or channel.position is None:
        return found
    return Track((Place(channel.created_at, channel.position.latitude, channel.position.longitude),))


def chart(query: str, channel: Channel, track: Track) -> Component:
    wishes = Wishes.of(query)
    title = wishes.title or channel.name
    usual: Any = {"displayModeBar": False, "scrollZoom": False, "doubleClick": "reset", "showTips": False}
    return html.Figure(
        [
            html.H1(title, className="visually-hidden"),
            dcc.Graph(
                id=Ids.CHART,
                figure=figure_of(query, track, wishes, title),
                config=usual,
                responsive=True,
                style=framing.WHOLE,
            ),
            html.Figcaption(words_of(channel, track), id=Ids.CAPTION, className="visually-hidden"),
            *framing.way_to(channel),
        ],
        className="lf-framed-chart",
        style=framing.style(wishes),
        **aria(label=f"Map of {title}"),
    )


def figure_of(query: str, track: Track, wishes: Wishes, title: str) -> dict[str, Any]:
    zone = framing.zone_or_own(frames().zone(query))
    figure = drawing.figure(track.thinned(drawing.MOST_PLACES), zone, "frame")
    ink = field_chart.ink_on(wishes.ground)
    del figure["layout"]["height"]
    figure["layout"] |= {
        "autosize": True,
        "margin": MARGINS_PX,
        "paper_bgcolor": wishes.ground,
        "font": {**figure["layout"]["font"], "color": ink},
        "title": field_chart.title_of(title, ink),
    }
    return figure


def words_of(channel: Channel, track: Track) -> str:
    """Where it is, in words."""
    last = track.places[-1]
    where = f"{drawing.latitude_text(last.latitude, 5)}, {drawing.longitude_text(last.longitude, 5)}"
    many = f" The newest of {len(track.places)} positions." if len(track.places) > 1 else ""
    return f"{channel.name}: {where}.{many}"


def no_place() -> Component:
    return notices.empty_state(
        "geo-alt", "No place yet", "Its owners say it under Settings, or a board sends positions."
    )
