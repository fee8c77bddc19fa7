"""The outline of a line encloses every reading and nothing across a gap: compared with a naive look at all readings."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dashapp.figures.outline import CAP, COLUMN, HALF_STROKE_PX, THICKEST_PX, Columns, Scale, outline
from domain.readings import Point
from domain.timespan import SECOND
from tests.builders import NOW
from tests.dashapp.shapes import feed, numbers, seconds, summed

FIRST = NOW // COLUMN - 89
SCALE = Scale(low=0.0, high=10.0, top_px=0.0, bottom_px=100.0)

readings = st.dictionaries(st.integers(-880, 0), st.floats(0, 10), min_size=1, max_size=60)
holds = st.integers(1, 60).map(lambda seconds: seconds * SECOND)


def points(offsets_s):
    return [Point(NOW + offset * SECOND, value, None) for offset, value in offsets_s.items()]


def drawn(columns, hold=3 * SECOND):
    return outline(columns.since(FIRST), FIRST, hold, SCALE, 4.0)


def heights_at(vertices, x):
    return [y for at, y in vertices if abs(at - x) < 1e-9]


def runs(vertices):
    """The closed figures of an outline: how far each reaches, in columns."""
    upper = vertices[: len(vertices) // 2]
    found, start = [], None
    for here, (x, y) in enumerate(upper):
        if start is None:
            start = x
        elif (x, y) == upper[-1] or (upper[here + 1][0] > x and _is_end(vertices, here)):
            found.append((start, x))
            start = None
    return found


def _is_end(vertices, here):
    """Whether upper and lower side meet here."""
    return vertices[here] == vertices[len(vertices) - 1 - here]


class TestOutline:
    @given(readings)
    def test_it_encloses_every_reading(self, found):
        columns = Columns()
        columns.take(points(found))
        vertices = drawn(columns, 3600 * SECOND)
        newest_place = max(point.at for point in points(found)) // COLUMN
        for point in points(found):
            place = point.at // COLUMN
            x = vertices[len(vertices) // 2 - 2][0] if place == newest_place else place - FIRST
            heights = heights_at(vertices, x)
            assert min(heights) <= SCALE.y(point.value) <= max(heights)

    @given(readings)
    def test_it_stands_out_no_further_than_a_line_is_thick(self, found):
        columns = Columns()
        columns.take(points(found))
        low, high = min(found.values()), max(found.values())
        heights = [y for _, y in drawn(columns)]
        assert min(heights) >= SCALE.y(high) - THICKEST_PX
        assert max(heights) <= SCALE.y(low) + THICKEST_PX

    @given(readings, holds)
    def test_it_breaks_where_nothing_came_for_longer_than_the_hold(self, found, hold):
        columns = Columns()
        columns.take(points(found))
        known = [column for _, column in columns.since(FIRST)]
        gaps = sum(later.first_at - earlier.last_at > hold for earlier, later in pairwise(known))
        assert len(runs(drawn(columns, hold))) == gaps + 1

    def test_both_sides_go_the_same_way_across_a_gap(self):
        columns = Columns()
        columns.take(points({-100: 1.0, -40: 9.0}))
        vertices = drawn(columns)
        half = len(vertices) // 2
        assert vertices[2:4] == vertices[half + 2 : half + 4][::-1]

    def test_a_lone_reading_is_a_dot(self):
        columns = Columns()
        columns.take([Point(NOW - NOW % COLUMN - COLUMN // 2, 0.0, None)])
        (left, _), (_, top), (right, _), _, (_, bottom), _ = drawn(columns)
        assert round(right - left, 3) == 2 * CAP
        assert round(bottom - top, 3) == 2 * HALF_STROKE_PX

    def test_of_constant_readings_the_line_is_in_the_middle(self):
        assert Scale(0.0, 0.0, 0.0, 100.0).y(0.0) == 50.0


class TestColumns:
    @given(readings, st.randoms())
    def test_neither_order_nor_repeats_matter(self, found, chance):
        once, twice = Columns(), Columns()
        told = points(found)
        once.take(sorted(told))
        shuffled = told * 2
        chance.shuffle(shuffled)
        twice.take(shuffled)
        assert once.since(FIRST) == twice.since(FIRST)
        assert once.newest == twice.newest

    @given(readings)
    def test_each_holds_the_ends_of_what_came_in_it(self, found):
        columns = Columns()
        columns.take(points(found))
        for place, column in columns.since(FIRST):
            inside = [point for point in points(found) if point.at // COLUMN == place]
            values, instants = [point.value for point in inside], [point.at for point in inside]
            assert (column.low, column.high) == (min(values), max(values))
            assert (column.first_at, column.last_at) == (min(instants), max(instants))

    def test_a_word_among_numbers_is_no_number_and_zero_is_one(self):
        columns = Columns()
        columns.take([Point(NOW, None, "open"), Point(NOW, 0.0, None)])
        assert [(column.low, column.high) for _, column in columns.since(FIRST)] == [(0.0, 0.0)]

    def test_what_has_left_the_view_is_forgotten(self):
        columns = Columns()
        columns.take(points({-2000: 1.0, 0: 2.0}))
        assert len(columns.since(FIRST)) == len(columns.by_place) == 1

    def test_summed_readings_keep_their_spike(self):
        columns = Columns.of(summed(feed(), seconds(20, 10), [1, 1], [2, 2], [3, 99]))
        assert [column.high for _, column in columns.since(FIRST)] == [3, 99]

    def test_raw_and_summed_readings_make_the_same_columns(self):
        start = NOW - NOW % COLUMN - COLUMN
        raw = Columns.of(numbers(feed(), [start, start + 9 * SECOND], [1.0, 5.0]))
        summary = Columns.of(summed(feed(), [start], [1.0], [3.0], [5.0]))
        assert [(place, one.low, one.high) for place, one in raw.since(FIRST)] == [
            (place, one.low, one.high) for place, one in summary.since(FIRST)
        ]
