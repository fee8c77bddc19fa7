"""Lengths of time, written short."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import lengths
from domain.timespan import DAY, HOUR, MINUTE, SECOND

UNITS = {"µs": 1, "ms": 1_000, "s": SECOND, "min": MINUTE, "h": HOUR, "d": DAY}


class TestShort:
    @pytest.mark.parametrize(
        ("length", "written"),
        [
            (0, "0 µs"),
            (250, "250 µs"),
            (12_500, "12.5 ms"),
            (999_600, "1 s"),
            (SECOND, "1 s"),
            (3 * SECOND + 250_000, "3.25 s"),
            (59_960_000, "1 min"),
            (MINUTE, "1 min"),
            (4 * MINUTE + 5 * SECOND, "4 min 5 s"),
            (HOUR - 1, "1 h"),
            (2 * HOUR + 30 * MINUTE, "2 h 30 min"),
            (DAY - 1, "1 d"),
            (3 * DAY + 4 * HOUR, "3 d 4 h"),
        ],
    )
    def test_it_says_the_two_units_that_say_most(self, length, written):
        assert lengths.short(length) == written

    @given(st.integers(1, 4_000 * DAY))
    def test_it_is_right_to_a_fortieth(self, length):
        words = lengths.short(length).split()
        said = sum(float(count) * UNITS[unit] for count, unit in zip(words[::2], words[1::2], strict=True))
        assert said == pytest.approx(length, rel=0.025)
