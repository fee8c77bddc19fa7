from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashapp.figures.palette import DARK, DASHES, LIGHT, Ink, ink, inks, luminance, word_colour
from tests.dashapp.shapes import feed, word_feed

CARDS = ("#FFFFFF", "#171D25")


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


class TestInks:
    def test_six_lines_differ_in_colour_and_the_seventh_in_its_dash(self):
        assert len({ink(order).colour for order in range(6)}) == 6
        assert (ink(6).colour, ink(6).dash) == (ink(0).colour, DASHES[1])

    def test_words_between_them_do_not_change_the_colour_of_numbers(self):
        alone = inks([feed(1), feed(3)])
        among_words = inks([feed(1), word_feed(2), feed(3)])
        assert alone == among_words

    def test_a_colour_its_owner_picked_is_kept(self):
        assert inks([feed(1, colour="#123456")])[1].colour == "#123456"

    def test_every_line_stands_out_from_the_cards_of_its_theme(self):
        for theme, card in zip((LIGHT, DARK), CARDS, strict=True):
            assert min(contrast(colour, card) for colour in theme) >= 3


class TestWordColours:
    def test_the_same_word_has_the_same_colour_every_day(self):
        assert word_colour("open") == "#ac5c46"

    @given(st.text())
    def test_any_word_stands_out_in_both_themes_and_its_label_is_readable_on_it(self, word):
        colour = word_colour(word)
        assert min(contrast(colour, card) for card in CARDS) >= 3
        assert contrast(colour, "#ffffff") >= 4.5


class TestAPickedColour:
    def test_one_of_the_palettes_follows_the_theme(self):
        assert inks([feed(1, colour=LIGHT[2].lower())])[1] == Ink(LIGHT[2], "solid", 2)

    def test_any_other_stays_as_it_is(self):
        assert inks([feed(1, colour="#123456")])[1].slot is None
