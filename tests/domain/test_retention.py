"""How long readings are kept: which numbers of days may be set, and what is too old."""

from __future__ import annotations

import pytest

from domain.retention import GRACE, begins_at, horizon, keeping_fault, kept_in_words
from domain.timespan import DAY, HOUR
from tests.builders import NOW

MIDNIGHT = NOW - NOW % DAY


class TestKeepingFault:
    @pytest.mark.parametrize("days", [None, 1, 30, 3660])
    def test_these_may_be_set(self, days):
        assert keeping_fault(days) is None

    @pytest.mark.parametrize("days", [0, -1, 3661])
    def test_others_may_not(self, days):
        assert "for ever" in keeping_fault(days)


class TestHorizon:
    @pytest.mark.parametrize("passed", [0, 1, 14 * HOUR, DAY - 1])
    def test_it_moves_by_whole_days(self, passed):
        assert horizon(7, MIDNIGHT + passed) == MIDNIGHT - 7 * DAY


class TestBeginsAt:
    @pytest.mark.parametrize(("before", "days"), [(None, 30), (30, 29)])
    def test_a_shorter_time_counts_a_day_later(self, before, days):
        assert begins_at(before, days, NOW, None) == NOW + GRACE

    def test_a_longer_one_counts_as_before(self):
        assert begins_at(30, 60, NOW, NOW - DAY) == NOW - DAY

    def test_for_ever_never_begins(self):
        assert begins_at(30, None, NOW, NOW - DAY) is None


@pytest.mark.parametrize(("days", "words"), [(None, "for ever"), (1, "for 1 day"), (30, "for 30 days")])
def test_it_is_said_in_words(days, words):
    assert kept_in_words(days) == words
