"""How a drawn chart grows: fresh readings as one Patch of its figure, without a look at what is drawn.

What must be known of the past is each feed's newest reading before the batch (its tail): whether the line goes on or
breaks, and whether a word goes on or changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from dash import Patch

from dashapp.figures import columns, sparkline, timeseries
from dashapp.figures.palette import word_colour
from dashapp.figures.plain import plain
from domain.readings import Feed, FreshReadings, Kind, Point
from domain.timespan import TimeSpan


class LinePlaces(NamedTuple):
    """Where a number feed's line and its head stand among the traces."""

    line: int
    head: int


Places: TypeAlias = Mapping[int, LinePlaces | int]
"""Feed id → where it is drawn; a word feed has one trace, its band."""


@dataclass(frozen=True, slots=True)
class Growing:
    """What a batch is drawn with: where each feed stands, how long it may be quiet, and what came last before."""

    places: Places
    holds: Mapping[int, int]
    tails: Mapping[int, Point]


def sparkline_places(feeds: Sequence[Feed]) -> Places:
    """Where `sparkline.figure` puts the feeds it shows."""
    numbers = [feed.id for feed in feeds if feed.kind is Kind.NUMBER][: sparkline.MOST_LINES]
    words = [feed.id for feed in feeds if feed.kind is Kind.TEXT][:1]
    lines = {feed_id: LinePlaces(line=order, head=len(numbers) + order) for order, feed_id in enumerate(numbers)}
    return {**lines, **{feed_id: 2 * len(numbers) for feed_id in words}}


def timeseries_places(feeds: Sequence[Feed]) -> Places:
    """Where `timeseries.figure` puts them."""
    numbers = [feed.id for feed in feeds if feed.kind is Kind.NUMBER]
    words = [feed.id for feed in feeds if feed.kind is Kind.TEXT]
    step = timeseries.TRACES_PER_LINE
    lines = {feed_id: LinePlaces(line=order * step + 1, head=order * step + 2) for order, feed_id in enumerate(numbers)}
    return {**lines, **{feed_id: step * len(numbers) + order for order, feed_id in enumerate(words)}}


def by_feed(runs: Iterable[FreshReadings]) -> dict[int, list[Point]]:
    """The readings of a batch by feed, each feed's in the order of time."""
    found: dict[int, list[Point]] = {}
    for run in runs:
        for feed_id, at, value, text in run.rows:
            found.setdefault(feed_id, []).append(Point(at, value, text))
    for points in found.values():
        points.sort(key=lambda point: point.at)
    return found


def grow(figure: Patch, fresh: Mapping[int, Sequence[Point]], growing: Growing) -> None:
    """Write into `figure` what draws the fresh readings of the feeds it shows."""
    for feed_id, points in fresh.items():
        place = growing.places.get(feed_id)
        if place is None:
            continue
        hold, tail = growing.holds.get(feed_id, columns.UNKNOWN_HOLD), growing.tails.get(feed_id)
        if isinstance(place, LinePlaces):
            _grow_line(figure["data"][place.line], figure["data"][place.head], points, hold, tail)
        else:
            _grow_band(figure["data"][place], points, hold, tail)


def _grow_line(trace: Patch, head: Patch, points: Sequence[Point], hold: int, tail: Point | None) -> None:
    after = tail.at if tail else None
    late = [point for point in points if after is not None and point.at <= after]
    if late:
        _put_before(trace, late, hold)
    new = points[len(late) :]
    if new:
        line = columns.raw_line([point.at for point in new], [point.value for point in new], hold, after)
        trace["x"].extend(line.x)
        trace["y"].extend(line.y)
        head["x"] = [columns.milliseconds(new[-1].at)]
        head["y"] = [new[-1].value]


def _put_before(trace: Patch, late: Sequence[Point], hold: int) -> None:
    """Readings that came late, as a line of their own: in view at once, and joined up when the chart is next read."""
    line = columns.raw_line([point.at for point in late], [point.value for point in late], hold)
    line.add(late[-1].at, None)
    for x, y in zip(reversed(line.x), reversed(line.y), strict=True):
        trace["x"].prepend(x)
        trace["y"].prepend(y)


def _grow_band(trace: Patch, points: Sequence[Point], hold: int, tail: Point | None) -> None:
    """The last segment was drawn until `hold` after its word: it is corrected by a difference. Then come new ones."""
    new = [point for point in points if tail is None or point.at > tail.at]
    known = [tail, *new] if tail else new
    band = columns.band([point.at for point in known], [point.text for point in known], hold)
    if tail and new:
        trace["x"][-1] += band.width[0] - columns.milliseconds(hold)
    added = slice(1 if tail else 0, None)
    if band.base[added]:
        trace["base"].extend(band.base[added])
        trace["x"].extend(band.width[added])
        trace["y"].extend([0] * len(band.base[added]))
        trace["text"].extend([plain(word) for word in band.word[added]])
        trace["marker"]["color"].extend([word_colour(word) for word in band.word[added]])


def redraw(figure: Patch, drawn: Mapping[str, Any]) -> None:
    """Write into `figure` the columns of one drawn afresh with the same feeds: its data change, its state stays."""
    for place, trace in enumerate(drawn["data"]):
        for column in ("x", "y", "base", "text", "mode", "visible"):
            if column in trace:
                figure["data"][place][column] = trace[column]
        if trace["type"] == "bar":
            figure["data"][place]["marker"]["color"] = trace["marker"]["color"]


def slide_sparkline(figure: Patch, span: TimeSpan) -> None:
    figure["layout"]["xaxis"]["range"] = sparkline.window(span)


def slide_timeseries(figure: Patch, span: TimeSpan) -> None:
    figure["layout"]["xaxis"]["autorangeoptions"] = timeseries.ends(span)
