"""The newest readings as a table: a row an instant, a column a feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dash import html

from dashapp.components.attributes import aria
from dashapp.components.values import value_text
from domain.readings import Feed, Point
from domain.timespan import to_datetime

MOST_ROWS = 12
"""Every cell is a component that the browser asks about every change of the page: few, for the sake of the chart."""


@dataclass(frozen=True, slots=True)
class Row:
    """All readings of one instant, by feed id."""

    at: int
    points: Mapping[int, Point]


def rows_of(readings: Iterable[tuple[int, int, float | None, str | None]]) -> list[Row]:
    """(feed id, at, value, text) gathered by instant, newest first."""
    by_instant: dict[int, dict[int, Point]] = {}
    for feed_id, at, value, text in readings:
        by_instant.setdefault(at, {})[feed_id] = Point(at, value, text)
    return [Row(at, by_instant[at]) for at in sorted(by_instant, reverse=True)]


def readings_table(feeds: Sequence[Feed], rows: Sequence[Row], rows_id: dict[str, object]) -> html.Div:
    """The table with its rows, in a frame that scrolls sideways by itself."""
    heads = [html.Th("Time (UTC)", scope="col"), *(html.Th(_head(feed), scope="col") for feed in feeds)]
    body = html.Tbody([table_row(feeds, row) for row in rows], id=rows_id)
    return html.Div(
        html.Table([html.Thead(html.Tr(heads)), body], className="lf-table"),
        className="lf-table-frame",
        tabIndex="0",
        role="region",
        **aria(label="Newest readings"),
    )


def table_row(feeds: Sequence[Feed], row: Row) -> html.Tr:
    """One instant; an empty cell where a feed said nothing."""
    cells = [html.Td(value_text(feed, row.points[feed.id]) if feed.id in row.points else "") for feed in feeds]
    return html.Tr([html.Td(clock_text(row.at)), *cells], key=str(row.at))


def clock_text(at: int) -> str:
    """`20 Nov 10:00:00.25`"""
    moment = to_datetime(at)
    return f"{moment.day} {moment:%b %H:%M:%S}.{moment.microsecond // 10_000:02d}"


def _head(feed: Feed) -> list[str | html.Span]:
    return [feed.label, html.Span(f" {feed.unit}", className="lf-unit")] if feed.unit else [feed.label]
