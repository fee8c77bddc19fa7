"""Readings as a grid: its columns, its rows, and how it behaves. What is in it, the server answers page by page.

The grid has one block of rows and asks for it once; whatever is to stand there then is answered to that same request,
so that a row changes in its place, and where one has scrolled to, what is selected and the cell in hand stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import dash_ag_grid
from dash.dependencies import Wildcard

from dashapp.components.values import value_text
from domain import zones
from domain.corrections import spelling
from domain.readings import Feed, Kind, Point
from domain.spelling import MOST_TEXT_CHARS
from domain.timespan import TimeSpan, to_rfc3339
from models.table import Row

PAGE = 25
"""Rows of a page: all of them are in sight, so that nothing scrolls within the page but columns."""
ROW_PX = 34
TARGET_PX = 44
"""A row while somebody writes into the grid: a thumb finds its cells and its box."""
HEAD_PX = 38
BAR_PX = 18
"""Room for a bar to scroll sideways."""

Cells = dict[str, str]
"""A row as the grid has it: `at` (µs, as text), `time`, `utc`, and for each feed that spoke `f7` as shown and, where
that is rounded, `x7` in full."""


def grid_id(drawing: int | Wildcard) -> dict[str, Any]:
    """The id of a grid; each drawing has its own, so that what was on its way to a former one is lost."""
    return {"grid": "readings", "drawing": drawing}


def shown_field(feed_id: int) -> str:
    return f"f{feed_id}"


def exact_field(feed_id: int) -> str:
    return f"x{feed_id}"


def readings_grid(feeds: Sequence[Feed], zone: ZoneInfo, drawing: int, *, rows: int, edits: bool) -> Any:
    """The grid, as high as `rows` need. `edits`: its cells may be written into and its rows selected."""
    return dash_ag_grid.AgGrid(
        id=grid_id(drawing),
        columnDefs=columns(feeds, zone, edits=edits),
        defaultColDef={"sortable": False, "suppressHeaderMenuButton": True, "cellDataType": False, "flex": 1},
        rowModelType="infinite",
        dashGridOptions=options(edits=edits),
        style=height(rows, edits=edits),
        className="lf-readings-grid",
    )


def height(rows: int, *, edits: bool) -> dict[str, str]:
    """The style of a grid that shows so many rows."""
    return {"height": f"{HEAD_PX + (TARGET_PX if edits else ROW_PX) * max(rows, 1) + BAR_PX}px"}


def options(*, edits: bool) -> dict[str, Any]:
    """How the grid behaves."""
    selection = {"mode": "multiRow", "checkboxes": True, "headerCheckbox": False, "enableClickSelection": False}
    return {
        "cacheBlockSize": PAGE,
        "maxConcurrentDatasourceRequests": 1,
        "rowHeight": TARGET_PX if edits else ROW_PX,
        "headerHeight": HEAD_PX,
        "animateRows": False,
        "suppressCellFocus": not edits,  # of a table that is only read Tab takes the headings: they scroll sideways
        "enableCellTextSelection": True,
        "ensureDomOrder": True,
        "suppressMovableColumns": True,
        "tooltipShowDelay": 400,
        "singleClickEdit": True,
        "stopEditingWhenCellsLoseFocus": True,
        "selectionColumnDef": {"pinned": "left", "width": 44, "flex": 0},
        "rowSelection": selection
        if edits
        else {"mode": "singleRow", "checkboxes": False, "enableClickSelection": False},
    }


def columns(feeds: Iterable[Feed], zone: ZoneInfo, *, edits: bool) -> list[dict[str, Any]]:
    """The instants, then a column a feed."""
    time = {
        "field": "time",
        "headerName": f"Time ({zone.key})",
        "tooltipField": "utc",
        "pinned": "left",
        "cellClass": "lf-cell-time",
        "flex": 0,
        "width": 176,
    }
    return [time, *(_column(feed, edits) for feed in feeds)]


def _column(feed: Feed, edits: bool) -> dict[str, Any]:
    is_number = feed.kind is not Kind.TEXT
    return {
        "field": shown_field(feed.id),
        "headerName": f"{feed.label} [{feed.unit}]" if feed.unit else feed.label,
        "headerClass": "lf-head-number" if is_number else "",
        "cellClass": "lf-cell-number" if is_number else "lf-cell-word",
        "tooltipField": exact_field(feed.id),
        "wrapHeaderText": True,
        "minWidth": 120,
        **({"maxWidth": 280} if is_number else {}),
        "editable": edits,
        "cellEditor": "agTextCellEditor",
        "cellEditorParams": {"maxLength": MOST_TEXT_CHARS},
    }


def cells_of(row: Row, feeds: Iterable[Feed], instant: str) -> Cells:
    """A row of the grid; `instant`: its time in words."""
    cells = {"at": str(row.at), "time": instant, "utc": to_rfc3339(row.at)}
    for feed in feeds:
        if feed.id in row.points:
            cells |= _cell(feed, row.points[feed.id])
    return cells


def _cell(feed: Feed, point: Point) -> Cells:
    """Every digit, unless the feed is to be shown with so many decimals."""
    exact = spelling(point.value, point.text)
    shown = exact if feed.decimals is None or point.value is None else value_text(feed, point)
    return {shown_field(feed.id): shown} | ({exact_field(feed.id): exact} if shown != exact else {})


def exact_in(cells: Mapping[str, Any], feed_id: int) -> str | None:
    """The reading of a feed in a row of the grid, with every digit; None where it has none."""
    found = cells.get(exact_field(feed_id), cells.get(shown_field(feed_id)))
    return None if found is None else str(found)


class Clock:
    """Instants in words, all of a table in one form: with the year and the zone's letters where needed."""

    def __init__(self, zone: ZoneInfo, span: TimeSpan, now: int) -> None:
        years = {zones.local(at, zone).year for at in (max(span.start, 0), min(span.end, now), now)}
        self._zone = zone
        self._year = " %Y" if len(years) > 1 else ""
        self._letters = bool(zones.changes(zone, TimeSpan(max(span.start, 0), max(span.end, 0))))

    def text(self, at: int) -> str:
        """`20 Nov 10:00:00.25`"""
        moment = zones.local(at, self._zone)
        letters = f" {zones.abbreviation(self._zone, at)}" if self._letters else ""
        day = f"{moment.day} {moment:%b}{moment.strftime(self._year)}"
        return f"{day} {moment:%H:%M:%S}.{moment.microsecond // 10_000:02d}{letters}"
