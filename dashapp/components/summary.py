"""What a chart says in words, and where its feeds are heading."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dash import html

from dashapp.components.attributes import aria
from dashapp.components.values import NOTHING, spoken
from dashapp.looks import Look
from domain.readings import Feed, Kind, Point, Series
from domain.trends import OVER, Lately, Trend, length_about
from domain.units import format_number


@dataclass(frozen=True, slots=True)
class Said:
    """A feed in view: its newest reading there, where it is heading, its smallest and largest number."""

    feed: Feed
    point: Point | None = None
    trend: Trend | None = None
    ends: tuple[float, float] | None = None


def summary(said: Iterable[Said]) -> str:
    """`Temperature 23.4 °C, up 2.1 in 5 minutes, range 20.9 to 23.6. Door closed.`"""
    return " ".join(map(_sentence, said)) or "No feed is shown."


def _sentence(said: Said) -> str:
    if said.point is None:
        return f"{said.feed.label}: nothing in this range."
    parts = [spoken(said.feed, said.point)]
    if said.trend:
        parts.append(change_words(said.feed, said.trend))
    if said.ends:
        parts.append(f"range {extent_text(said.feed, said.ends)}")
    return f"{', '.join(parts)}."


def said_of(look: Look) -> list[Said]:
    """What the chart of a look says."""
    since = look.span.end - OVER
    return [
        Said(one.feed, _newest_in_view(look, one), lately(look, one).trend(since), extent(one)) for one in look.series
    ]


def trend_of(look: Look, series: Series) -> Trend | None:
    """Where a feed is heading now; None where its newest reading is not in view, or old."""
    newest = look.overview.latest.get(series.feed.id)
    if newest is None or not look.span.start <= newest.at < look.span.end:
        return None
    return lately(look, series).trend(look.now - OVER)


def lately(look: Look, series: Series) -> Lately:
    """The newest numbers of a series, up to the newest reading where it is in view."""
    found = Lately(zip(series.at, series.value, strict=True), series.bucket_us)
    newest = look.overview.latest.get(series.feed.id)
    if newest is not None and newest.at < look.span.end and series.feed.kind is not Kind.TEXT:
        found.add([(newest.at, newest.value)])
    return found


def _newest_in_view(look: Look, series: Series) -> Point | None:
    """The newest reading; where that is not in view, the last of what is drawn."""
    newest = look.overview.latest.get(series.feed.id)
    if newest is not None and look.span.start <= newest.at < look.span.end:
        return newest
    return Point(series.at[-1], series.value[-1], series.text[-1]) if series.at else None


def change_words(feed: Feed, trend: Trend) -> str:
    """`up 2.1 in 5 minutes`, `steady for 5 minutes`"""
    if trend.is_steady(feed.decimals):
        return f"steady for {length_about(trend.over)}"
    return f"{'up' if trend.change > 0 else 'down'} {_amount(trend.change)} in {length_about(trend.over)}"


def trend_props(feed: Feed, trend: Trend | None) -> dict[str, Any]:
    """What the mark of a trend shows, and what it is called: `↑ 0.42 /min`, `rising by 0.42 °C per minute`."""
    if trend is None:
        return {"children": "", "role": None, "aria-label": None}
    if trend.is_steady(feed.decimals):
        return {"children": "→ steady", "role": "img", **aria(label="steady")}
    arrow, way = ("↑", "rising") if trend.change > 0 else ("↓", "falling")
    amount = _amount(trend.per_minute)
    named = " ".join(part for part in (way, "by", amount, feed.unit, "per minute") if part)
    return {"children": f"{arrow} {amount} /min", "role": "img", **aria(label=named)}


def trend_mark(feed: Feed, trend: Trend | None, mark_id: dict[str, Any]) -> html.Span:
    """Where a feed is heading, small."""
    return html.Span(id=mark_id, className="lf-trend", **trend_props(feed, trend))


def _amount(change: float) -> str:
    """With two digits that count, and no sign."""
    size = abs(change)
    return format_number(round(size, 1 - math.floor(math.log10(size))) if size < 100 else round(size))


def extent(series: Series) -> tuple[float, float] | None:
    """The smallest and largest number in view; None where there is none."""
    low = [value for value in (series.low or series.value) if value is not None]
    high = [value for value in (series.high or series.value) if value is not None]
    return (min(low), max(high)) if low and high else None


def extent_text(feed: Feed, ends: tuple[float, float] | None) -> str:
    """`20.9 to 23.6` as it stands under a value."""
    return " to ".join(_ends_written(feed, *ends)) if ends else NOTHING


def _ends_written(feed: Feed, low: float, high: float) -> tuple[str, str]:
    """Both ends with as many digits as tell them apart, without zeros that both would end with."""
    digits = feed.decimals
    if digits is None and high > low:
        digits = max(0, 1 - math.floor(math.log10(high - low)))
        while digits and format_number(low, digits)[-1] == format_number(high, digits)[-1] == "0":
            digits -= 1
    return format_number(low, digits), format_number(high, digits)
