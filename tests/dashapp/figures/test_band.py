from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashapp.figures import band
from dashapp.figures.palette import luminance, word_colour
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


class TestManyWords:
    def many(self, count: int) -> dict:
        """A band of so many distinct words, one a second."""
        said = [f"word {number}" for number in range(count)]
        return band.trace(words(word_feed(), seconds(*range(count, 0, -1)), said), 3 * SECOND, "y")

    def test_up_to_twelve_are_told_apart(self):
        assert self.many(band.MOST_WORDS)["text"] == [f"word {number}" for number in range(12)]

    def test_of_more_it_tells_how_many_there_are_and_where_to_read_them(self):
        trace = self.many(37)
        assert trace["text"] == ["37 different words: see Events"]
        assert trace["marker"]["color"] == [band.CROWDED]

    def test_it_covers_the_same_time(self):
        trace, alone = self.many(37), self.many(1)
        assert trace["base"][0] + trace["x"][0] == alone["base"][0] + alone["x"][0]
        assert trace["x"] == [39_000]

    def test_it_ends_where_nothing_came(self):
        said = [f"word {number}" for number in range(20)]
        at = [*seconds(*range(100, 90, -1)), *seconds(*range(10, 0, -1))]
        assert len(band.trace(words(word_feed(), at, said), 3 * SECOND, "y")["text"]) == 2

    def test_white_letters_are_readable_on_it(self):
        assert 1.05 / (luminance(band.CROWDED) + 0.05) >= 4.5

    @given(st.lists(st.sampled_from([None, *map(str, range(20))]), max_size=40))
    def test_it_is_crowded_where_more_than_twelve_distinct_words_are_in_view(self, said):
        known = band.words_in(said)
        assert band.is_crowded(known) == (len(set(said) - {None}) > 12)
        if not band.is_crowded(known):
            assert band.shown(said, known) == said
