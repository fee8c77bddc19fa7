"""The channel page's parts: heading, values, chart, and what they say in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.card import pulse_parts
from dashapp.components.icons import icon, icon_class
from dashapp.components.nothing_in_view import nothing_parts
from dashapp.components.rhythm import door_name, rhythm
from dashapp.components.status import rehearsal_mark
from dashapp.components.summary import extent, extent_text, said_of, summary, trend_mark, trend_of
from dashapp.components.values import value_tile
from dashapp.figures import timeseries
from dashapp.figures.palette import inks
from dashapp.looks import Look
from dashapp.parts import Part, part_id
from domain import moments
from domain.channels import Channel, Overview, Visibility
from domain.readings import Feed, Kind, Series
from domain.selection import Selection

CHART_CLASS = "lf-chart"
USUAL = Selection()
CHART: Any = {"displayModeBar": False, "scrollZoom": False, "doubleClick": "reset", "showTips": False}
SEEN_BY = {
    Visibility.PUBLIC: ("globe2", "Public"),
    Visibility.COLLEGE: ("building", "College"),
    Visibility.MEMBERS: ("people", "Members"),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A channel with its chart as it is asked for, under the view its ids carry. `overlays` stand after its own feeds
    in the figure."""

    look: Look
    figure: dict[str, Any]
    zone: ZoneInfo
    view: str
    overlays: tuple[Feed, ...] = ()
    selection: Selection = USUAL

    @property
    def overview(self) -> Overview:
        return self.look.overview

    @property
    def series(self) -> tuple[Series, ...]:
        return self.look.series


def heading(overview: Overview, view: str, now: int) -> list[Component]:
    """Name, status, who may see it, and the description."""
    channel = overview.channel
    picture, seen_by = SEEN_BY[channel.visibility]
    marks = [
        html.Span(seen_by, className=f"lf-mark {icon_class(picture)}"),
        *([rehearsal_mark()] if channel.is_rehearsal else []),
    ]
    pulse = html.Div(pulse_parts(overview.pulse, now), id=part_id(Part.PULSE, view, channel.id), className="lf-pulse")
    facts = " · ".join(filter(None, (rhythm(overview.pulse.interval_s), door_name(overview.door))))
    about = [channel.description, "\u2002"] if channel.description else []
    return [
        dcc.Link([icon("arrow-left"), "Wall"], href="/", className="lf-back"),
        html.Div([html.H1(channel.name), pulse, html.Div(marks, className="lf-marks")], className="lf-title-line"),
        html.P([*about, html.Span(facts, className="lf-facts")], className="lf-sub"),
    ]


def tiles(drawn: Drawn) -> html.Div:
    """The newest values, with what is in view below them."""
    return html.Div([_tile(drawn, one) for one in drawn.series], className="lf-tiles")


def chart_panel(drawn: Drawn) -> html.Section:
    """The chart, and below it how closely it looks."""
    note = html.P(
        notes(drawn.look), id=part_id(Part.NOTE, drawn.view, drawn.look.channel_id), className="lf-panel-note"
    )
    return html.Section([chart(drawn), note], className="lf-panel lf-chart-panel")


def chart(drawn: Drawn) -> html.Figure:
    """The chart with its name and what it says in words."""
    channel = drawn.overview.channel
    shown = [one.feed for one in drawn.series] + list(drawn.overlays)
    return html.Figure(
        [
            dcc.Graph(
                id=part_id(Part.FIGURE, drawn.view, channel.id),
                figure=drawn.figure,
                config=CHART,
                responsive=True,
                style={"height": f"{timeseries.height_px(shown)}px"},
            ),
            html.Figcaption(
                summary(said_of(drawn.look)),
                id=part_id(Part.CAPTION, drawn.view, channel.id),
                className="visually-hidden",
            ),
            html.Div(
                nothing_parts(drawn.look, drawn.selection, drawn.zone),
                id=part_id(Part.NOTHING, drawn.view, channel.id),
                className="lf-nothing-in-view",
            ),
        ],
        id=part_id(Part.CHART, drawn.view, channel.id),
        className=chart_class(drawn.series, len(drawn.overlays)),
        **aria(label=f"Chart of {channel.name}"),
    )


def chart_class(series: Iterable[Series], overlays: int) -> str:
    """The class name of a chart; where it has no point and nothing is laid over it, it shows a sentence instead."""
    return CHART_CLASS if overlays or any(one.at for one in series) else f"{CHART_CLASS} lf-chart-empty"


def resolution_words(look: Look) -> str:
    """How closely the chart looks, where there is anything: at every reading, or at means and a band around them."""
    if not any(one.at for one in look.series):
        return ""
    widths = {one.bucket_us for one in look.series if one.feed.kind is not Kind.TEXT and one.at}
    if not any(widths):
        return "Every reading is drawn."
    width = moments.length_in_words(max(widths))
    return f"Means of {width}, in a band from the smallest to the largest reading. Zoom in for every reading."


def notes(look: Look) -> str:
    """What must be known to read the chart."""
    return " ".join(part for part in (resolution_words(look), look.smoothed.note) if part)


def _tile(drawn: Drawn, series: Series) -> html.Div:
    feed = series.feed
    ink = inks(drawn.overview.channel.feeds).get(feed.id)
    ends = html.Div(
        extent_text(feed, extent(series)) if feed.kind is not Kind.TEXT else "",
        id=part_id(Part.EXTENT, drawn.view, feed.id),
        className="lf-extent",
        title="Smallest and largest in view",
    )
    trend = trend_mark(feed, trend_of(drawn.look, series), part_id(Part.TREND, drawn.view, feed.id))
    below = html.Div([ends, trend], className="lf-below")
    value_id = part_id(Part.VALUE, drawn.view, feed.id)
    return value_tile(feed, drawn.overview.latest.get(feed.id), ink=ink, value_id=value_id, extent=below)


def has_lines(channel: Channel) -> bool:
    """Whether there is a number to be smoothed."""
    return any(feed.kind is not Kind.TEXT for feed in channel.feeds)


def waits_for_first(overview: Overview) -> bool:
    """Whether nothing was ever received."""
    return overview.pulse.last_received_at is None or not overview.channel.feeds
