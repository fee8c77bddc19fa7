"""Smoothed lines: whatever the readings, they equal the definition applied to each reading by itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.selection import Smooth
from domain.smoothing import Line, smoothed, thinned
from domain.timespan import MINUTE, SECOND
from tests import naive

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, -0.0, 20.1, 1e16, -1e16, 5e-324])
MODEST = st.floats(-1e6, 1e6)
INSTANTS = st.lists(st.integers(-100, 100), unique=True, min_size=1, max_size=40).map(sorted)
WINDOWS = st.integers(1, 250)


@st.composite
def readings(draw, numbers=NUMBERS) -> tuple[list[int], list[float]]:
    at = draw(INSTANTS)
    return at, draw(st.lists(numbers, min_size=len(at), max_size=len(at)))


class TestMean:
    @given(readings(), WINDOWS, st.integers(-110, 110))
    def test_it_is_the_true_mean_to_the_last_bit(self, rows, window, since):
        at, value = rows
        expected = [naive.smoothed_at(list(zip(*rows, strict=True)), t, Smooth.MEAN, window) for t in at if t >= since]
        assert smoothed(at, value, Smooth.MEAN, window, since) == expected

    def test_a_spike_leaves_no_trace_once_it_is_out_of_the_window(self):
        assert smoothed([0, 1, 2, 3], [0.1, 1e300, 0.1, 0.3], Smooth.MEAN, 2, 0)[-1] == 0.2


class TestMedian:
    @given(readings(MODEST), WINDOWS, st.integers(-110, 110))
    def test_it_is_the_middle_one(self, rows, window, since):
        at, value = rows
        pairs = list(zip(*rows, strict=True))
        expected = [naive.smoothed_at(pairs, t, Smooth.MEDIAN, window) for t in at if t >= since]
        assert smoothed(at, value, Smooth.MEDIAN, window, since) == expected

    def test_between_two_great_numbers_it_is_none_greater(self):
        assert smoothed([0, 1], [1.7e308, 1.7e308], Smooth.MEDIAN, 5, 1) == [1.7e308]


class TestRate:
    @given(readings(MODEST), WINDOWS, st.integers(-110, 110))
    def test_it_is_the_last_above_the_first_per_minute(self, rows, window, since):
        at, value = rows
        pairs = list(zip(*rows, strict=True))
        expected = [naive.smoothed_at(pairs, t, Smooth.RATE, window) for t in at if t >= since]
        assert smoothed(at, value, Smooth.RATE, window, since) == expected

    def test_a_quantity_that_grows_by_two_a_second_grows_by_120_a_minute(self):
        at = [second * SECOND for second in range(10)]
        assert smoothed(at, [2.0 * each for each in range(10)], Smooth.RATE, MINUTE, at[-1]) == [120.0]

    def test_one_reading_has_none(self):
        assert smoothed([0], [1.0], Smooth.RATE, MINUTE, 0) == [None]

    def test_a_rate_beyond_numbers_is_none(self):
        assert smoothed([0, 1], [-1e308, 1e308], Smooth.RATE, MINUTE, 1) == [None]


@pytest.mark.parametrize("how", Smooth)
class TestEveryWay:
    def test_nothing_comes_of_nothing(self, how):
        assert smoothed([], [], how, MINUTE, 0) == []

    def test_words_are_passed_over(self, how):
        with_words = smoothed([0, 1, 2, 3], [1.0, None, 5.0, None], how, 10, 0)
        assert with_words[::2] == smoothed([0, 2], [1.0, 5.0], how, 10, 0)
        assert with_words[1::2] == [None, None]

    def test_earlier_readings_fill_windows_and_have_no_point(self, how):
        assert smoothed([0, 1, 2], [1.0, 2.0, 6.0], how, 10, 2) == smoothed([0, 1, 2], [1.0, 2.0, 6.0], how, 10, 0)[2:]

    @given(rows=readings(MODEST))
    def test_a_window_of_one_says_what_the_reading_says(self, how, rows):
        at, value = rows
        expected = [None] * len(at) if how is Smooth.RATE else value
        assert smoothed(at, value, how, 1, at[0]) == expected


class TestZero:
    @pytest.mark.parametrize("how", [Smooth.MEAN, Smooth.MEDIAN])
    def test_zero_is_a_value(self, how):
        assert smoothed([0, 1], [0.0, 4.0], how, 10, 0) == [0.0, 2.0]

    def test_what_does_not_change_has_the_rate_zero(self):
        assert smoothed([0, 1], [4.0, 4.0], Smooth.RATE, 10, 1) == [0.0]


class TestThinned:
    @given(readings(MODEST), st.integers(1, 300))
    def test_the_lowest_and_highest_of_every_stretch_stay(self, rows, width):
        line = thinned(Line(*rows), width)
        for stretch in {at // width for at in rows[0]}:
            known, kept = (
                [value for at, value in zip(at, value, strict=True) if at // width == stretch]
                for at, value in (rows, (line.at, line.value))
            )
            assert (min(kept), max(kept)) == (min(known), max(known))

    @given(readings(MODEST), st.integers(1, 300))
    def test_it_has_few_points_all_of_the_line(self, rows, width):
        line = thinned(Line(*rows), width)
        assert len(line) <= 2 * len({at // width for at in rows[0]}) + 1
        assert set(zip(line.at, line.value, strict=True)) <= set(zip(*rows, strict=True))
        assert line.at == sorted(line.at)
        assert line.at[-1] == rows[0][-1]

    def test_points_without_a_value_may_stay_alone(self):
        assert thinned(Line([0, 1, 2], [None, None, None]), 10) == Line([0, 2], [None, None])

    def test_nothing_stays_nothing(self):
        assert thinned(Line(), 10) == Line()
