"""A line and what it varies by, as outlines: what the style engine clips boxes of the line's colour to.

Readings are kept by columns of ten seconds, each with its smallest and largest number, so no spike is lost however many
there are: the line goes through the middle between the two, and a lighter area reaches from one to the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, floor

from dashapp.figures.stroke import Place, Sides, stroke, thinned
from domain.readings import Point, Series
from domain.timespan import SECOND

COLUMN = 10 * SECOND
"""As long as the shortest stored summaries, so that raw and summed readings make the same columns."""

UNEVEN_PX = 1.0
"""A column that reaches further than this stands out from its line: it needs an area."""

NEAR_PX = 0.3
"""How near to a reading its line goes by."""
NEAR_SHARE, FARTHEST_PX = 0.25, 2.0
"""The same of several readings, in shares of how far apart they are, but no further off than so many pixels."""

STRETCH = 10
"""How many columns are looked at together for the points that their line needs."""

CAP = 0.2
"""How far an area's ends stand out, in columns: a lone column is a lozenge."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a chart usually is, and how wide a line in it. It is drawn in shares of that, so in a larger one all is
    larger. `grain_px`: to how much areas are rounded, outwards."""

    width_px: float
    height_px: float
    line_px: float
    grain_px: float


@dataclass(frozen=True, slots=True)
class Outline:
    """In pixels from the top left. `area` is empty where nothing stands out from the line."""

    line: list[Place]
    area: list[Place]


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
    """A column as it is drawn, in pixels: where, from which height to which."""

    x: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def is_uneven(self) -> bool:
        return self.bottom - self.top > UNEVEN_PX

    @property
    def tolerance(self) -> float:
        return min(FARTHEST_PX, max(NEAR_PX, (self.bottom - self.top) * NEAR_SHARE))


@dataclass(frozen=True, slots=True)
class Ground:
    """What lines are drawn on: a chart of that size, the first column in view, and how wide a column is."""

    size: Size
    first: int
    column_px: float

    def x(self, at: int) -> float:
        """Where an instant is; a column's middle is on a whole number of columns."""
        return (at / COLUMN - self.first - 0.5) * self.column_px


def outline(columns: Columns, ground: Ground, hold: int, scale: Scale) -> Outline:
    """The outlines of the line through the columns in view, broken where nothing came for longer than `hold` µs.

    Each goes along its upper side and back along its lower; what lies between two runs is crossed on the same way,
    which encloses nothing. The line ends at the newest reading.
    """
    found = columns.since(ground.first)
    lines: list[Sides] = []
    areas: list[Sides] = []
    for run in _runs(found, hold):
        places, stops = [place for place, _ in run], _stops(run, ground, scale)
        points = [(stop.x, stop.middle) for stop in stops]
        newest = columns.newest
        if newest is not None and newest.value is not None and newest.at // COLUMN == places[-1]:
            points[-1] = ground.x(newest.at), scale.y(newest.value)
            stops[-1] = replace(stops[-1], x=ground.x(min(run[-1][1].last_at, (places[-1] + 1) * COLUMN)))
        lines.append(stroke(_few(places, points, [stop.tolerance for stop in stops]), ground.size.line_px))
        areas += [_area(places[part], stops[part], ground) for part in _uneven(stops)]
    return Outline(_round(lines), _round(areas))


def _stops(run: Sequence[tuple[int, Column]], ground: Ground, scale: Scale) -> list[Stop]:
    return [
        Stop((place - ground.first) * ground.column_px, scale.y(column.high), scale.y(column.low))
        for place, column in run
    ]


def _few(places: Sequence[int], points: Sequence[Place], tolerances: Sequence[float]) -> list[Place]:
    """As few points as the line needs. In each stretch they are chosen for themselves: as the chart moves on, what was
    drawn stays as it was."""
    found: list[Place] = []
    start = 0
    for place in range(1, len(points)):
        if places[place] // STRETCH != places[place - 1] // STRETCH or place == len(points) - 1:
            found = [*found[:-1], *thinned(points[start : place + 1], tolerances[start : place + 1])]
            start = place
    return found or list(points)


def _uneven(stops: Sequence[Stop]) -> list[slice]:
    """The parts of a run that stand out from its line, each with the stop before it and the one after."""
    parts: list[slice] = []
    for here, stop in enumerate(stops):
        if stop.is_uneven and parts and here <= parts[-1].stop:
            parts[-1] = slice(parts[-1].start, here + 2)
        elif stop.is_uneven:
            parts.append(slice(max(0, here - 1), here + 2))
    return parts


def _area(places: Sequence[int], stops: Sequence[Stop], ground: Ground) -> Sides:
    """From the smallest to the largest. A column between two others is left out, where those can make room for it."""
    xs = [stop.x for stop in stops]
    odd = [
        here
        for here in range(1, len(stops) - 2)  # the newest column does not stand in its middle
        if places[here] % 2 and places[here + 1] - places[here - 1] == 2 and stops[here].is_uneven
    ]
    cap_px, grain_px = CAP * ground.column_px, ground.size.grain_px
    left, right = (xs[0] - cap_px, stops[0].middle), (xs[-1] + cap_px, stops[-1].middle)
    upper = [floor(y / grain_px) * grain_px for y in _around([stop.top for stop in stops], odd)]
    lower = [ceil(-y / grain_px) * grain_px for y in _around([-stop.bottom for stop in stops], odd)]
    kept = sorted({*range(len(stops))} - {*odd})
    sides = [_bends([(xs[here], side[here]) for here in kept]) for side in (upper, lower)]
    return [left, *sides[0], right], [left, *sides[1], right]


def _around(heights: list[float], left_out: Sequence[int]) -> list[float]:
    """The same upper side, raised on both sides of what is left out, so far that it does not go by below it, and no
    further up than that."""
    for here in left_out:
        wanted, before, after = heights[here], heights[here - 1], heights[here + 1]
        heights[here - 1] = min(before, max(wanted, 2 * wanted - after))
        heights[here + 1] = min(after, max(wanted, 2 * wanted - before))
    return heights


def _bends(side: Sequence[Place]) -> list[Place]:
    """The side without what lies between two places of the same height."""
    last = len(side) - 1
    return [
        place
        for here, place in enumerate(side)
        if here in (0, last) or not side[here - 1][1] == place[1] == side[here + 1][1]
    ]


def _round(runs: Sequence[Sides]) -> list[Place]:
    """One figure of several: there along all upper sides, back along the lower."""
    upper = [place for side, _ in runs for place in side]
    return upper + [place for _, side in reversed(runs) for place in reversed(side)]


def _runs(columns: Sequence[tuple[int, Column]], hold: int) -> list[list[tuple[int, Column]]]:
    runs: list[list[tuple[int, Column]]] = []
    for each in columns:
        if runs and each[1].first_at - runs[-1][-1][1].last_at <= hold:
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs
