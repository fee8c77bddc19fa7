"""Where a feed is heading, compared with a naive look at all its numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.timespan import MINUTE, SECOND
from domain.trends import OVER, Lately, Trend, length_about

VALUES = st.none() | st.just(0.0) | st.floats(-1e6, 1e6)
POINTS = st.dictionaries(st.integers(0, 20).map(lambda tick: tick * MINUTE), VALUES).map(
    lambda found: sorted(found.items())
)


def numbers(points):
    return [(at, value) for at, value in points if value is not None]


class TestLately:
    @given(POINTS)
    def test_it_is_the_change_from_the_first_number_of_the_last_minutes(self, points):
        known = numbers(points)
        near = [(at, value) for at, value in known if at >= known[-1][0] - OVER]
        wanted = Trend(near[0][1], near[-1][1], near[-1][0] - near[0][0]) if len(near) > 1 else None
        assert Lately(points).trend(0) == wanted

    @given(POINTS, st.integers(0, 20))
    def test_what_comes_in_pieces_is_what_comes_at_once(self, points, cut):
        grown = Lately(points[:cut])
        grown.add(points[cut:])
        assert grown.trend(0) == Lately(points).trend(0)

    @pytest.mark.parametrize("points", [[], [(0, 1.0)], [(0, None), (SECOND, 1.0)], [(0, 1.0), (OVER + 1, 2.0)]])
    def test_of_too_little_there_is_none(self, points):
        assert Lately(points).trend(0) is None

    def test_what_came_late_is_passed_over(self):
        lately = Lately([(SECOND, 1.0), (3 * SECOND, 3.0)])
        lately.add([(2 * SECOND, 99.0)])
        assert lately.trend(0) == Trend(1.0, 3.0, 2 * SECOND)

    def test_of_an_old_reading_there_is_none(self):
        assert Lately([(0, 1.0), (SECOND, 2.0)]).trend(since=2 * SECOND) is None

    def test_of_means_of_long_stretches_it_looks_back_to_the_one_before(self):
        hour = 60 * MINUTE
        assert Lately([(0, 1.0), (hour, 2.0), (2 * hour, 4.0)], hour).trend(0) == Trend(2.0, 4.0, hour)

    def test_numbers_too_far_apart_to_be_told_have_none(self):
        assert Lately([(0, -1.7e308), (SECOND, 1.7e308)]).trend(0) is None


class TestTrend:
    def test_its_rate_is_per_minute(self):
        assert Trend(20.0, 22.0, 5 * MINUTE).per_minute == pytest.approx(0.4)

    @pytest.mark.parametrize(
        ("before", "now", "decimals", "is_steady"),
        [
            (20.0, 20.04, 1, True),
            (20.0, 20.06, 1, False),
            (1013.1, 1013.4, None, True),
            (20.0, 20.01, None, False),
            (0.0, 0.0, None, True),
            (0.0, 0.001, None, False),
        ],
    )
    def test_it_is_steady_where_the_change_rounds_to_nothing(self, before, now, decimals, is_steady):
        assert Trend(before, now, MINUTE).is_steady(decimals) is is_steady


@pytest.mark.parametrize(
    ("over", "words"),
    [(1, "1 second"), (40 * SECOND, "40 seconds"), (294 * SECOND, "5 minutes"), (90 * SECOND, "2 minutes")],
)
def test_a_length_is_told_roundly(over, words):
    assert length_about(over) == words
