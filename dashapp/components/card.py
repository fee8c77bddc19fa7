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
from dashapp.components.status import REHEARSAL, silence_veil, status_chip, until_silent
from dashapp.components.summary import trend_props
from dashapp.components.values import spoken, value_text
from dashapp.figures.palette import Ink, inks, word_colour
from dashapp.figures.sparkline import MOST_LINES
from dashapp.parts import Part, part_id
from domain.channels import Channel, Overview, Pulse
from domain.readings import Feed, Kind, Point
from domain.status import Status, status_of
from domain.timespan import Window
from domain.trends import Trend


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card's channel, its chart (as style) and where its first feed of numbers is heading, under the view its ids
    carry."""

    overview: Overview
    figure: Mapping[str, str]
    view: str
    trend: Trend | None = None


def wall_card(drawn: Drawn, window: Window, now: int) -> dcc.Link:
    """The card as of `now`."""
    overview, channel = drawn.overview, drawn.overview.channel
    moving = card_parts(channel, overview.latest, overview.pulse, window, now, drawn.trend)
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
    channel: Channel,
    latest: Mapping[int, Point],
    pulse: Pulse,
    window: Window,
    now: int,
    trend: Trend | None,
) -> list[Component]:
    """Everything on a card that arrivals change, except the chart, to be set together."""
    values = _values(channel, latest, _trend(leading(channel), trend, pulse, now))
    return [*pulse_parts(pulse, now), *_over_empty_chart(channel, pulse, window, now), *values]


def _over_empty_chart(channel: Channel, pulse: Pulse, window: Window, now: int) -> list[Component]:
    """What stands where the chart has nothing to show."""
    heard_at = pulse.last_received_at
    if not channel.feeds or (heard_at is not None and now - heard_at <= window.length):
        return []
    said = "Nothing received yet" if heard_at is None else f"Nothing in the {window.label.lower()}"
    return [html.Span(said, className="lf-quiet", key="quiet")]


def card_feeds(channel: Channel) -> list[Feed]:
    """The feeds a card shows: three numbers and one word."""
    numbers = [feed for feed in channel.feeds if feed.kind is not Kind.TEXT]
    return numbers[:MOST_LINES] + [feed for feed in channel.feeds if feed.kind is Kind.TEXT][:1]


def leading(channel: Channel) -> Feed | None:
    """The feed of which a card says where it is heading: its first of numbers."""
    return next((feed for feed in channel.feeds if feed.kind is not Kind.TEXT), None)


def _values(channel: Channel, latest: Mapping[int, Point], trend: list[Component]) -> list[Component]:
    """The newest values: numbers as tiles, and a word below the chart, or as the tile where there is no number.

    `trend` stands in the first tile.
    """
    shown, palette = card_feeds(channel), inks(channel.feeds)
    numbers = [feed for feed in shown if feed.kind is not Kind.TEXT]
    words = [feed for feed in shown if feed.kind is Kind.TEXT]
    tiles = [_tile(feed, latest.get(feed.id), palette.get(feed.id)) for feed in numbers or words]
    if trend:
        tiles[0].children += trend
    parts: list[Component] = [html.Div(tiles, className=f"lf-values lf-values-{len(tiles)}")] if tiles else []
    return parts + [_word(feed, latest.get(feed.id)) for feed in words if numbers]


def _tile(feed: Feed, point: Point | None, ink: Ink | None) -> html.Div:
    """One feed's newest value, of as few elements as can be: a wall has many, and each is mounted with each arrival."""
    number = html.B(value_text(feed, point), className="lf-number")
    tint = word_colour(point.text if point and point.text is not None else "") if ink is None else ink.colour
    is_theme = ink is not None and ink.slot is not None
    return html.Div(
        [f"{feed.label}\n", number, feed.unit or ""],
        className=f"lf-tile lf-ink-{ink.slot}" if ink and is_theme else "lf-tile" if ink else "lf-tile lf-tile-word",
        title=feed.label,
        style={} if is_theme else {"--lf-ink": tint},
    )


def _trend(feed: Feed | None, trend: Trend | None, pulse: Pulse, now: int) -> list[Component]:
    """`↑ 0.42 /min`, until the channel is silent."""
    if feed is None or trend is None or status_of(pulse, now) not in (Status.LIVE, Status.LATE):
        return []
    key = f"trend-{pulse.last_received_at}"
    return [html.Span(className="lf-trend", style=until_silent(pulse, now), key=key, **trend_props(feed, trend))]


def _word(feed: Feed, point: Point | None) -> html.Div:
    """The band's caption: which feed it is and what it says now."""
    word = html.B(value_text(feed, point), className="lf-number")
    return html.Div([f"{feed.label} ", word], className="lf-card-word lf-cut")


def _chart(drawn: Drawn, window: Window) -> html.Figure:
    overview, channel = drawn.overview, drawn.overview.channel
    has_line = any(feed.kind is not Kind.TEXT for feed in channel.feeds)
    return html.Figure(
        [html.Div(className="lf-areas"), html.Div(className="lf-lines")],
        id=part_id(Part.FIGURE, drawn.view, channel.id),
        className="lf-card-plot lf-sparkline" if has_line else "lf-card-plot lf-sparkline lf-lone-band",
        role="img",
        **chart_props(channel, overview.latest, drawn.figure, window),
    )


def chart_props(
    channel: Channel, latest: Mapping[int, Point], figure: Mapping[str, str], window: Window
) -> dict[str, Any]:
    """What of the chart changes: how it is drawn, and what it says in words."""
    said = ", ".join(spoken(feed, latest.get(feed.id)) for feed in card_feeds(channel))
    return {"style": dict(figure), **aria(label=f"{channel.name}, {window.label.lower()}: {said}")}


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
