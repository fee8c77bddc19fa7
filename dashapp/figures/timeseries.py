"""The channel page's chart: one panel per unit and one band per word feed (`panels`), over one shared time axis.

Traces in order: for each number feed its envelope, its line, the line it is smoothed to, and its head (the newest
reading, with the label where several lines share a panel; a long line alone has none); then one band per word feed;
then the marks of words for each feed that holds both.
Which traces there are depends on the feeds alone, never on the data, so the live path may patch a drawn chart by their
places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dashapp.figures import band, columns, end_labels, mixed
from dashapp.figures.clock import Clock
from dashapp.figures.end_labels import Shift
from dashapp.figures.palette import Ink, inks
from dashapp.figures.panels import ONLY_PANEL_PX, TOP_PX, Panel, panels
from dashapp.figures.paper import GRID, PAPER
from dashapp.figures.plain import plain
from domain.readings import Feed, Kind, Series
from domain.selection import Smooth, Smoothing
from domain.smoothing import Line
from domain.timespan import TimeSpan

BOTTOM_PX, LEFT_PX, RIGHT_PX = 36, 52, 10
RIGHT_SCALE_PX = 52
MARKED_UP_TO = 120
"""Charts with at most so many readings a line mark each one."""

TRACES_PER_LINE = 4
FAINT = 0.3
"""How much of a line is seen beside the line it is smoothed to."""

RATES_FROM = 50
"""Rates of change have scales of their own: the panel `y2` has its rates on `y52`."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a chart is drawn from: the series over a span, on a clock, each line broken where its feed was quiet for
    longer than `holds[feed id]` µs.

    `revision`: while it stays, a reader's zoom stays. `palette`: the inks of the lines, where feeds that are left out
    keep theirs.
    """

    series: Sequence[Series]
    holds: Mapping[int, int]
    span: TimeSpan
    clock: Clock
    smoothing: Smoothing | None = None
    smoothed: Mapping[int, Line] = field(default_factory=dict)
    revision: str = ""
    palette: Mapping[int, Ink] = field(default_factory=dict)


def height_px(feeds: Sequence[Feed]) -> int:
    """How tall the chart of these feeds is."""
    stacked = panels(feeds)
    return (stacked[-1].top + stacked[-1].height if stacked else TOP_PX + ONLY_PANEL_PX) + BOTTOM_PX


def figure(drawing: Drawing) -> dict[str, Any]:
    """The chart."""
    series = [_on_clock(one, drawing.clock) for one in drawing.series]
    feeds = [one.feed for one in series]
    stacked = panels(feeds)
    axes = {feed.id: _axis_name(order) for order, panel in enumerate(stacked) for feed in panel.feeds}
    places, palette = end_labels.places(feeds, _newest(series), _extents(series)), drawing.palette or inks(feeds)
    data: list[dict[str, Any]] = []
    for one in series:
        if one.feed.kind is not Kind.TEXT:
            pen = Pen(palette[one.feed.id], drawing.holds[one.feed.id], axes[one.feed.id], drawing.smoothing)
            smooth = drawing.smoothed.get(one.feed.id, Line())
            data += [_envelope(one, pen), _line(one, pen), _smooth(one, smooth, drawing.clock, pen)]
            data.append(_head(one, pen, places))
    words = [one for one in series if one.feed.kind is Kind.TEXT]
    data += [band.trace(one, drawing.holds[one.feed.id], axes[one.feed.id]) for one in words]
    both = [one for one in series if one.feed.kind is Kind.MIXED]
    data += [mixed.marks(one, drawing.span, drawing.clock, axes[one.feed.id]) for one in both]
    return {"data": data, "layout": _layout(stacked, feeds, drawing)}


@dataclass(frozen=True, slots=True)
class Pen:
    """How a feed's lines are drawn, and in which panel."""

    ink: Ink
    hold: int
    axis: str
    smoothing: Smoothing | None

    @property
    def rates_axis(self) -> str:
        """Where its smoothed line is: with the readings, or beside them where it is a rate."""
        if self.smoothing is None or self.smoothing.how is not Smooth.RATE:
            return self.axis
        return _rates_axis(self.axis)


