"""How often a channel takes a message."""

from __future__ import annotations

import pytest

from domain.errors import TooFast
from ingest import pace as pace_module
from ingest.pace import Pace


class Clock:
    """Seconds that go on when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock) -> Pace:
    return Pace(clock)


class TestTake:
    def test_the_first_may_come(self, pace):
        assert pace.take(7, 15) is None

    @pytest.mark.parametrize(("later_s", "least_s"), [(15, 15), (20, 15), (0, 0)])
    def test_the_next_may_come_in_time(self, pace, clock, later_s, least_s):
        pace.take(7, least_s)
        clock.now += later_s
        assert pace.take(7, least_s) == 100.0

    def test_one_too_soon_is_told_when_to_come(self, pace, clock):
        pace.take(7, 15)
        clock.now += 5
        with pytest.raises(TooFast) as refused:
            pace.take(7, 15)
        assert refused.value.retry_after_s == 10
        assert refused.value.detail == "The last update came 5.00 s before; this channel takes one in 15 s."

    def test_one_that_was_refused_does_not_count(self, pace, clock):
        pace.take(7, 15)
        clock.now += 14
        with pytest.raises(TooFast):
            pace.take(7, 15)
        clock.now += 1
        pace.take(7, 15)

    def test_each_has_a_clock_of_its_own(self, pace):
        for whose in ((7, False), (7, True), (8, False)):
            assert pace.take(whose, 15) is None


class TestGiveBack:
    def test_one_given_back_does_not_count(self, pace, clock):
        pace.give_back(7, pace.take(7, 15))
        before = pace.take(7, 15)
        clock.now += 15
        pace.give_back(7, pace.take(7, 15))
        assert before is None
        assert pace.take(7, 15) == 100.0


class TestMemory:
    def test_the_one_of_longest_ago_is_forgotten_first(self, pace, monkeypatch):
        monkeypatch.setattr(pace_module, "REMEMBERED", 2)
        for whose in (1, 2, 3):
            pace.take(whose, 15)
        pace.take(1, 15)
        with pytest.raises(TooFast):
            pace.take(3, 15)
