"""The newest value of one field at ThingSpeak's address of a widget, for a frame in another site.

A number with its unit, on a scale where the address names both of its ends; a word as a word. The number in the address
is that of the field, as in a chart's.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from dash import html
from dash.development.base_component import Component

import context
from dashapp import framing
from dashapp.components.age import age
from dashapp.components.attributes import aria
from dashapp.components.values import value_text
from dashapp.figures import field_chart
from dashapp.figures.palette import word_colour
from dashapp.following import Timers
from dashapp.framing import Asked, Drawn, Frame, frames
from dashapp.wiring import Wiring
from domain import zones
from domain.frames import RED, FramedField, Wishes
from domain.readings import Feed, Kind, Point
from domain.units import format_number

PATH = "/channels/<channel>/widgets/<field>"
TITLE = "Newest value · Labfeed"
IS_BARE = True
MAY_BE_FRAMED = True


class Ids(StrEnum):
    CONTENT = "widget-frame-content"
    MEMORY = "widget-frame-memory"
    POLL = "widget-frame-poll"
    SAFETY = "widget-frame-safety"


wire = Wiring(open_to_visitors=True)
FRAME = Frame(wire, PATH, Ids.CONTENT, Ids.MEMORY, Timers(Ids.POLL, Ids.SAFETY), is_live=True)

layout, body = FRAME.layout, framing.ground


def exists(pathname: str) -> bool:
    """Whether the address names a field that whoever asks may see."""
    return FRAME.exists(pathname, lambda asked: frames().feed(asked.query, *asked.numbers))


@FRAME.draws
def draw(asked: Asked) -> Drawn:
    return build(frames().latest(asked.query, *asked.numbers), asked.wishes)


@FRAME.draws_again
def poll(asked: Asked, _known: Mapping[str, Any]) -> Drawn:
    return draw(asked)


def build(field: FramedField, wishes: Wishes) -> Drawn:
    """The tile, or why there is none."""
    point = newest(field)
    memory = framing.state_of(field.channel)
    return Drawn([framing.nothing_yet(field.channel) if point is None else tile(field, point, wishes)], memory)


def newest(field: FramedField) -> Point | None:
    """The newest value: a number, or a word."""
    if not field.rows or field.rows[-1][1] is None:
        return None
    at, text = field.rows[-1]
    value = None if field.feed.kind is Kind.TEXT or text is None else field_chart.number_in(text)
    return Point(at, value, text if value is None else None)


def tile(field: FramedField, point: Point, wishes: Wishes) -> Component:
    zone = framing.zone_or_own(field.zone)
    at = zones.local(point.at, zone)
    label = wishes.title or wishes.y_label or field.feed.label
    clock = f"{at:%-d %b %Y, %H:%M:%S} {zones.abbreviation(zone, point.at)}"
    return html.Section(
        [
            html.H1(label, className="lf-framed-label lf-cut", title=label),
            html.Div(_value(field.feed, point, wishes), className="lf-framed-value"),
            *_scale(field.feed, point, wishes),
            html.P([age(point.at, context.now()), html.Span(clock)], className="lf-framed-when"),
            *framing.way_to(field.channel),
        ],
        className="lf-framed-tile",
        style=framing.style(wishes),
        **aria(label=f"Newest value of {label}"),
    )


def _value(feed: Feed, point: Point, wishes: Wishes) -> list[Component]:
    """A number in the frame's ink or colour; a word beside the colour it has in every band."""
    if point.value is None:
        colour = wishes.colour or word_colour(point.text or "")
        return [html.Span(value_text(feed, point), className="lf-number lf-framed-word", style={"--lf-ink": colour})]
    decimals = feed.decimals if wishes.decimals is None else wishes.decimals
    paint = {"color": wishes.colour} if wishes.colour else {}
    number = html.Span(format_number(point.value, decimals), className="lf-number", style=paint)
    return [number, html.Span(feed.unit, className="lf-unit")] if feed.unit else [number]


def _scale(feed: Feed, point: Point, wishes: Wishes) -> list[Component]:
    """Where a number lies between the two ends that the address names."""
    low, high = wishes.low, wishes.high
    if point.value is None or low is None or high is None:
        return []
    share = min(1.0, max(0.0, (point.value - low) / (high - low)))
    filled = html.Div(style={"width": f"{share:.2%}", "background": wishes.colour or RED})
    ends = [html.Span(format_number(end, feed.decimals)) for end in (low, high)]
    shown: dict[str, Any] = aria(
        label=feed.label, valuemin=f"{low:g}", valuemax=f"{high:g}", valuenow=f"{min(high, max(low, point.value)):g}"
    )
    return [
        html.Div(filled, className="lf-framed-scale", role="meter", **shown),
        html.Div(ends, className="lf-framed-ends"),
    ]
