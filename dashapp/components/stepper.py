"""Below a chart: buttons that step from reading to reading, and what was read there."""

from __future__ import annotations

from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from dashapp.components.attributes import aria
from dashapp.components.export_button import open_button
from dashapp.components.icons import icon
from dashapp.components.values import value_text
from domain import zones
from domain.corrections import spelling
from domain.readings import Feed, Point
from domain.timespan import SECOND
from models.neighbours import Step

HINT = "Step through the readings to see the exact time and values of each."


def stepper(ids: type[StrEnum], table_at: str) -> list[Component]:
    """The buttons, the readout, and the way to the table; `table_at`: the id of the element it stands in."""
    buttons = [
        _button(ids["PREVIOUS"], "Previous reading", ",", [icon("chevron-left"), html.Span("Previous reading")]),
        _button(ids["NEXT"], "Next reading", ".", [html.Span("Next reading"), icon("chevron-right")]),
        _button(ids["NEWEST"], "Newest reading", "", [html.Span("Newest"), icon("chevron-bar-right")]),
    ]
    return [
        html.Div(buttons, className="lf-ways lf-step-buttons", role="group", **aria(label="Step through the readings")),
        html.Div(HINT, id=ids["READOUT"], className="lf-readout", role="status", **aria(live="polite")),
        html.A(
            [icon("table"), html.Span("Show as table")],
            id=ids["TABLE"],
            href=f"#{table_at}",
            n_clicks=0,
            className="lf-as-table",
        ),
        open_button("chart", kind="lf-as-table"),
    ]


def _button(button_id: str, name: str, key: str, parts: list[Component]) -> html.Button:
    access: Any = {"accessKey": key} if key else {}
    title = f"{name} (access key {key})" if key else name
    return html.Button(parts, id=button_id, type="button", n_clicks=0, title=title, className="lf-way", **access)


def readout(step: Step, zone: ZoneInfo) -> list[Component]:
    """The instant on the clocks of the zone, what each feed said at it, and whether it is one of the ends."""
    if step.at is None:
        return [html.Span("Nothing in this range.")]
    spoke = [feed for feed in step.feeds if feed.id in step.points]
    silent = [feed.label for feed in step.feeds if feed.id not in step.points]
    parts: list[Component] = [html.Strong(instant_text(step.at, zone), className="lf-readout-time")]
    parts += [_said(feed, step.points[feed.id]) for feed in spoke]
    if silent:
        parts.append(html.Span(f"Nothing of {', '.join(silent)}.", className="lf-readout-rest"))
    ends = [word for word, is_there in (("First", step.is_first), ("last", step.is_last)) if is_there]
    if ends:
        parts.append(html.Span(f"{' and '.join(ends).capitalize()} in view.", className="lf-readout-rest"))
    return parts


def _said(feed: Feed, point: Point) -> html.Span:
    """A feed's reading with every digit, unless it is to be shown with so many decimals."""
    is_rounded = feed.decimals is not None and point.value is not None
    value = value_text(feed, point) if is_rounded else spelling(point.value, point.text)
    written = f"{value} {feed.unit}" if feed.unit and point.value is not None else value
    name, comma = html.Span(f"{feed.label} ", className="lf-readout-name"), html.Span(", ", className="visually-hidden")
    return html.Span([comma, name, written], className="lf-readout-one")


def instant_text(at: int, zone: ZoneInfo) -> str:
    """`8 Mar 2026, 14:05:30.250 PDT`: to the millisecond, or exactly where that says more."""
    moment, fraction = zones.local(at, zone), at % SECOND
    if fraction == 0:
        digits = ""
    else:
        digits = f".{fraction:06d}" if fraction % (SECOND // 1000) else f".{fraction // 1000:03d}"
    return f"{moment.day} {moment:%b %Y}, {moment:%H:%M:%S}{digits} {zones.abbreviation(zone, at)}"
