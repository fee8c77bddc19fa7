"""The channel page's chart: one panel per unit and one band per word feed, stacked over one shared time axis.

Traces in order: for each number feed its envelope, its line and its head (the newest reading, with the label where
several lines share a panel; a long line alone has none); then one band per word feed. Which traces there are depends on
the feeds alone, never on the data, so the live path may patch a drawn chart by their places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashapp.figures import band, columns
from dashapp.figures.palette import Ink, inks
from dashapp.figures.plain import plain
from domain.readings import Feed, Kind, Series
from domain.timespan import TimeSpan

ONLY_PANEL_PX, PANEL_PX, BAND_PX, TITLE_PX = 300, 176, 26, 30
TOP_PX, BOTTOM_PX, LEFT_PX, RIGHT_PX = 2, 36, 52, 10
MARKED_UP_TO = 120
"""Charts with at most so many readings a line mark each one."""

TRACES_PER_LINE = 3
GRID = "rgba(128,140,155,0.22)"


@dataclass(frozen=True, slots=True)
class Panel:
    """One unit's lines, or one word feed's band; `top` and `height` in pixels from the chart's upper edge."""

    feeds: tuple[Feed, ...]
    is_band: bool
    top: int
    height: int

    @property
    def title(self) -> str:
        names = ", ".join(feed.label for feed in self.feeds)
        return f"{names}  ·  {self.feeds[0].unit}" if self.feeds[0].unit and not self.is_band else names


def panels(feeds: Sequence[Feed]) -> list[Panel]:
    """The panels from top to bottom: units in the order of their first feed, then words."""
    by_unit: dict[str | None, list[Feed]] = {}
    for feed in feeds:
        if feed.kind is Kind.NUMBER:
            by_unit.setdefault(feed.unit, []).append(feed)
    line_px = ONLY_PANEL_PX if len(by_unit) == 1 else PANEL_PX
    groups = [(tuple(group), line_px, False) for group in by_unit.values()]
    groups += [((feed,), BAND_PX, True) for feed in feeds if feed.kind is Kind.TEXT]
    return _stacked(groups)


def _stacked(groups: Sequence[tuple[tuple[Feed, ...], int, bool]]) -> list[Panel]:
    stacked, top = [], TOP_PX
    for feeds, height, is_band in groups:
        stacked.append(Panel(feeds, is_band, top + TITLE_PX, height))
        top += TITLE_PX + height
    return stacked


def height_px(feeds: Sequence[Feed]) -> int:
    """How tall the chart of these feeds is."""
    stacked = panels(feeds)
    return (stacked[-1].top + stacked[-1].height if stacked else TOP_PX + ONLY_PANEL_PX) + BOTTOM_PX


def figure(series: Sequence[Series], holds: Mapping[int, int], span: TimeSpan) -> dict[str, Any]:
    """The chart of a channel's series, lines broken where a feed was quiet for longer than `holds[feed id]` µs."""
    feeds = [one.feed for one in series]
    stacked = panels(feeds)
    by_feed = {one.feed.id: one for one in series}
    axes = {feed.id: _axis_name(order) for order, panel in enumerate(stacked) for feed in panel.feeds}
    places, palette = _label_places(stacked, by_feed), inks(feeds)
    data: list[dict[str, Any]] = []
    for one in _in_order(series, Kind.NUMBER):
        ink, hold, axis = palette[one.feed.id], holds[one.feed.id], axes[one.feed.id]
        data += [_envelope(one, hold, ink, axis), _line(one, hold, ink, axis), _head(one, ink, axis, places)]
    data += [band.trace(one, holds[one.feed.id], axes[one.feed.id]) for one in _in_order(series, Kind.TEXT)]
    return {"data": data, "layout": _layout(stacked, feeds, span)}


def _in_order(series: Sequence[Series], kind: Kind) -> list[Series]:
    return [one for one in series if one.feed.kind is kind]


def _axis_name(order: int) -> str:
    return "y" if order == 0 else f"y{order + 1}"


def _label_places(stacked: Sequence[Panel], series: Mapping[int, Series]) -> dict[int, str]:
    """Feed id → whether its label stands above or below the line's end.

    The higher half of a panel's lines has them above, so that neighbours do not collide. A line alone has none: its
    panel's title names it.
    """
    places: dict[int, str] = {}
    for panel in stacked:
        if len(panel.feeds) > 1:
            ranked = sorted(panel.feeds, key=lambda feed: series[feed.id].value[-1:] or [0.0], reverse=True)
            places |= {feed.id: "top" if rank < len(ranked) / 2 else "bottom" for rank, feed in enumerate(ranked)}
    return places


