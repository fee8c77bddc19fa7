"""A line and its area show every reading and nothing across a gap: compared with a naive look at all readings."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dashapp.figures.outline import CAP, COLUMN, FARTHEST_PX, NEAR_PX, UNEVEN_PX, Columns, Ground, Scale, Size, outline
from domain.readings import Point
from domain.timespan import SECOND
from tests.builders import NOW
from tests.dashapp.shapes import feed, numbers, seconds, summed

FIRST = NOW // COLUMN - 89
COLUMN_PX = 4.0
GROUND = Ground(Size(364, 100, line_px=1.6, grain_px=0.5), FIRST, COLUMN_PX)
SCALE = Scale(low=0.0, high=10.0, top_px=0.0, bottom_px=100.0)
ALL = 3600 * SECOND

readings = st.dictionaries(st.integers(-880, 0), st.floats(0, 10), min_size=1, max_size=60)
holds = st.integers(1, 60).map(lambda seconds: seconds * SECOND)


def points(offsets_s):
    return [Point(NOW + offset * SECOND, value, None) for offset, value in offsets_s.items()]


def of(offsets_s):
    columns = Columns()
    columns.take(points(offsets_s))
    return columns


def drawn(offsets_s, hold=3 * SECOND):
    return outline(of(offsets_s), GROUND, hold, SCALE)


def heights_at(vertices, x):
    """Where a vertical line at x crosses the sides."""
    found = []
    for (left, one), (right, other) in pairwise([*vertices, *vertices[:1]]):
        if min(left, right) - 1e-9 <= x <= max(left, right) + 1e-9:
            found += [one, other] if left == right else [one + (other - one) * (x - left) / (right - left)]
    return found


def columns_of(found):
    """Where each column stands, with the heights of its readings."""
    columns = {}
    for point in sorted(points(found)):
        columns.setdefault(point.at // COLUMN, []).append(point)
    newest = max(columns)
    for place, inside in columns.items():
        x = GROUND.x(inside[-1].at) if place == newest else (place - FIRST) * COLUMN_PX
        yield x, [SCALE.y(point.value) for point in inside]


class TestArea:
    @given(readings)
    def test_it_encloses_all_readings_that_stand_out(self, found):
        area = drawn(found, ALL).area
        for x, heights in columns_of(found):
            if max(heights) - min(heights) > UNEVEN_PX:
                assert min(heights_at(area, x)) <= min(heights) + 1e-6
                assert max(heights_at(area, x)) >= max(heights) - 1e-6

    @given(st.lists(st.lists(st.floats(0, 10), min_size=2, max_size=2), min_size=90, max_size=90))
    def test_it_reaches_no_further_than_the_readings_beside_it(self, pairs):
        found = {10 * place - 889 + more: value for place, pair in enumerate(pairs) for more, value in enumerate(pair)}
        columns = list(columns_of(found))
        for x, y in drawn(found, ALL).area:
            near = [height for at, heights in columns if abs(at - x) <= COLUMN_PX + 1e-6 for height in heights]
            assert min(near) - 0.5 <= y <= max(near) + 0.5

    def test_a_lone_column_is_a_lozenge(self):
        start = NOW % COLUMN // SECOND
        (left, _), (_, top), (right, _), _, (_, bottom), _ = drawn({-start - 8: 2.0, -start - 2: 8.0}, ALL).area
        assert round(right - left, 3) == 2 * CAP * COLUMN_PX
        assert (top, bottom) == (20.0, 80.0)

    def test_there_is_none_where_nothing_stands_out(self):
        assert drawn({-100: 1.0, -40: 9.0}).area == []


class TestLine:
    @given(readings)
    def test_it_goes_by_no_reading_that_is_alone(self, found):
        line = drawn(found, ALL).line
        for x, heights in columns_of(found):
            middle, near = (min(heights) + max(heights)) / 2, max(heights) - min(heights)
            if len(heights) == 1 or near <= UNEVEN_PX:
                assert min(heights_at(line, x)) - NEAR_PX - UNEVEN_PX / 2 <= middle
                assert middle <= max(heights_at(line, x)) + NEAR_PX + UNEVEN_PX / 2

    @given(readings)
    def test_it_stands_out_no_further_than_it_is_wide(self, found):
        heights = [y for _, y in drawn(found).line]
        assert min(heights) >= SCALE.y(max(found.values())) - GROUND.size.line_px
        assert max(heights) <= SCALE.y(min(found.values())) + GROUND.size.line_px

    @given(readings, holds)
    def test_it_breaks_where_nothing_came_for_longer_than_the_hold(self, found, hold):
        known = [column for _, column in of(found).since(FIRST)]
        gaps = sum(later.first_at - earlier.last_at > hold for earlier, later in pairwise(known))
        line = drawn(found, hold).line
        assert len(line) - len(set(line)) == 2 * (gaps + 1), "both sides meet at both ends of a run"

    def test_both_sides_go_the_same_way_across_a_gap(self):
        line = drawn({-100: 1.0, -40: 9.0}).line
        half = len(line) // 2
        assert line[2:4] == line[half + 2 : half + 4][::-1]

    def test_a_lone_reading_is_a_dot(self):
        (left, _), (_, top), (right, _), _, (_, bottom), _ = drawn({0: 5.0}).line
        assert (round(right - left, 2), round(bottom - top, 2)) == (2.56, 1.6)

    def test_it_ends_at_the_newest_reading(self):
        x, y = max(drawn({-31: 1.0, -2: 3.0, -1: 8.0}, ALL).line)
        assert (round(x - GROUND.x(NOW - SECOND), 2), y) == (1.28, 20.0)

    def test_as_the_chart_moves_on_what_was_drawn_stays(self):
        columns = of({offset: offset * offset % 7 for offset in range(-880, 0, 3)})
        before = outline(columns, GROUND, ALL, SCALE).line
        after = outline(columns, Ground(GROUND.size, FIRST + 10, COLUMN_PX), ALL, SCALE).line
        known = {(round(x - 10 * COLUMN_PX, 6), round(y, 6)) for x, y in before}
        assert [
            place for place in after if (round(place[0], 6), round(place[1], 6)) not in known and place[0] > 40
        ] == []

    def test_of_constant_readings_it_is_in_the_middle(self):
        assert Scale(0.0, 0.0, 0.0, 100.0).y(0.0) == 50.0

    def test_of_much_noise_few_points_are_left(self):
        noisy = {offset: 5 + offset * offset % 11 / 100 for offset in range(-880, 0)}
        assert len(drawn(noisy, ALL).line) < 60
        assert FARTHEST_PX < 3


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
