"""What statistics mean: how long words hold, and shares of what is known."""

from __future__ import annotations

import pytest

from domain.statistics import UNKNOWN_HOLD, Share, WordStatistics, hold_us
from domain.timespan import MINUTE, SECOND


class TestHold:
    @pytest.mark.parametrize("latest", [[], [5]])
    def test_of_what_has_no_rhythm_it_is_a_fixed_time(self, latest):
        assert hold_us(latest, None) == UNKNOWN_HOLD

    def test_it_is_three_usual_gaps(self):
        assert hold_us([0, SECOND, 2 * SECOND, 90 * SECOND], None) == 3 * SECOND

    def test_the_order_does_not_matter(self):
        assert hold_us([2 * SECOND, 0, SECOND], None) == hold_us([0, SECOND, 2 * SECOND], None)

    def test_only_the_latest_gaps_count(self):
        seldom = [-each * MINUTE for each in range(1, 30)]
        assert hold_us([*seldom, *(each * SECOND for each in range(21))], None) == 3 * SECOND

    def test_it_is_never_under_three_expected_intervals(self):
        assert hold_us([0, 1, 2], 10.0) == 30 * SECOND


class TestShares:
    def test_they_are_shares_of_what_is_known(self):
        words = WordStatistics(3, 2, (Share("open", 2, 30), Share("shut", 1, 10)), 40)
        assert [words.share(share) for share in words.shares] == [0.75, 0.25]

    def test_where_nothing_is_known_they_are_nothing(self):
        assert WordStatistics(1, 1, (), 0).share(Share("open", 1, 0)) == 0
