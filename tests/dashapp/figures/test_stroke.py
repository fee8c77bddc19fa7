"""A pen of one width: as wide on slopes as on the level, and nowhere far beyond the points it goes through."""

from __future__ import annotations

from math import cos, dist, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.figures.stroke import stroke, thinned

heights = st.lists(st.floats(0, 80), min_size=2, max_size=30)


def steps(ys):
    return [(4.0 * place, y) for place, y in enumerate(ys)]


class TestStroke:
    @pytest.mark.parametrize("degrees", [0, 45, -70, 89])
    def test_it_is_as_wide_on_a_slope(self, degrees):
        way = (10 * cos(radians(degrees)), 10 * sin(radians(degrees)))
        upper, lower = stroke([(0.0, 0.0), way], 2.0)
        assert [round(dist(*pair), 6) for pair in zip(upper[1:-1], lower[1:-1], strict=True)] == [2.0, 2.0]

    @given(heights)
    def test_both_sides_meet_at_both_ends(self, ys):
        upper, lower = stroke(steps(ys), 2.0)
        assert (upper[0], upper[-1]) == (lower[0], lower[-1])
        assert all(y == end for (_, y), end in ((upper[0], ys[0]), (upper[-1], ys[-1])))

    @given(heights)
    def test_no_corner_stands_out_by_more_than_the_width(self, ys):
        upper, lower = stroke(steps(ys), 2.0)
        assert min(y for _, y in upper) >= min(ys) - 2.0 - 1e-6
        assert max(y for _, y in lower) <= max(ys) + 2.0 + 1e-6

    def test_a_peak_is_cut_off_where_it_is(self):
        upper, lower = stroke([(0.0, 80.0), (1.0, 0.0), (2.0, 80.0)], 2.0)
        assert min(y for _, y in upper) > -0.1
        assert min(y for _, y in lower) > 1.0, "what is within the peak is open"


class TestThinned:
    @given(heights, st.floats(0.1, 20))
    def test_no_point_is_passed_by_more_than_its_tolerance(self, ys, tolerance):
        points = steps(ys)
        kept = thinned(points, [tolerance] * len(points))
        for x, y in points:
            after = next(place for place in range(1, len(kept)) if kept[place][0] >= x)
            (left, start), (right, end) = kept[after - 1 : after + 1]
            assert abs(start + (end - start) * (x - left) / (right - left) - y) <= tolerance + 1e-6

    @given(heights)
    def test_the_ends_stay(self, ys):
        kept = thinned(steps(ys), [100.0] * len(ys))
        assert kept == [steps(ys)[0], steps(ys)[-1]]

    def test_of_a_point_there_is_a_point(self):
        assert thinned([(1.0, 2.0)], [1.0]) == [(1.0, 2.0)]
