from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.pairs import Pairs, evenly, least_squares
from tests.builders import NOW
from tests.dashapp.shapes import feed

NUMBERS = st.floats(-1e6, 1e6) | st.integers(-5, 5).map(float) | st.sampled_from([1e15, 1e15 + 1, 1e-9])
COLUMNS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=30)
EXACTNESS = 1e-9


def exactly(across, up) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """Slope and intercept without any rounding, and the sums of squares beside the line's."""
    x, y, n = [Fraction(each) for each in across], [Fraction(each) for each in up], len(across)
    middle_x, middle_y = sum(x, Fraction(0)) / n, sum(y, Fraction(0)) / n
    squares = sum(((each - middle_x) ** 2 for each in x), start=Fraction(0))
    upwards = sum(((each - middle_y) ** 2 for each in y), start=Fraction(0))
    slope = sum(((a - middle_x) * (b - middle_y) for a, b in zip(x, y, strict=True)), start=Fraction(0)) / squares
    return slope, middle_y - slope * middle_x, squares, upwards


def pairs_of(points) -> Pairs:
    at = [NOW + place for place in range(len(points))]
    return Pairs(feed(1, "x"), feed(2, "y"), at, [point[0] for point in points], [point[1] for point in points])


class TestLeastSquares:
    @given(COLUMNS)
    def test_it_equals_the_exact_line(self, points):
        across, up = [point[0] for point in points], [point[1] for point in points]
        found = least_squares(across, up)
        if len(set(across)) == 1:
            assert found is None
            return
        slope, intercept, squares, upwards = exactly(across, up)
        rise, reach = float(upwards / squares) ** 0.5, max(map(abs, across))
        assert found.slope == pytest.approx(float(slope), rel=EXACTNESS, abs=EXACTNESS * rise)
        tolerance = EXACTNESS * (max(map(abs, up)) + rise * reach)
        assert found.intercept == pytest.approx(float(intercept), rel=EXACTNESS, abs=tolerance)
        if upwards:
            r = float(slope) / rise
            assert found.r == pytest.approx(r, abs=1e-8)
        else:
            assert (found.slope, found.r) == (0.0, None)

    @given(COLUMNS)
    def test_r_is_never_beyond_one(self, points):
        found = least_squares([point[0] for point in points], [point[1] for point in points])
        assert found is None or found.r is None or -1 <= found.r <= 1

    def test_a_line_is_found_as_it_is(self):
        found = least_squares([0, 1, 2], [1, 3, 5])
        assert (found.slope, found.intercept, found.r) == (2, 1, pytest.approx(1))

    @pytest.mark.parametrize(("across", "up"), [([], []), ([1.0], [2.0]), ([3.0, 3.0], [1.0, 2.0])])
    def test_no_line_goes_through_less_than_two_places(self, across, up):
        assert least_squares(across, up) is None

    def test_numbers_at_the_end_of_what_floats_hold_do_no_harm(self):
        found = least_squares([-1.7e308, 0.0, 1.7e308], [-1.7e308, 0.0, 1.7e308])
        assert (found.slope, found.r) == (pytest.approx(1), pytest.approx(1))
        assert least_squares([0.0, 5e-324], [0.0, 1e308]) is None


class TestThinned:
    @given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=200), st.integers(5, 40))
    def test_the_outermost_pairs_stay(self, points, most):
        pairs = pairs_of(points)
        few = pairs.thinned(most)
        assert len(few) <= most
        assert few.at == sorted(few.at)
        kept = set(zip(few.at, few.across, few.up, strict=True))
        assert kept <= set(zip(pairs.at, pairs.across, pairs.up, strict=True))
        for column in ("across", "up") if points else ():
            before, after = getattr(pairs, column), getattr(few, column)
            assert (min(before), max(before)) == (min(after), max(after))

    def test_few_stay_as_they_are(self):
        pairs = pairs_of([(1.0, 2.0), (3.0, 4.0)])
        assert pairs.thinned(4) == pairs


class TestEvenly:
    @given(st.integers(0, 500), st.integers(1, 50))
    def test_the_distances_are_all_the_same(self, count, most):
        kept = evenly(count, most)
        assert len(kept) <= max(most, 0)
        assert len({later - earlier for earlier, later in pairwise(kept)}) <= 1
