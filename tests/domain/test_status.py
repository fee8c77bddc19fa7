"""The status word: its rules, one row each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.channels import Pulse
from domain.status import Status, age_s, interval_s, late_for_s, live_for_s, status_of
from domain.timespan import SECOND
from tests.builders import NOW


def heard(seconds_ago: float | None, every_s: float | None = 15, refused: int = 0) -> Pulse:
    last = None if seconds_ago is None else NOW - round(seconds_ago * SECOND)
    return Pulse(last_received_at=last, interval_s=every_s, refused=refused)


class TestStatusOf:
    @pytest.mark.parametrize(
        ("pulse", "word"),
        [
            (heard(None), Status.NEVER),
            (heard(None, refused=1), Status.REFUSED),
            (heard(0), Status.LIVE),
            (heard(29.999), Status.LIVE),
            (heard(30), Status.LATE),
            (heard(74.999), Status.LATE),
            (heard(75), Status.SILENT),
            (heard(29.999, refused=9), Status.LIVE),
            (heard(30, refused=1), Status.REFUSED),
            (heard(80_000, refused=1), Status.REFUSED),
            (heard(4.999, every_s=0.1), Status.LIVE),
            (heard(5, every_s=0.1), Status.LATE),
            (heard(12.499, every_s=0.1), Status.LATE),
            (heard(12.5, every_s=0.1), Status.SILENT),
            (heard(119.999, every_s=None), Status.LIVE),
            (heard(120, every_s=None), Status.LATE),
            (heard(300, every_s=None), Status.SILENT),
            (heard(0, every_s=0), Status.LIVE),
        ],
    )
    def test_the_word_follows_the_age(self, pulse, word):
        assert status_of(pulse, NOW) is word

    @pytest.mark.parametrize("pulse", [heard(None), heard(0), heard(80_000, refused=1)])
    def test_an_archived_channel_is_that_whatever_else_it_is(self, pulse):
        assert status_of(replace(pulse, is_archived=True), NOW) is Status.ARCHIVED

    def test_a_clock_that_went_back_makes_no_negative_age(self):
        pulse = heard(-10)
        assert age_s(pulse, NOW) == 0
        assert status_of(pulse, NOW) is Status.LIVE

    def test_a_channel_never_heard_has_no_age(self):
        assert age_s(heard(None), NOW) == 0

    def test_late_always_comes_between_live_and_silent(self):
        for every_s in (None, 0.01, 1, 2.5, 15, 3600):
            assert live_for_s(heard(0, every_s)) < late_for_s(heard(0, every_s))

    def test_an_unknown_rhythm_is_a_minute(self):
        assert interval_s(heard(0, None)) == 60
