"""What a chart in the browser really holds, read from its own data and not from its pixels."""

from __future__ import annotations

from playwright.sync_api import Page

CHART = ".js-plotly-plot"


_POINTS = """feed => {
    const trace = document.querySelector(".js-plotly-plot")?.data?.find((each) => each.name === feed);
    return trace?.x ? Array.from(trace.x, (at, place) => [at, trace.y[place]]) : [];
}"""


def points(page: Page, feed: str) -> list[tuple[int, float]]:
    """(instant in µs, value) of every point that the page's chart draws for the feed, in the order drawn.

    Without a handle on what the chart holds: the page would keep that for as long as it is open.
    """
    drawn: list[tuple[float, float | None]] = page.evaluate(_POINTS, feed)
    return [(round(at_ms * 1000), value) for at_ms, value in drawn if value is not None]


def values(page: Page, feed: str) -> list[float]:
    """The values alone."""
    return [value for _, value in points(page, feed)]
