"""Latest values: a label, the number or word, its unit. Numbers keep their places while they change."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.figures.palette import Ink, word_colour
from domain.readings import Feed, Point
from domain.units import format_number

NOTHING = "–"


def value_text(feed: Feed, point: Point | None) -> str:
    """The reading as people read it; a dash where there is none. Zero is a value."""
    if point is None:
        return NOTHING
    if point.value is not None:
        return format_number(point.value, feed.decimals)
    return point.text if point.text is not None else NOTHING


def spoken(feed: Feed, point: Point | None) -> str:
    """`Temperature 23.4 °C`, for summaries."""
    return " ".join(part for part in (feed.label, value_text(feed, point), feed.unit) if part)


def value_tile(
    feed: Feed, point: Point | None, *, ink: Ink | None, value_id: dict[str, Any], extent: Component | None = None
) -> html.Div:
    """One feed's newest value. `ink` is its line's; a word has none and shows the colour of the word."""
    kind = "lf-value" if ink else "lf-value lf-value-word"
    line = [html.Span(value_text(feed, point), id=value_id, className="lf-number")]
    if feed.unit:
        line.append(html.Span(feed.unit, className="lf-unit"))
    parts: list[Component] = [
        html.Div(
            [swatch(ink, point), html.Span(feed.label, className="lf-cut")], className="lf-label", title=feed.label
        ),
        html.Div(line, className="lf-reading"),
    ]
    return html.Div([*parts, extent] if extent else parts, className=kind)


def swatch(ink: Ink | None, point: Point | None = None) -> html.Span:
    """The small mark that ties a value to its line."""
    if ink is None:
        word = point.text if point and point.text is not None else ""
        return html.Span(className="lf-swatch lf-swatch-word", style={"background": word_colour(word)})
    if ink.slot is None:
        return html.Span(className="lf-swatch", style={"background": ink.colour})
    return html.Span(className=f"lf-swatch lf-ink-{ink.slot}")
