from __future__ import annotations

from dashapp.figures import band
from dashapp.figures.palette import word_colour
from domain.timespan import SECOND
from tests.dashapp.shapes import seconds, word_feed, words


class TestBand:
    def test_each_segment_has_its_words_colour_and_label(self):
        trace = band.trace(words(word_feed(), seconds(3, 2, 1), ["open", "closed", "open"]), 3 * SECOND, "y")
        assert trace["text"] == ["open", "closed", "open"]
        assert trace["marker"]["color"] == [word_colour(word) for word in ("open", "closed", "open")]

    def test_a_word_from_a_board_is_not_markup(self):
        trace = band.trace(words(word_feed(), seconds(1), ["<a href='x'>y</a>"]), 3 * SECOND, "y")
        assert "<" not in trace["text"][0]

    def test_a_very_long_word_is_cut(self):
        trace = band.trace(words(word_feed(), seconds(1), ["x" * 5000]), 3 * SECOND, "y")
        assert len(trace["text"][0]) < 100
