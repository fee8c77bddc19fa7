"""Latest values: a label, the number or word, its unit. Numbers keep their places while they change."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp.figures.palette import DASHES, Ink, word_colour
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
    feed: Feed,
    point: Point | None,
    *,
    ink: Ink | None,
    value_id: dict[str, Any] | None = None,
    extent: Component | None = None,
) -> html.Div:
    """One feed's newest value. `ink` is its line's; a word has none and shows the colour of the word."""
    own_id: dict[str, Any] = {"id": value_id} if value_id else {}
    number = html.Span(value_text(feed, point), className="lf-number", **own_id)
    parts: list[Component] = [label(feed, point, ink), number]
    if feed.unit:
        parts.append(html.Span(feed.unit, className="lf-unit"))
    if extent:
        parts.append(extent)
    return html.Div(parts, className="lf-value" if ink else "lf-value lf-value-word")


def label(feed: Feed, point: Point | None, ink: Ink | None) -> html.Div:
    """The feed's name behind a small mark of its line's or its word's colour."""
    if ink is not None:
        return html.Div(feed.label, className=f"lf-label {ink_class(ink)}", title=feed.label, style=ink_style(ink))
    word = point.text if point and point.text is not None else ""
    return html.Div(feed.label, className="lf-label", title=feed.label, style={"--lf-ink": word_colour(word)})


def ink_class(ink: Ink | None) -> str:
    """The class names of a mark in a line's ink: its theme's colour, and the dash its line has."""
    if ink is None:
        return ""
    colour = [] if ink.slot is None else [f"lf-ink-{ink.slot}"]
    return " ".join(colour if ink.dash == DASHES[0] else [*colour, f"lf-ink-{ink.dash}"])


def ink_style(ink: Ink | None) -> dict[str, Any]:
    """The colour of a mark that is none of the theme's."""
    return {"--lf-ink": ink.colour} if ink is not None and ink.slot is None else {}
