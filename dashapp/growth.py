"""How a drawn chart grows: fresh readings as one Patch of its figure, without a look at what is drawn.

What must be known of the past is each feed's newest reading before the batch (its tail): whether the line goes on or
breaks, and whether a word goes on or changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from dash import Patch

from dashapp.figures import band as bands
from dashapp.figures import columns, mixed, timeseries
from dashapp.figures.clock import Clock
from dashapp.figures.end_labels import Shift
from dashapp.figures.plain import plain
from domain.readings import Feed, FreshReadings, Kind, Point, Word
from domain.statistics import UNKNOWN_HOLD
from domain.timespan import TimeSpan


class LinePlaces(NamedTuple):
    """Where a number feed's line, its head, and the line it is smoothed to stand among the traces."""

    line: int
    head: int
    smooth: int | None = None
    marks: int | None = None
    """Of the words among the numbers."""


Places: TypeAlias = Mapping[int, LinePlaces | int]
"""Feed id → where it is drawn; a word feed has one trace, its band."""


@dataclass(frozen=True, slots=True)
class Growing:
    """What a batch is drawn with: where each feed stands, how long it may be quiet, and what came last before."""

    places: Places
    holds: Mapping[int, int]
    tails: Mapping[int, Point]
    words: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """The distinct words of each band: of very many it tells only that they came."""


def timeseries_places(feeds: Sequence[Feed], overlays: int = 0) -> Places:
    """Where `timeseries.figure` puts them; lines of other channels stand before the bands."""
    numbers = [feed.id for feed in feeds if feed.kind is not Kind.TEXT]
    words = [feed.id for feed in feeds if feed.kind is Kind.TEXT]
    both = [feed.id for feed in feeds if feed.kind is Kind.MIXED]
    bands_from = timeseries.TRACES_PER_LINE * (len(numbers) + overlays)
    marks = {feed_id: bands_from + len(words) + order for order, feed_id in enumerate(both)}
    lines = {feed_id: line_places(order, marks.get(feed_id)) for order, feed_id in enumerate(numbers)}
    return {**lines, **{feed_id: bands_from + order for order, feed_id in enumerate(words)}}


def line_places(order: int, marks: int | None = None) -> LinePlaces:
    """Where the `order`th line's traces stand."""
    first = order * timeseries.TRACES_PER_LINE
    return LinePlaces(line=first + 1, smooth=first + 2, head=first + 3, marks=marks)


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
        hold, tail = growing.holds.get(feed_id, UNKNOWN_HOLD), growing.tails.get(feed_id)
        if isinstance(place, LinePlaces):
            numbers = [point for point in points if point.value is not None]
            _grow_line(figure["data"][place.line], figure["data"][place.head], numbers, hold, tail)
            if place.marks is not None and len(numbers) < len(points):
                _grow_marks(figure["data"][place.marks], points)
        else:
            _grow_band(figure["data"][place], points, Band(hold, tail, growing.words.get(feed_id, frozenset())))


def grow_smooth(trace: Patch, points: Sequence[Point], hold: int, tail: Point | None) -> None:
    """Go on with a smoothed line; its points are where readings are that came in order."""
    new = [point for point in points if tail is None or point.at > tail.at]
    if new:
        instants, smoothed = [point.at for point in new], [point.value for point in new]
        line = columns.raw_line(instants, smoothed, hold, tail.at if tail else None)
        trace["x"].extend(line.x)
        trace["y"].extend(line.y)


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


def name_ends(figure: Patch, places: Places, names: Mapping[int, tuple[str, Shift]]) -> None:
    """Put the names of lines where they touch no other, now that their ends have moved."""
    for feed_id, (name, shift) in names.items():
        place = places.get(feed_id)
        if isinstance(place, LinePlaces):
            head = figure["data"][place.head]
            head["text"], head["textposition"] = [shift.text(name)], shift.position


def _put_before(trace: Patch, late: Sequence[Point], hold: int) -> None:
    """Readings that came late, as a line of their own: in view at once, and joined up when the chart is next read."""
    line = columns.raw_line([point.at for point in late], [point.value for point in late], hold)
    line.add(late[-1].at, None)
    for x, y in zip(reversed(line.x), reversed(line.y), strict=True):
        trace["x"].prepend(x)
        trace["y"].prepend(y)


def _grow_marks(trace: Patch, points: Sequence[Point]) -> None:
    """Marks of the words among these readings; what is labelled is settled when the chart is next read."""
    words = [Word(point.at, point.text) for point in points if point.value is None and point.text is not None]
    new = mixed.columns_of(words, mixed.AS_DRAWN)
    trace["x"].extend(new.x)
    trace["y"].extend(new.y)
    trace["hovertext"].extend(new.hovertext)
    trace["marker"]["color"].extend(new.colour)
    trace["text"].extend([""] * len(words))
    trace["textposition"].extend(["top left"] * len(words))


class Band(NamedTuple):
    """What is known of a band: how long a word holds, its last reading, and the distinct words in view."""

    hold: int
    tail: Point | None
    words: frozenset[str]


def _grow_band(trace: Patch, points: Sequence[Point], drawn: Band) -> None:
    """The last segment was drawn until `hold` after its word: it is corrected by a difference. Then come new ones."""
    hold, tail, in_view = drawn
    new = [point for point in points if tail is None or point.at > tail.at]
    known = [tail, *new] if tail else new
    said = bands.shown([point.text for point in known], in_view)
    band = columns.band([point.at for point in known], said, hold)
    if tail and new:
        trace["x"][-1] += band.width[0] - columns.milliseconds(hold)
    added = slice(1 if tail else 0, None)
    if band.base[added]:
        trace["base"].extend(band.base[added])
        trace["x"].extend(band.width[added])
        trace["y"].extend([0] * len(band.base[added]))
        trace["text"].extend([plain(word) for word in band.word[added]])
        trace["marker"]["color"].extend([bands.colour(word, in_view) for word in band.word[added]])


COLUMNS = ("x", "y", "base", "text", "mode", "visible", "name", "hovertext", "textposition")
OF_HEADS = ("x", "y")


def redraw(figure: Patch, drawn: Mapping[str, Any], after: int = 0, *, is_part: bool = False) -> None:
    """Write into `figure` the columns of one drawn afresh with the same feeds: its data change, its state stays.

    `after`: how many traces of others stand before. `is_part`: lines of other channels are drawn there, too, so that
    where the names of lines stand is not known here.
    """
    for place, trace in enumerate(drawn["data"], start=after):
        for column in OF_HEADS if is_part and trace["uid"].startswith("head-") else COLUMNS:
            if column in trace:
                figure["data"][place][column] = trace[column]
        if isinstance(trace.get("marker", {}).get("color"), list):
            figure["data"][place]["marker"]["color"] = trace["marker"]["color"]
        if "error_y" in trace:
            figure["data"][place]["error_y"]["visible"] = trace["error_y"]["visible"]


def slide_timeseries(figure: Patch, span: TimeSpan, clock: Clock) -> None:
    axis = figure["layout"]["xaxis"]
    axis["autorangeoptions"] = timeseries.ends(span, clock)
    if clock.ticks is not None:
        for name, value in clock.axis().items():
            axis[name] = value


def shifted(points: Mapping[int, Sequence[Point]], by_us: int) -> Mapping[int, Sequence[Point]]:
    """The points where a clock that is so far ahead draws them."""
    if not by_us:
        return points
    return {feed_id: [moved(point, by_us) for point in found] for feed_id, found in points.items()}


def moved(point: Point, by_us: int) -> Point:
    return point._replace(at=point.at + by_us)
