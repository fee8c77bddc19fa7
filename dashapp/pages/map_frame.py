"""Where a channel is, at ThingSpeak's address of its map, for a frame in another site: the track of its entries or,
where none came with a position, its own place; to scale, without tiles under it: nothing comes from another host.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

import context
from dashapp import framed_charts, framing
from dashapp.components import notices
from dashapp.figures import field_chart
from dashapp.figures import track as drawing
from dashapp.following import Timers
from dashapp.framed_charts import Chart
from dashapp.framing import Asked, Drawn, Frame, frames
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


wire = Wiring(open_to_visitors=True)
FRAME = Frame(wire, PATH, Ids.CONTENT, Ids.MEMORY, Timers(Ids.POLL, Ids.SAFETY))

layout, body = FRAME.layout, framing.ground


def sample() -> list[Component]:
    """What a callback draws of which others hear."""
    return [dcc.Graph(id=Ids.CHART), html.Figcaption(id=Ids.CAPTION)]


def exists(pathname: str) -> bool:
    """Whether the address names a channel that whoever asks may see."""
    return FRAME.exists(pathname, lambda asked: frames().channel(asked.query, *asked.numbers))


@FRAME.draws
def draw(asked: Asked) -> Drawn:
    return build(asked, frames().channel(asked.query, *asked.numbers))


@FRAME.draws_again
def poll(asked: Asked, _known: Mapping[str, Any]) -> Drawn:
    return draw(asked)


def build(asked: Asked, channel: Channel) -> Drawn:
    """The map, or that the channel has no place. Raises NotFound."""
    track, wishes = track_of(asked.query, channel), asked.wishes
    if not track.places:
        return Drawn([no_place()], framing.state_of(channel))
    title = wishes.title or channel.name
    figure = figure_of(asked.query, track, wishes, title)
    chart = Chart(Ids.CHART, Ids.CAPTION, "Map", title, figure, words_of(channel, track))
    return framed_charts.drawn(chart, channel, wishes)


def track_of(query: str, channel: Channel) -> Track:
    """Where its entries were taken; without any, its own place, if it says one."""
    found = context.store().ask_long(positions.track, frames().viewer(query), channel.id, ALWAYS)
    if found.places or channel.position is None:
        return found
    return Track((Place(channel.created_at, channel.position.latitude, channel.position.longitude),))


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
