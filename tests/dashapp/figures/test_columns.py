from __future__ import annotations

from dashapp.figures import columns
from dashapp.figures.columns import milliseconds
from domain.statistics import UNKNOWN_HOLD
from domain.timespan import SECOND
from tests.dashapp.shapes import feed, numbers, seconds, summed, word_feed, words

HOLD = 3 * SECOND


class TestRawLine:
    def test_zero_is_a_value(self):
        assert columns.raw_line(seconds(2, 1), [0.0, 0.0], HOLD).y == [0.0, 0.0]

    def test_a_gap_is_not_bridged(self):
        assert columns.raw_line(seconds(9, 2, 1), [1.0, 2.0, 3.0], HOLD).y == [1.0, None, 2.0, 3.0]

    def test_just_three_intervals_are_no_gap(self):
        assert None not in columns.raw_line(seconds(4, 1), [1.0, 2.0], HOLD).y

    def test_no_reading_draws_nothing(self):
        assert columns.raw_line([], [], HOLD) == columns.Line()

    def test_instants_are_milliseconds_to_the_microsecond(self):
        assert columns.raw_line([1_700_000_000_123_456], [1.0], HOLD).x == [1_700_000_000_123.456]

    def test_it_goes_on_from_the_reading_before_unless_that_was_too_long_ago(self):
        near, far = seconds(3, 20)
        assert columns.raw_line(seconds(1), [1.0], HOLD, after=near).y == [1.0]
        assert columns.raw_line(seconds(1), [1.0], HOLD, after=far).y == [None, 1.0]


class TestEnvelope:
    def test_it_is_an_area_for_each_run_without_a_gap(self):
        series = summed(feed(), seconds(80, 70, 10), low=[1, 2, 3], mean=[2, 3, 4], high=[5, 6, 7])
        assert columns.envelope(series, HOLD).y == [5, 6, 2, 1, None, 7, 3, None]


class TestBand:
    def test_equal_neighbours_are_one_segment(self):
        band = columns.band(seconds(4, 3, 2), ["open", "open", "closed"], HOLD)
        assert band.word == ["open", "closed"]
        assert band.base == [milliseconds(at) for at in seconds(4, 2)]

    def test_a_word_holds_until_the_next_but_not_through_silence(self):
        band = columns.band(seconds(20, 2), ["open", "open"], HOLD)
        assert band.width == [3000.0, 3000.0]

    def test_no_word_draws_nothing(self):
        assert columns.band([], [], HOLD) == columns.Band()

    def test_a_number_among_words_is_passed_over(self):
        assert columns.band(seconds(2, 1), [None, "open"], HOLD).word == ["open"]


class TestHold:
    def test_it_is_three_of_the_feeds_own_intervals(self):
        assert columns.hold_us(numbers(feed(), seconds(30, 20, 10), [1, 2, 3]), 1.0) == 30 * SECOND

    def test_a_burst_does_not_make_the_rest_look_broken(self):
        assert columns.hold_us(numbers(feed(), seconds(0.3, 0.2, 0.1), [1, 2, 3]), 5.0) == 15 * SECOND

    def test_only_the_last_gaps_count(self):
        at = seconds(*range(500, 100, -20), *range(40, 0, -1))
        assert columns.hold_us(numbers(feed(), at, [1] * len(at)), None) == 3 * SECOND

    def test_nothing_known_holds_a_few_minutes(self):
        assert columns.hold_us(words(word_feed(), [], []), None) == UNKNOWN_HOLD
