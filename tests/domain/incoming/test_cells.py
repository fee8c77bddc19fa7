from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.incoming import cells
from domain.incoming.texts import EMPTY_WORD
from domain.readings import Kind, NewReading


def read(kind: Kind, *written: str, **more) -> list:
    """(value, text) of each cell, None where it is empty, or what is wrong with it."""
    found = cells.column("f", kind, written, **more)
    return [each if each is None or isinstance(each, str) else (each.value, each.text) for each in found]


class TestColumns:
    def test_numbers_alone(self):
        assert read(Kind.NUMBER, "1", "", "-0.5", "1e3") == [(1.0, None), None, (-0.5, None), (1000.0, None)]

    def test_what_is_none_and_what_is_wrong_stand_where_they_stood(self):
        assert read(Kind.NUMBER, "1", "NaN", "x", "1e999") == [
            (1.0, None),
            None,
            '"x" is not a number',
            "the number is too great to be stored",
        ]

    def test_words_are_as_they_are_written(self):
        assert read(Kind.TEXT, "5", "'=1", EMPTY_WORD, "") == [(None, "5"), (None, "=1"), (None, ""), None]

    def test_numbers_and_words(self):
        assert read(Kind.MIXED, "5", "off", "nan") == [(5.0, None), (None, "off"), None]

    def test_decimal_commas_are_for_numbers(self):
        assert read(Kind.NUMBER, "1,5", "1.5", decimal_comma=True) == [(1.5, None), (1.5, None)]
        assert read(Kind.TEXT, "1,5", decimal_comma=True) == [(None, "1,5")]

    @given(st.lists(st.one_of(st.just(""), st.floats(allow_nan=False, allow_infinity=False).map(repr))))
    def test_all_at_once_they_are_what_they_are_one_by_one(self, written):
        one_by_one = [cells.number("f", cell) if cell else None for cell in written]
        assert cells.column("f", Kind.NUMBER, written) == one_by_one


class TestTidyRows:
    @pytest.mark.parametrize(
        ("kind", "value", "text", "reading"),
        [
            (Kind.NUMBER, "21.5", "", (21.5, None)),
            (Kind.NUMBER, "21.5", "21.50", (21.5, "21.50")),
            (Kind.NUMBER, "21.5", "21.5", (21.5, None)),
            (Kind.NUMBER, "", "21.5", (21.5, None)),
            (Kind.TEXT, "5", "", (None, "5")),
            (Kind.TEXT, "", "", (None, "")),
            (Kind.MIXED, "", "5", (None, "5")),
            (Kind.MIXED, "5", "", (5.0, None)),
        ],
    )
    def test_a_value_and_a_word_are_one_reading(self, kind, value, text, reading):
        assert cells.both("f", kind, value, text) == NewReading("f", *reading)

    def test_a_spelling_is_one_of_its_number(self):
        assert cells.both("f", Kind.NUMBER, "21.5", "22") == '"22" is not how "21.5" is written'


class TestNumbers:
    @pytest.mark.parametrize("written", [["1", "x"], ["١"], ["1e999"], ["1_0"], [" 1"], ["--1"], ["1e308"] * 9])
    def test_of_what_needs_a_closer_look_there_are_none(self, written):
        assert cells.numbers_in(written) is None

    @pytest.mark.parametrize(("cell", "is_one"), [("1,5", True), ("1,5,0", False), ("1.000,5", False), ("a,b", False)])
    def test_with_a_decimal_comma(self, cell, is_one):
        assert cells.is_comma_number(cell) is is_one


@pytest.mark.parametrize(("text", "said"), [("x", '"x"'), ("w" * 50, f'"{"w" * 39}…"'), ("a\tb", r"'a\tb'")])
def test_a_cell_in_a_sentence(text, said):
    assert cells.shown(text) in (said, said.replace("'", '"'))
