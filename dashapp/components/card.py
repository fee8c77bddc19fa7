"""A wall card: one channel's newest values, a small chart and how it is; the whole card leads to its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.age import age
from dashapp.components.attributes import aria
from dashapp.components.icons import icon
from dashapp.components.rhythm import door_name, rhythm
from dashapp.components.status import REHEARSAL, silence_veil, status_chip
from dashapp.components.values import spoken, value_text, value_tile
from dashapp.figures.palette import inks
from dashapp.figures.sparkline import MOST_LINES
from dashapp.parts import Part, part_id
from domain.channels import Channel, Overview, Pulse
from domain.readings import Feed, Kind, Point
from domain.timespan import Window

STATIC: Any = {"staticPlot": True, "displayModeBar": False}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card's channel and chart, under the view its ids carry."""

    overview: Overview
    figure: dict[str, Any]
    view: str


def wall_card(drawn: Drawn, window: Window, now: int) -> dcc.Link:
    """The card as of `now`."""
    overview, channel = drawn.overview, drawn.overview.channel
    moving = card_parts(channel, overview.latest, overview.pulse, window, now)
    return dcc.Link(
        [
            html.Div(moving, id=part_id(Part.PULSE, drawn.view, channel.id), className="lf-pulse"),
            html.H2(channel.name, className="lf-card-title lf-cut", title=channel.name),
            _chart(drawn, window) if channel.feeds else _waiting(overview.may_contribute),
            _foot(overview),
        ],
        href=f"/channels/{channel.slug}/code" if _asks_for_board(overview) else f"/channels/{channel.slug}",
        className="lf-card",
    )


def pulse_parts(pulse: Pulse, now: int) -> list[Component]:
    """What changes with every arrival: the status, the age, and the veil of silence."""
    parts: list[Component] = [status_chip(pulse, now)]
    if pulse.last_received_at is not None:
        parts += [age(pulse.last_received_at, now), silence_veil(pulse, now)]
    return parts


def card_parts(
    channel: Channel, latest: Mapping[int, Point], pulse: Pulse, window: Window, now: int
) -> list[Component]:
    """Everything on a card that arrivals change, except the chart, to be set together."""
    return [*pulse_parts(pulse, now), *_over_empty_chart(channel, pulse, window, now), *_values(channel, latest)]


def _over_empty_chart(channel: Channel, pulse: Pulse, window: Window, now: int) -> list[Component]:
    """What stands where the chart has nothing to show."""
    heard_at = pulse.last_received_at
    if not channel.feeds or (heard_at is not None and now - heard_at <= window.length):
        return []
    said = "Nothing received yet" if heard_at is None else f"Nothing in the {window.label.lower()}"
    return [html.Span(said, className="lf-quiet", key="quiet")]


def card_feeds(channel: Channel) -> list[Feed]:
    """The feeds a card shows: three numbers and one word."""
    numbers = [feed for feed in channel.feeds if feed.kind is Kind.NUMBER]
    return numbers[:MOST_LINES] + [feed for feed in channel.feeds if feed.kind is Kind.TEXT][:1]


def _values(channel: Channel, latest: Mapping[int, Point]) -> list[Component]:
    """The newest values: numbers as tiles, and a word below the chart, or as the tile where there is no number."""
    shown, palette = card_feeds(channel), inks(channel.feeds)
    numbers = [feed for feed in shown if feed.kind is Kind.NUMBER]
    words = [feed for feed in shown if feed.kind is Kind.TEXT]
    tiles = [value_tile(feed, latest.get(feed.id), ink=palette.get(feed.id)) for feed in numbers or words]
    parts: list[Component] = [html.Div(tiles, className=f"lf-values lf-values-{len(tiles)}")] if tiles else []
    return parts + [_word(feed, latest.get(feed.id)) for feed in words if numbers]


def _word(feed: Feed, point: Point | None) -> html.Div:
    """The band's caption: which feed it is and what it says now."""
    name = html.Span(feed.label, className="lf-card-word-name lf-cut")
    return html.Div([name, html.Span(value_text(feed, point), className="lf-number")], className="lf-card-word")


def _chart(drawn: Drawn, window: Window) -> html.Figure:
    channel = drawn.overview.channel
    return html.Figure(
        dcc.Graph(
            id=part_id(Part.FIGURE, drawn.view, channel.id),
            figure=drawn.figure,
            config=STATIC,
            responsive=True,
            className="lf-sparkline",
        ),
        className="lf-card-plot",
        role="img",
        **aria(label=_summary(drawn.overview, card_feeds(channel), window)),
    )


def _summary(overview: Overview, shown: list[Feed], window: Window) -> str:
    said = ", ".join(spoken(feed, overview.latest.get(feed.id)) for feed in shown)
    return f"{overview.channel.name}, {window.label.lower()}: {said}"


def _asks_for_board(overview: Overview) -> bool:
    """Whether the card leads to the code: its channel has heard nothing yet, and who looks may connect a board."""
    return overview.may_contribute and not overview.channel.feeds


def _waiting(may_contribute: bool) -> html.Div:
    """In the chart's place, for a channel that has heard nothing yet."""
    words = [html.Span(["Copy your code", icon("chevron-right")])] if may_contribute else []
    return html.Div([html.Span(className="lf-ghost-line"), *words], className="lf-card-waiting")


def _foot(overview: Overview) -> html.Div:
    is_played = overview.channel.is_rehearsal
    said = ["Rehearsal" if is_played else None, *_habits(overview)]
    kind = f"lf-card-rhythm lf-cut {REHEARSAL if is_played else ''}"
    return html.Div(" · ".join(part for part in said if part), className=kind)


def _habits(overview: Overview) -> list[str | None]:
    if overview.pulse.last_received_at is None:
        return ["nothing received yet" if overview.pulse.has_key else "no key yet"]
    hidden = len(overview.channel.feeds) - len(card_feeds(overview.channel))
    more = f"+{hidden} feed{'s' if hidden > 1 else ''}" if hidden else None
    return [rhythm(overview.pulse.interval_s), more, door_name(overview.door)]
