"""Numbers and texts as they are written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.spelling import fault_in_text, number_from, spelled


class TestNumberFrom:
    @pytest.mark.parametrize(
        ("text", "value"),
        [("21", 21), ("-21.50", -21.5), ("+.5", 0.5), ("5.", 5), ("1e3", 1000), (" 7\r\n", 7), ("1e400", math.inf)],
    )
    def test_plain_decimal_notation_is_a_number(self, text, value):
        assert number_from(text) == value

    @pytest.mark.parametrize(
        "text", ["", " ", ".", "-", "1e", "nan", "inf", "0x10", "1_000", "21,5", "1 2", "٢١", "21.5 °C", "--1"]
    )
    def test_other_texts_are_none(self, text):
        assert number_from(text) is None

    def test_a_spelling_of_absurd_length_is_none(self):
        assert number_from("1" * 401) is None


class TestSpelled:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (21.0, "21"),
            (21.4, "21.4"),
            (0.0, "0"),
            (-0.0, "0"),
            (-3.0, "-3"),
            (1e15, "1000000000000000.0"),
            (1e22, "1e+22"),
        ],
    )
    def test_whole_numbers_have_no_point(self, value, text):
        assert spelled(value) == text

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_it_reads_back_the_same(self, value):
        assert number_from(spelled(value)) == value


class TestFaultInText:
    @pytest.mark.parametrize("text", ["", "open", "größer 🚪", "a\nb", "x" * 1000])
    def test_usual_texts_have_none(self, text):
        assert fault_in_text(text) is None

    @pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 1001])
    def test_what_no_engine_stores_is_told(self, text):
        assert fault_in_text(text)
