"""The channel page's parts below its toolbar: heading, values, chart, table, and how to send."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.card import pulse_parts
from dashapp.components.first_reading import code_block, curl
from dashapp.components.icons import icon, icon_class
from dashapp.components.readings_table import Row, clock_text, readings_table
from dashapp.components.rhythm import door_name, rhythm
from dashapp.components.status import rehearsal_mark
from dashapp.components.values import NOTHING, spoken, value_tile
from dashapp.figures import timeseries
from dashapp.figures.palette import inks
from dashapp.parts import Part, part_id
from domain.channels import Overview, Visibility
from domain.readings import Feed, Kind, Series
from domain.timespan import Window
from domain.units import format_number

CHART_CLASS = "lf-chart"
CHART: Any = {"displayModeBar": False, "scrollZoom": False, "doubleClick": "reset", "showTips": False}
SEEN_BY = {
    Visibility.PUBLIC: ("globe2", "Public"),
    Visibility.COLLEGE: ("building", "College"),
    Visibility.MEMBERS: ("people", "Members"),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A channel with its chart over a window, under the view its ids carry."""

    overview: Overview
    series: tuple[Series, ...]
    figure: dict[str, Any]
    rows: tuple[Row, ...]
    window: Window
    view: str


def heading(overview: Overview, view: str, now: int) -> list[Component]:
    """Name, status, who may see it, and the description."""
    channel = overview.channel
    picture, seen_by = SEEN_BY[channel.visibility]
    marks = [
        html.Span(seen_by, className=f"lf-mark {icon_class(picture)}"),
        *([rehearsal_mark()] if channel.is_rehearsal else []),
    ]
    pulse = html.Div(pulse_parts(overview.pulse, now), id=part_id(Part.PULSE, view, channel.id), className="lf-pulse")
    facts = (channel.description, rhythm(overview.pulse.interval_s), door_name(overview.door))
    return [
        dcc.Link([icon("arrow-left"), "Wall"], href="/", className="lf-back"),
        html.Div([html.H1(channel.name), pulse, html.Div(marks, className="lf-marks")], className="lf-title-line"),
        html.P(" · ".join(fact for fact in facts if fact), className="lf-sub"),
    ]


def content(drawn: Drawn, origin: str) -> list[Component]:
    """Everything under the heading."""
    feeds = drawn.overview.channel.feeds
    table = readings_table(feeds, drawn.rows, part_id(Part.ROWS, drawn.view, drawn.overview.channel.id))
    return [
        html.Div([_tile(drawn, one) for one in drawn.series], className="lf-tiles"),
        html.Section(
            [_panel_head(drawn.window.label, "Times are UTC. Drag to zoom, double-click to go back."), chart(drawn)],
            className="lf-panel",
        ),
        html.Div(
            [
                html.Section([_panel_head("Newest readings"), table], className="lf-panel"),
                html.Section(
                    [_panel_head("Send a reading"), code_block(curl(origin, drawn.overview.channel))],
                    className="lf-panel",
                ),
            ],
            className="lf-split",
        ),
    ]


def chart(drawn: Drawn) -> html.Figure:
    """The chart with its name and what it says in words."""
    return html.Figure(
        [
            dcc.Graph(
                id=part_id(Part.FIGURE, drawn.view, drawn.overview.channel.id),
                figure=drawn.figure,
                config=CHART,
                responsive=True,
                style={"height": f"{timeseries.height_px(drawn.overview.channel.feeds)}px"},
            ),
            html.Figcaption(summary(drawn), className="visually-hidden"),
            html.Div(_newest(drawn), className="lf-nothing-in-view"),
        ],
        id=part_id(Part.CHART, drawn.view, drawn.overview.channel.id),
        className=chart_class(drawn.series),
        **aria(label=f"{drawn.overview.channel.name}, {drawn.window.label.lower()}"),
    )


def chart_class(series: Iterable[Series]) -> str:
    """The class name of a chart of these series; without a point it shows a sentence instead."""
    return CHART_CLASS if any(one.at for one in series) else f"{CHART_CLASS} lf-chart-empty"


def _newest(drawn: Drawn) -> str:
    """What stands over a chart without a point."""
    latest = drawn.overview.latest.values()
    newest = f" The newest reading is of {clock_text(max(point.at for point in latest))} UTC." if latest else ""
    return f"Nothing in the {drawn.window.label.lower()}.{newest}"


def summary(drawn: Drawn) -> str:
    """`Temperature 23.4 °C, range 20.9 to 23.6. Door closed.`"""
    latest = drawn.overview.latest
    said = []
    for one in drawn.series:
        between = f", range {extent_text(one)}" if extent(one) else ""
        said.append(f"{spoken(one.feed, latest.get(one.feed.id))}{between}.")
    return " ".join(said)


def extent(series: Series) -> tuple[float, float] | None:
    """The smallest and largest number in view; None where there is none."""
    low = [value for value in (series.low or series.value) if value is not None]
    high = [value for value in (series.high or series.value) if value is not None]
    return (min(low), max(high)) if low and high else None


def extent_text(series: Series) -> str:
    """`20.9 to 23.6` as it stands under a value."""
    ends = extent(series)
    return " to ".join(_ends_written(series.feed, *ends)) if ends else NOTHING


def _ends_written(feed: Feed, low: float, high: float) -> tuple[str, str]:
    """Both ends with as many digits as tell them apart."""
    digits = feed.decimals
    if digits is None and high > low:
        digits = max(0, 1 - math.floor(math.log10(high - low)))
    return format_number(low, digits), format_number(high, digits)


def _tile(drawn: Drawn, series: Series) -> html.Div:
    feed = series.feed
    ink = inks(drawn.overview.channel.feeds).get(feed.id)
    below = html.Div(
        extent_text(series) if feed.kind is Kind.NUMBER else "",
        id=part_id(Part.EXTENT, drawn.view, feed.id),
        className="lf-extent",
        title="Smallest and largest in view",
    )
    value_id = part_id(Part.VALUE, drawn.view, feed.id)
    return value_tile(feed, drawn.overview.latest.get(feed.id), ink=ink, value_id=value_id, extent=below)


def _panel_head(title: str, note: str = "") -> html.Div:
    return html.Div([html.H2(title), html.Span(note, className="lf-panel-note")], className="lf-panel-head")


def waits_for_first(overview: Overview) -> bool:
    """Whether nothing was ever received."""
    return overview.pulse.last_received_at is None or not overview.channel.feeds
