"""The newest readings as a table: a line an instant, a column a feed.

Each column is one cell of many lines. Every component set anew costs the browser a question to all components of the
page: columns are few, cells would be many.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dash import html

from dashapp.components.attributes import aria
from dashapp.components.values import value_text
from domain.readings import Feed, Point
from domain.timespan import to_datetime


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
    body = html.Tr(table_columns(feeds, rows), id=rows_id)
    return html.Div(
        html.Table([html.Thead(html.Tr(heads)), html.Tbody(body)], className="lf-table"),
        className="lf-table-frame",
        tabIndex="0",
        role="region",
        **aria(label="Newest readings"),
    )


def table_columns(feeds: Sequence[Feed], rows: Sequence[Row]) -> list[html.Td]:
    """The instants, then each feed's readings; an empty line where a feed said nothing."""
    instants = html.Td("\n".join(clock_text(row.at) for row in rows))
    return [instants, *(html.Td("\n".join(_line(feed, row) for row in rows)) for feed in feeds)]


def _line(feed: Feed, row: Row) -> str:
    """A reading in one line, whatever a word contains."""
    return " ".join(value_text(feed, row.points[feed.id]).split()) if feed.id in row.points else ""


def clock_text(at: int) -> str:
    """`20 Nov 10:00:00.25`"""
    moment = to_datetime(at)
    return f"{moment.day} {moment:%b %H:%M:%S}.{moment.microsecond // 10_000:02d}"


def _head(feed: Feed) -> list[str | html.Span]:
    return [feed.label, html.Span(f" {feed.unit}", className="lf-unit")] if feed.unit else [feed.label]
