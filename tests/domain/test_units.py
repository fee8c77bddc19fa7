"""How numbers are written, and which unit a name suggests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.units import USUAL_UNITS, format_number, usual_unit


class TestFormatNumber:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (0, "0"),
            (-0.0, "0"),
            (21.4, "21.4"),
            (21, "21"),
            (21.456, "21.46"),
            (1013.25, "1013"),
            (-3.14159, "-3.142"),
            (0.001234, "0.001234"),
            (0.99996, "1"),
            (9999.96, "10000"),
            (123456.7, "123457"),
            (9_999_999, "9999999"),
            (10_000_000, "1.000e+07"),
            (0.0001, "0.0001"),
            (0.00009, "9.000e-05"),
            (-1e300, "-1.000e+300"),
        ],
    )
    def test_it_shows_four_significant_digits(self, value, text):
        assert format_number(value) == text

    @pytest.mark.parametrize(
        ("value", "decimals", "text"),
        [
            (21, 1, "21.0"),
            (21.46, 1, "21.5"),
            (-0.04, 1, "0.0"),
            (0, 0, "0"),
            (-0.4, 0, "0"),
            (1e9, 2, "1000000000.00"),
        ],
    )
    def test_a_feed_may_say_how_many_decimals(self, value, decimals, text):
        assert format_number(value, decimals) == text

    @given(st.floats(-1e308, 1e308))
    def test_what_is_written_reads_back_about_the_same(self, value):
        assert float(format_number(value)) == pytest.approx(value, rel=1e-3)

    @given(st.floats(allow_nan=False, allow_infinity=False), st.none() | st.integers(0, 6))
    def test_it_never_writes_minus_zero(self, value, decimals):
        text = format_number(value, decimals)
        assert not (text.startswith("-") and float(text) == 0)


class TestUsualUnit:
    def test_a_name_suggests_its_unit(self):
        assert usual_unit("temperature") == "°C"

    def test_capitals_do_not_matter(self):
        assert usual_unit("Temperature") == "°C"

    def test_an_unknown_name_suggests_none(self):
        assert usual_unit("wobble") is None

    def test_every_unit_fits_its_column(self):
        assert all(name == name.lower() and 0 < len(unit) <= 32 for name, unit in USUAL_UNITS.items())
