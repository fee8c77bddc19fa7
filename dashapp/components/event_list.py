"""What a feed of words said, event by event. Looks are in assets/statistics.css."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp.components.forms import table
from dashapp.components.icons import icon
from dashapp.components.readings_grid import Clock
from dashapp.figures.palette import word_colour
from domain.lengths import short
from models.events import Event

HEAD = ("From", "To", "Word", "For")


def event_table(label: str, events: Sequence[Event], clock: Clock) -> html.Div:
    """A row an event, the newest first."""
    rows = [[_from(event, clock), _to(event, clock), _word(event), short(event.length)] for event in events]
    return html.Div(table(label, HEAD, rows), className="lf-events")


def _from(event: Event, clock: Clock) -> Component:
    words = clock.text(event.start)
    if event.is_cut:
        return html.Span([words, html.Small("or earlier")])
    return html.Span(words)


def _to(event: Event, clock: Clock) -> Component:
    if event.goes_on:
        return html.Span([icon("arrow-right-short"), "goes on"], className="lf-events-going")
    if event.fell_silent:
        return html.Span([clock.text(event.end), html.Small("then silent")])
    return html.Span(clock.text(event.end))


def _word(event: Event) -> Component:
    """In the colour that this word has everywhere."""
    return html.Span(
        event.word or "(empty)",
        className="lf-events-word",
        title=event.word,
        style={"--lf-ink": word_colour(event.word)},
    )
