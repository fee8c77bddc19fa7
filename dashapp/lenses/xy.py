"""Two feeds against each other: a point for each pair of readings, coloured by time, and the line through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dash import no_update, set_props
from dash.development.base_component import Component

import context
from dashapp.components import lens_parts
from dashapp.components.choosing import Choice, choices
from dashapp.components.lens_parts import counted
from dashapp.components.summary import extent_text
from dashapp.figures import xy as drawing
from dashapp.lenses.drawn_bodies import DrawnBody
from dashapp.shown import Shown
from dashapp.wiring import Wiring
from domain import zones
from domain.channels import Channel
from domain.moments import length_in_words
from domain.pairs import Fit, Pairs, least_squares
from domain.readings import Feed, Kind
from domain.roles import Viewer
from domain.selection import Selection
from domain.units import format_number
from models import channels, pairs

NAME = "xy"
LABEL = "X–Y"
PICTURE = "bounding-box-circles"


class Ids(StrEnum):
    BODY = "xy-body"
    CHART = "xy-chart"
    WORDS = "xy-words"


wire = Wiring(open_to_visitors=True)
BODY = DrawnBody(wire, NAME, Ids.BODY)

layout = BODY.layout


@dataclass(frozen=True, slots=True)
class Found:
    """The feeds to choose from, and the pairs of the two that are chosen; None where there are no two."""

    feeds: tuple[Feed, ...]
    pairs: Pairs | None = None


def applies(channel: Channel) -> bool:
    """It takes two feeds of numbers."""
    return len(_numbers(channel)) > 1


@BODY.draws
def draw(asked: Shown, drawn: str) -> tuple[Any, Any]:
    found = context.store().ask_long(fetch, context.viewer(), asked)
    form = f"{asked.name}#{bool(found.pairs)}"
    if form != drawn:
        return build(found, asked), form
    if found.pairs:  # the same again, some seconds later: what somebody points at stays where it is
        figure, words = chart_of(found.pairs, asked)
        set_props(Ids.CHART, {"figure": figure})
        set_props(Ids.WORDS, {"children": words})
    return no_update, no_update


def fetch(connection: Any, viewer: Viewer, asked: Shown) -> Found:
    """The pairs of the two feeds that are chosen. Raises NotFound."""
    feeds = _numbers(channels.find(connection, viewer, asked.channel_id))
    if len(feeds) < 2:
        return Found(feeds)
    x, y = chosen(feeds, asked.selection)
    return Found(feeds, pairs.of(connection, viewer, asked.channel_id, x.name, y.name, asked.span))


def chosen(feeds: Sequence[Feed], selection: Selection) -> tuple[Feed, Feed]:
    """The two that the address names; in place of one that is not there, the first that the other is not."""
    by_name = {feed.name: feed for feed in feeds}
    x, y = by_name.get(selection.x), by_name.get(selection.y)
    x = x or next(feed for feed in feeds if feed is not y)
    return x, y or next(feed for feed in feeds if feed is not x)


def build(found: Found, asked: Shown) -> list[Component]:
    """What to choose from, and the chart."""
    if found.pairs is None:
        return [lens_parts.nothing(PICTURE, "This takes a channel with two feeds of numbers.")]
    x, y = found.pairs.x, found.pairs.y
    across, up = picks_of(found.feeds, x, y, asked.selection)
    picks = [choices("Across", across), choices("Up", up)]
    if not found.pairs:
        return [*picks, lens_parts.nothing(PICTURE, f"In this range nothing of {x.label} goes with {y.label}.")]
    figure, words = chart_of(found.pairs, asked)
    return [*picks, lens_parts.chart(f"{y.label} against {x.label}", Ids.CHART, figure, Ids.WORDS, words)]


def chart_of(found: Pairs, asked: Shown) -> tuple[dict[str, Any], list[Component]]:
    """The figure of at least one pair, and its words: they are about all pairs, drawn or not."""
    fit = least_squares(found.across, found.up)
    drawn = found.thinned(drawing.MOST_POINTS)
    first, last = zones.times([found.at[0], found.at[-1]], asked.zone)
    words: list[Component] = [
        lens_parts.colour_key("Time", first, last),
        lens_parts.facts(facts_of(found, fit), *notes_of(found, len(drawn))),
    ]
    return drawing.figure(drawn, fit, asked.zone, asked.selection.query), words


def facts_of(found: Pairs, fit: Fit | None) -> list[tuple[str, str]]:
    """How many pairs, between what they lie, the line, and how well it describes them."""
    ends = [
        ("Pairs", counted(len(found), "pair")),
        *(_ends(*each) for each in ((found.x, found.across), (found.y, found.up))),
    ]
    if fit is None:
        return [*ends, ("Line", "none: across, all are the same")]
    slope, above = format_number(fit.slope), format_number(abs(fit.intercept))
    line = f"y = {slope} · x {'-' if fit.intercept < 0 else '+'} {above}"
    r = "none: upwards, all are the same" if fit.r is None else f"{fit.r:.3f}"
    return [*ends, ("Least squares", line), ("Correlation r", r)]


def _ends(feed: Feed, values: Sequence[float]) -> tuple[str, str]:
    """`temperature`, `20.9 to 23.6 °C`"""
    unit = f" {feed.unit}" if feed.unit else ""
    return feed.label, f"{extent_text(feed, (min(values), max(values)))}{unit}"


def notes_of(found: Pairs, drawn: int) -> list[str]:
    """How the pairs came about, and whether all are drawn."""
    how = (
        f"Each point is the means of both feeds over {length_in_words(found.bucket_us)}."
        if found.bucket_us
        else "Each point is two readings of one instant."
    )
    few = f" {counted(drawn, 'point')} of them drawn, evenly taken; the line is through all."
    return [how + (few if drawn < len(found) else "")]


def picks_of(feeds: Sequence[Feed], x: Feed, y: Feed, selection: Selection) -> tuple[list[Choice], list[Choice]]:
    """What may stand across, and what up; who chooses for one what the other is has the two change places."""
    across, up = (
        [(feed, feed.name == one.name, (one if feed.name == other.name else other).name) for feed in feeds]
        for one, other in ((x, y), (y, x))
    )
    return (
        [Choice(feed.label, selection.but(x=feed.name, y=other).query, is_now) for feed, is_now, other in across],
        [Choice(feed.label, selection.but(y=feed.name, x=other).query, is_now) for feed, is_now, other in up],
    )


def _numbers(channel: Channel) -> tuple[Feed, ...]:
    return tuple(feed for feed in channel.feeds if feed.kind is not Kind.TEXT and not feed.is_hidden)
