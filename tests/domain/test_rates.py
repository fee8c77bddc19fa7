"""The words of a rate."""

from __future__ import annotations

import pytest

from domain.rates import parse_rate


class TestParseRate:
    @pytest.mark.parametrize(
        ("text", "per_s", "burst"),
        [
            ("10/s", 10, 100),
            ("600/m", 10, 100),
            ("600/min", 10, 100),
            ("36000/h", 10, 100),
            (" 10 / S  Burst 50 ", 10, 50),
            ("0.5/s", 0.5, 5),
            ("1/h", 1 / 3600, 1),
        ],
    )
    def test_it_reads_rate_and_burst(self, text, per_s, burst):
        rate = parse_rate(text)
        assert (rate.per_s, rate.burst) == (pytest.approx(per_s), pytest.approx(burst))

    def test_off_is_no_limit(self):
        assert parse_rate(" Off ") is None

    @pytest.mark.parametrize(
        "text", ["", "10", "10/d", "-1/s", "ten/s", "10/s burst", "10/s burst x", "0/s", "5/s burst 0"]
    )
    def test_others_are_refused_with_an_example(self, text):
        with pytest.raises(ValueError, match="write"):
            parse_rate(text)
