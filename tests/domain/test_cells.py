"""Words as cells of a table."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import cells

WORDS = st.text() | st.builds(lambda lead, rest: lead + rest, st.text("'=+-@\t\r", max_size=4), st.text())


class TestGuarded:
    @pytest.mark.parametrize("word", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "'=1", "''@x"])
    def test_what_might_be_run_is_led_in(self, word):
        assert cells.guarded(word) == "'" + word

    @pytest.mark.parametrize("word", ["", "open", "1=1", "'tis", "''", " =1"])
    def test_all_else_stays(self, word):
        assert cells.guarded(word) == word

    @given(WORDS)
    def test_it_is_taken_back_exactly(self, word):
        assert cells.unguarded(cells.guarded(word)) == word

    @given(WORDS)
    def test_nothing_guarded_begins_a_formula(self, word):
        assert not cells.guarded(word).startswith(("=", "+", "-", "@", "\t", "\r"))


class TestQuoted:
    def test_an_empty_word_is_not_nothing(self):
        assert cells.quoted("", ",") == '""'

    @given(st.lists(WORDS, min_size=2, max_size=5), st.sampled_from(",;"))
    def test_a_reader_of_csv_gets_the_words_back(self, words, separator):
        line = separator.join(cells.quoted(word, separator) for word in words) + "\r\n"
        assert list(csv.reader(io.StringIO(line, newline=""), delimiter=separator)) == [words]


class TestRow:
    def test_headings_are_guarded_like_all_else(self):
        assert cells.row(["time_utc", "=x [°C]", "a,b"], ",") == 'time_utc,\'=x [°C],"a,b"\r\n'
