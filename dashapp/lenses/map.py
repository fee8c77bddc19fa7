"""Where the entries in view were taken: a track to scale, coloured by time or by what a feed said there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dash import no_update, set_props
from dash.development.base_component import Component

import context
from dashapp.components import lens_parts
from dashapp.components.choosing import Choice, choices
from dashapp.components.lens_parts import counted
from dashapp.figures import track as drawing
from dashapp.lenses.drawn_bodies import DrawnBody
from dashapp.shown import Shown
from dashapp.wiring import Wiring
from domain import zones
from domain.channels import Channel
from domain.moments import length_in_words
from domain.readings import Feed, Kind
from domain.roles import Viewer
from domain.selection import Selection
from domain.timespan import SECOND
from domain.tracks import Plane, Track, extent
from domain.units import format_number
from models import channels, positions

NAME = "map"
LABEL = "Map"
PICTURE = "geo-alt"


class Ids(StrEnum):
    BODY = "map-body"
    CHART = "map-chart"
    WORDS = "map-words"


wire = Wiring(open_to_visitors=True)
BODY = DrawnBody(wire, NAME, Ids.BODY)

layout = BODY.layout


@dataclass(frozen=True, slots=True)
class Found:
    """The feeds to colour by, and the track."""

    feeds: tuple[Feed, ...]
    track: Track


def applies(channel: Channel) -> bool:
    """It takes a channel to which a position came at least once."""
    return context.store().ask(positions.came, context.viewer(), channel.id)


@BODY.draws
def draw(asked: Shown, drawn: str) -> tuple[Any, Any]:
    found = context.store().ask_long(fetch, context.viewer(), asked)
    form = f"{asked.name}#{bool(found.track.places)}"
    if form != drawn:
        return build(found, asked), form
    if found.track.places:
        figure, words = chart_of(found.track, asked)
        set_props(Ids.CHART, {"figure": figure})
        set_props(Ids.WORDS, {"children": words})
    return no_update, no_update


def fetch(connection: Any, viewer: Viewer, asked: Shown) -> Found:
    """The track in view. Raises NotFound."""
    channel = channels.find(connection, viewer, asked.channel_id)
    feeds = tuple(feed for feed in channel.feeds if feed.kind is not Kind.TEXT and not feed.is_hidden)
    chosen = asked.selection.x if asked.selection.x in {feed.name for feed in feeds} else ""
    return Found(feeds, positions.track(connection, viewer, channel.id, asked.span, chosen))


def build(found: Found, asked: Shown) -> list[Component]:
    """What to colour by, and the chart."""
    if not found.track.places:
        return [lens_parts.nothing(PICTURE, "Nothing in this range came with a position.")]
    figure, words = chart_of(found.track, asked)
    chart = lens_parts.chart("Where the entries were taken", Ids.CHART, figure, Ids.WORDS, words)
    return [choices("Colour", offered(found, asked.selection)), chart]


def offered(found: Found, selection: Selection) -> list[Choice]:
    """Time, then each feed of numbers."""
    by = found.track.feed
    of_feeds = [
        Choice(feed.label, selection.but(x=feed.name).query, by is not None and feed.id == by.id)
        for feed in found.feeds
    ]
    return [Choice("Time", selection.but(x="").query, by is None), *of_feeds]


def chart_of(track: Track, asked: Shown) -> tuple[dict[str, Any], list[Component]]:
    """The figure of at least one place, and its words."""
    drawn = track.thinned(drawing.MOST_PLACES)
    words = [*_key(drawn, asked), lens_parts.facts(facts_of(track, asked), *notes_of(track, len(drawn.places)))]
    return drawing.figure(drawn, asked.zone, asked.selection.query), words


def _key(track: Track, asked: Shown) -> list[Component]:
    """What the colours mean; nothing where the feed said nothing anywhere."""
    if track.feed is None:
        first, last = zones.times([track.places[0].at, track.places[-1].at], asked.zone)
        return [lens_parts.colour_key("Time", first, last)]
    known = [place.value for place in track.places if place.value is not None]
    unit = f" {track.feed.unit}" if track.feed.unit else ""
    low_high = [f"{format_number(end, track.feed.decimals)}{unit}" for end in (min(known), max(known))] if known else []
    return [lens_parts.colour_key(track.feed.label, *low_high)] if known else []


def facts_of(track: Track, asked: Shown) -> list[tuple[str, str]]:
    """How many places, how far apart, where it begins and ends."""
    east, north = extent(track.places)
    begins, ends = zones.times([track.places[0].at, track.places[-1].at], asked.zone)
    latitude, longitude = track.places[-1].latitude, track.places[-1].longitude
    newest = f"{drawing.latitude_text(latitude, 5)}, {drawing.longitude_text(longitude, 5)}"
    plane = Plane.under(track.places)
    zero = f"{drawing.latitude_text(plane.latitude, 2)}, {drawing.longitude_text(plane.longitude, 2)}"
    return [
        ("Positions", counted(len(track.places), "position")),
        ("From, to", f"{begins} – {ends}"),
        ("Extent", f"{metres_text(east)} east–west, {metres_text(north)} north–south"),
        ("Newest", newest),
        ("Zero of the axes", zero),
    ]


def notes_of(track: Track, drawn: int) -> list[str]:
    """What is not drawn."""
    if track.every_us:
        every = length_in_words(max(1, round(track.every_us / SECOND)) * SECOND)
        return [f"There are more positions than can be drawn: these are at least {every} apart."]
    return [f"{counted(drawn, 'position')} of them drawn, evenly taken."] if drawn < len(track.places) else []


def metres_text(metres: float) -> str:
    """`312 m`, `4.21 km`"""
    return f"{metres / 1000:.2f} km" if metres >= 2_000 else f"{metres:.0f} m"