def _envelope(series: Series, hold: int, ink: Ink, axis: str) -> dict[str, Any]:
    area = columns.envelope(series, hold) if series.bucket_us else columns.Line()
    return {
        "type": "scatter",
        "mode": "lines",
        "uid": f"envelope-{series.feed.id}",
        "visible": bool(area.x),
        "x": area.x,
        "y": area.y,
        "yaxis": axis,
        "fill": "toself",
        "line": {"width": 0, "color": ink.colour},
        "fillcolor": ink.colour,
        "opacity": 0.16,
        "hoverinfo": "skip",
    }


def _line(series: Series, hold: int, ink: Ink, axis: str) -> dict[str, Any]:
    line = columns.mean_line(series, hold) if series.bucket_us else columns.raw_line(series.at, series.value, hold)
    unit = f" {plain(series.feed.unit)}" if series.feed.unit else ""
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(series) <= MARKED_UP_TO else "lines",
        "name": plain(series.feed.label),
        "uid": f"feed-{series.feed.id}",
        "x": line.x,
        "y": line.y,
        "yaxis": axis,
        "line": {"color": ink.colour, "dash": ink.dash, "width": 2},
        "marker": {"color": ink.colour, "size": 4},
        "hovertemplate": "%{y}" + unit,
    }


def _head(series: Series, ink: Ink, axis: str, places: Mapping[int, str]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "visible": series.feed.id in places or len(series) <= MARKED_UP_TO,
        "uid": f"head-{series.feed.id}",
        "x": [columns.milliseconds(at) for at in series.at[-1:]],
        "y": series.value[-1:],
        "yaxis": axis,
        "text": [plain(series.feed.label) if series.feed.id in places else ""],
        "textposition": f"{places.get(series.feed.id, 'top')} left",
        "textfont": {"color": ink.colour, "size": 12},
        "marker": {"color": ink.colour, "size": 7},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _layout(stacked: Sequence[Panel], feeds: Sequence[Feed], span: TimeSpan) -> dict[str, Any]:
    height = height_px(feeds)
    inner = height - TOP_PX - BOTTOM_PX
    layout = {
        "height": height,
        "margin": {"l": LEFT_PX, "r": RIGHT_PX, "t": TOP_PX, "b": BOTTOM_PX},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, sans-serif", "size": 12},
        "separators": ".",
        "showlegend": False,
        "hovermode": "x unified",
        "hoversubplots": "axis",
        "bargap": 0,
        "uniformtext": {"mode": "hide", "minsize": band.SMALLEST_LABEL_PX},
        "uirevision": "channel",
        "xaxis": _time_axis(span, _axis_name(max(0, len(stacked) - 1))),
        "annotations": [_title(panel, inner) for panel in stacked],
    }
    for order, panel in enumerate(stacked):
        domain = (_share(panel.top + panel.height, inner), _share(panel.top, inner))
        layout["yaxis" + _axis_name(order)[1:]] = band.axis(domain) if panel.is_band else _value_axis(domain)
    return layout


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


def _time_axis(span: TimeSpan, anchor: str) -> dict[str, Any]:
    """Time, UTC. The range is automatic inside fixed ends, so that moving the ends leaves a reader's zoom alone."""
    return {
        "type": "date",
        "anchor": anchor,
        "autorange": True,
        "autorangeoptions": ends(span),
        "gridcolor": GRID,
        "zeroline": False,
        "tickangle": 0,
        "ticklabeloverflow": "allow",  # to find out which labels to hide costs a twentieth of each drawing
        "showspikes": True,
        "spikemode": "across",
        "spikethickness": 1,
        "spikedash": "solid",
        "spikecolor": "rgba(128,140,155,0.7)",
        "hoverformat": "%-d %b %Y, %H:%M:%S UTC",
    }


def ends(span: TimeSpan) -> dict[str, float]:
    """Both ends of the time axis."""
    return {"minallowed": columns.milliseconds(span.start), "maxallowed": columns.milliseconds(span.end)}


def _title(panel: Panel, inner: int) -> dict[str, Any]:
    return {
        "text": plain(panel.title),
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
