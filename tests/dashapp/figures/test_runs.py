from __future__ import annotations

from dashapp.figures import columns, runs
from domain.timespan import SECOND
from tests.dashapp.shapes import seconds, word_feed, words

GAP = 9 * SECOND


class TestInnerReadings:
    def test_three_equal_words_close_together_have_one(self):
        assert runs.has_inner_readings(words(word_feed(), seconds(6, 4, 2), ["a"] * 3), GAP)

    def test_the_ends_of_runs_have_none(self):
        ends = words(word_feed(), seconds(300, 200, 199, 100), ["a", "a", "b", "b"])
        assert not runs.has_inner_readings(ends, GAP)

    def test_one_word_again_after_a_gap_is_no_inner_reading(self):
        ends = words(word_feed(), seconds(300, 200, 100, 50), ["a"] * 4)
        assert not runs.has_inner_readings(ends, GAP)


class TestFilled:
    def test_a_run_is_one_segment_of_the_band(self):
        series = runs.filled(words(word_feed(), seconds(300, 200, 199, 100), ["a", "a", "b", "b"]), GAP)
        band = columns.band(series.at, series.text, columns.hold_us(series, 2.0))
        assert band.word == ["a", "b"]

    def test_two_runs_of_one_word_stay_two(self):
        series = runs.filled(words(word_feed(), seconds(300, 200, 100, 50), ["a"] * 4), GAP)
        band = columns.band(series.at, series.text, columns.hold_us(series, 2.0))
        assert band.word == ["a", "a"]

    def test_a_run_of_one_reading_is_kept(self):
        series = runs.filled(words(word_feed(), seconds(30), ["a"]), GAP)
        assert (series.at, series.text) == (seconds(30), ["a"])