def _on_clock(series: Series, clock: Clock) -> Series:
    return replace(series, at=[at + clock.shift_us for at in series.at]) if clock.shift_us else series


def _axis_name(order: int) -> str:
    return "y" if order == 0 else f"y{order + 1}"


def _rates_axis(axis: str) -> str:
    return f"y{int(axis[1:] or 1) + RATES_FROM}"


def _extents(series: Iterable[Series]) -> dict[int, tuple[float, float]]:
    found = {}
    for one in series:
        known = [value for column in (one.low, one.value, one.high) for value in column if value is not None]
        if known:
            found[one.feed.id] = min(known), max(known)
    return found


def _newest(series: Iterable[Series]) -> dict[int, float]:
    ends = {one.feed.id: one.value[-1] for one in series if one.value}
    return {feed_id: value for feed_id, value in ends.items() if value is not None}


def _envelope(series: Series, pen: Pen) -> dict[str, Any]:
    area = columns.envelope(series, pen.hold) if series.bucket_us else columns.Line()
    return {
        "type": "scatter",
        "mode": "lines",
        "uid": f"envelope-{series.feed.id}",
        "visible": bool(area.x),
        "x": area.x,
        "y": area.y,
        "yaxis": pen.axis,
        "fill": "toself",
        "line": {"width": 0, "color": pen.ink.colour},
        "fillcolor": pen.ink.colour,
        "opacity": 0.16,
        "hoverinfo": "skip",
    }


def _line(series: Series, pen: Pen) -> dict[str, Any]:
    hold = pen.hold
    line = columns.mean_line(series, hold) if series.bucket_us else columns.raw_line(series.at, series.value, hold)
    is_marked = len(series) <= MARKED_UP_TO and pen.smoothing is None
    return {
        "type": "scatter",
        "mode": "lines+markers" if is_marked else "lines",
        "name": plain(series.feed.label),
        "uid": f"feed-{series.feed.id}",
        "x": line.x,
        "y": line.y,
        "yaxis": pen.axis,
        "opacity": FAINT if pen.smoothing else 1,
        "line": {"color": pen.ink.colour, "dash": pen.ink.dash, "width": 1.25 if pen.smoothing else 2},
        "marker": {"color": pen.ink.colour, "size": 4},
        "hovertemplate": "%{y}" + _unit(series.feed),
    }


def _smooth(series: Series, smoothed: Line, clock: Clock, pen: Pen) -> dict[str, Any]:
    """The smoothed line; its trace is always there, so that places do not depend on it."""
    at = [at + clock.shift_us for at in smoothed.at]
    line = columns.raw_line(at, smoothed.value, pen.hold + series.bucket_us)
    is_rate = pen.smoothing is not None and pen.smoothing.how is Smooth.RATE
    unit = f" {_rate_unit(series.feed.unit)}" if is_rate else _unit(series.feed)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plain(f"{series.feed.label}, {pen.smoothing.words.lower()}") if pen.smoothing else "",
        "uid": f"smooth-{series.feed.id}",
        "visible": pen.smoothing is not None,
        "x": line.x,
        "y": line.y,
        "yaxis": pen.rates_axis,
        "line": {"color": pen.ink.colour, "dash": "dash" if is_rate else pen.ink.dash, "width": 2},
        "hovertemplate": "%{y:.5~g}" + unit,
    }


def _unit(feed: Feed) -> str:
    return f" {plain(feed.unit)}" if feed.unit else ""


def _rate_unit(unit: str | None) -> str:
    """`°C/min`"""
    return f"{plain(unit) if unit else ''}/min"


