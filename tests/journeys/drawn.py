"""What a chart in the browser really holds, read from its own data and not from its pixels."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

CHART = ".js-plotly-plot"


def points(page: Page, feed: str) -> list[tuple[int, float]]:
    """(instant in µs, value) of every point that the page's chart draws for the feed, in the order drawn."""
    chart = page.query_selector(CHART)
    if chart is None:
        return []
    traces: list[dict[str, Any]] = chart.get_property("data").json_value() or []
    trace = next((trace for trace in traces if trace.get("name") == feed), None)
    if trace is None:
        return []
    drawn = zip(trace["x"], trace["y"], strict=True)
    return [(round(at_ms * 1000), value) for at_ms, value in drawn if value is not None]


def values(page: Page, feed: str) -> list[float]:
    """The values alone."""
    return [value for _, value in points(page, feed)]
