"""A line as the outline of an area, in percent of a box: what the style engine clips a box of the line's colour to.

Readings are kept by columns of ten seconds, each with its smallest and largest number, so no spike is lost however many
there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import hypot

from domain.readings import Point, Series
from domain.timespan import SECOND

COLUMN = 10 * SECOND
"""As long as the shortest stored summaries, so that raw and summed readings make the same columns."""

HALF_STROKE_PX = 0.85
THICKEST_PX = 4.0
"""How far above and below a steep stretch its outline may stand: there a line as thick as elsewhere is taller."""
CAP = 0.2
"""How far a line's ends stand out, in columns: a lone reading is a dot."""

Vertex = tuple[float, float]
"""x in columns, y in pixels from the top."""


@dataclass(slots=True)
class Column:
    """What came in one stretch of ten seconds."""

    low: float
    high: float
    first_at: int
    last_at: int

    def join(self, other: Column) -> None:
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        self.first_at, self.last_at = min(self.first_at, other.first_at), max(self.last_at, other.last_at)


@dataclass(slots=True)
class Columns:
    """One feed's numbers by columns, and the newest of them. A number may be told twice, and in any order."""

    by_place: dict[int, Column] = field(default_factory=dict)
    """By how many columns after the epoch."""
    newest: Point | None = None

    @classmethod
    def of(cls, series: Series) -> Columns:
        columns = cls()
        if not series.bucket_us:
            columns.take(Point(at, value, None) for at, value in zip(series.at, series.value, strict=True))
            return columns
        for at, low, high in zip(series.at, series.low, series.high, strict=True):
            if low is not None and high is not None:
                columns._add(Column(low, high, at, at + series.bucket_us))
        if series.at:
            columns.newest = Point(series.at[-1] + series.bucket_us // 2, series.value[-1], None)
        return columns

    def take(self, points: Iterable[Point]) -> None:
        for point in points:
            if point.value is None:
                continue
            self._add(Column(point.value, point.value, point.at, point.at))
            if self.newest is None or point.at >= self.newest.at:
                self.newest = point

    def since(self, place: int) -> list[tuple[int, Column]]:
        """The columns from that place on, in order; earlier ones are forgotten."""
        known = sorted(self.by_place.items())  # in one go: other threads may add meanwhile
        for gone, _ in known:
            if gone < place:
                self.by_place.pop(gone, None)
        return [(here, column) for here, column in known if here >= place]

    def _add(self, column: Column) -> None:
        place = column.first_at // COLUMN
        if place in self.by_place:
            self.by_place[place].join(column)
        else:
            self.by_place[place] = column


@dataclass(frozen=True, slots=True)
class Scale:
    """Where numbers stand: `top_px` is the largest, `bottom_px` the smallest."""

    low: float
    high: float
    top_px: float
    bottom_px: float

    def y(self, value: float) -> float:
        if self.high == self.low:
            return (self.top_px + self.bottom_px) / 2
        return self.top_px + (self.high - value) / (self.high - self.low) * (self.bottom_px - self.top_px)


@dataclass(frozen=True, slots=True)
class Stop:
    """A column as it is drawn: where, from which height to which."""

    x: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def outline(
    columns: Sequence[tuple[int, Column]], first: int, hold: int, scale: Scale, column_px: float
) -> list[Vertex]:
    """The outline of the line through these columns, broken where nothing came for longer than `hold` µs.

    It goes along the upper side and back along the lower; what lies between two runs is crossed on the same way, which
    encloses nothing. The newest column stands where its last reading is, the others in their middle.
    """
    upper: list[Vertex] = []
    lower: list[Vertex] = []
    for run in _runs(columns, hold):
        stops = [Stop(place - first, scale.y(column.high), scale.y(column.low)) for place, column in run]
        if run[-1][0] == columns[-1][0]:
            place, column = run[-1]
            into = (min(column.last_at, (place + 1) * COLUMN) - place * COLUMN) / COLUMN
            stops[-1] = Stop(round(place - first + into - 0.5, 1), stops[-1].top, stops[-1].bottom)
        ends = (stops[0].x - CAP, stops[0].middle), (stops[-1].x + CAP, stops[-1].middle)
        halves = list(_halves(stops, column_px))
        upper += [ends[0], *((stop.x, stop.top - half) for stop, half in zip(stops, halves, strict=True)), ends[1]]
        lower += [ends[0], *((stop.x, stop.bottom + half) for stop, half in zip(stops, halves, strict=True)), ends[1]]
    return upper + lower[::-1]


def _runs(columns: Sequence[tuple[int, Column]], hold: int) -> list[list[tuple[int, Column]]]:
    runs: list[list[tuple[int, Column]]] = []
    for each in columns:
        if runs and each[1].first_at - runs[-1][-1][1].last_at <= hold:
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs


def _halves(stops: Sequence[Stop], column_px: float) -> Iterator[float]:
    """Half of the line's height at each stop, so that it is about as thick on slopes as it is on the level."""
    slopes = [
        (later.middle - here.middle) / ((later.x - here.x) * column_px) if later.x > here.x else 0.0
        for here, later in pairwise(stops)
    ]
    for before, after in zip([0.0, *slopes], [*slopes, 0.0], strict=True):
        slope = min(abs(before), abs(after)) if before * after > 0 else 0.0
        yield min(HALF_STROKE_PX * hypot(1, slope), THICKEST_PX)