def _head(series: Series, pen: Pen, places: Mapping[int, Shift]) -> dict[str, Any]:
    ink, axis, place = pen.ink, pen.axis, places.get(series.feed.id)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "visible": series.feed.id in places or len(series) <= MARKED_UP_TO,
        "uid": f"head-{series.feed.id}",
        "x": [columns.milliseconds(at) for at in series.at[-1:]],
        "y": series.value[-1:],
        "yaxis": axis,
        "text": [place.text(series.feed.label) if place else ""],
        "textposition": (place or end_labels.ABOVE).position,
        "textfont": {"color": ink.colour, "size": end_labels.FONT_PX},
        "marker": {"color": ink.colour, "size": 7},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _layout(stacked: Sequence[Panel], feeds: Sequence[Feed], drawing: Drawing) -> dict[str, Any]:
    height = height_px(feeds)
    inner = height - TOP_PX - BOTTOM_PX
    has_rates = drawing.smoothing is not None and drawing.smoothing.how is Smooth.RATE
    layout = {
        "height": height,
        "margin": {"l": LEFT_PX, "r": RIGHT_SCALE_PX if has_rates else RIGHT_PX, "t": TOP_PX, "b": BOTTOM_PX},
        **PAPER,
        "hovermode": "x unified",
        "hoversubplots": "axis",
        "bargap": 0,
        "uniformtext": {"mode": "hide", "minsize": band.SMALLEST_LABEL_PX},
        "uirevision": "channel",
        "xaxis": time_axis(drawing) | {"anchor": _axis_name(max(0, len(stacked) - 1))},
        "annotations": [_title(panel, inner, has_rates) for panel in stacked],
    }
    for order, panel in enumerate(stacked):
        domain = (_share(panel.top + panel.height, inner), _share(panel.top, inner))
        axis = _axis_name(order)
        layout["yaxis" + axis[1:]] = band.axis(domain) if panel.is_band else _value_axis(domain)
        if any(feed.kind is Kind.MIXED for feed in panel.feeds):
            layout["yaxis" + mixed.axis_name(axis)[1:]] = mixed.axis(axis)
        if has_rates and not panel.is_band:
            layout["yaxis" + _rates_axis(axis)[1:]] = _value_axis(domain) | _BESIDE | {"overlaying": axis}
    return layout


_BESIDE = {"side": "right", "showgrid": False, "tickmode": "auto"}


def _share(pixels_down: int, inner: int) -> float:
    """A place counted from the chart's upper edge, as Plotly counts: a share of the inside, from below."""
    return max(0.0, min(1.0, 1 - (pixels_down - TOP_PX) / inner))


def _value_axis(domain: tuple[float, float]) -> dict[str, Any]:
    return {
        "domain": list(domain),
        "fixedrange": True,
        "gridcolor": GRID,
        "zeroline": False,
        "nticks": 5,
        "ticklabeloverflow": "allow",
        "ticks": "",
        "exponentformat": "SI",
    }


def time_axis(drawing: Drawing) -> dict[str, Any]:
    """Time, on the clock of a zone. The range is automatic inside fixed ends, so that moving the ends leaves a reader's
    zoom alone, until the revision is another."""
    return {
        "type": "date",
        "autorange": True,
        "autorangeoptions": ends(drawing.span, drawing.clock),
        "uirevision": drawing.revision,
        "gridcolor": GRID,
        "zeroline": False,
        "tickangle": 0,
        "ticklabeloverflow": "allow",  # to find out which labels to hide costs a twentieth of each drawing
        "showspikes": True,
        "spikemode": "across",
        "spikethickness": 1,
        "spikedash": "solid",
        "spikecolor": "rgba(128,140,155,0.7)",
        **drawing.clock.axis(),
    }


def ends(span: TimeSpan, clock: Clock) -> dict[str, float]:
    """Both ends of the time axis."""
    return {"minallowed": clock.milliseconds(span.start), "maxallowed": clock.milliseconds(span.end)}


def _title(panel: Panel, inner: int, has_rates: bool) -> dict[str, Any]:
    rates = f", right: {_rate_unit(panel.feeds[0].unit)}" if has_rates and not panel.is_band else ""
    return {
        "text": plain(panel.title) + rates,
        "x": 0,
        "y": _share(panel.top, inner),
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "yshift": 3,
        "showarrow": False,
        "font": {"size": 12, "weight": 600},
    }
