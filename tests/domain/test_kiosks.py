from __future__ import annotations

import pytest

from domain.kiosks import LONGEST_TURN_S, SHORTEST_TURN_S, USUAL_TURN_S, Lasting, Screen
from domain.wall_selection import WallSelection


class TestScreen:
    @pytest.mark.parametrize(
        ("written", "turn_s"),
        [
            ("20", 20),
            ("0", 0),
            ("1", SHORTEST_TURN_S),
            ("999999999", LONGEST_TURN_S),
            ("", USUAL_TURN_S),
            ("-5", USUAL_TURN_S),
            ("fast", USUAL_TURN_S),
            ("٣", USUAL_TURN_S),
        ],
    )
    def test_it_turns_at_a_pace_that_can_be_read(self, written, turn_s):
        assert Screen.parse(f"?rotate={written}").turn_s == turn_s

    def test_it_shows_what_the_wall_would_from_the_first_page_on(self):
        screen = Screen.parse("?kiosk=1&rotate=30&course=3&tag=kiln&page=4")
        assert screen == Screen(30, WallSelection(course_id=3, tag="kiln"))

    @pytest.mark.parametrize("query", ["?rotate=20", "?rotate=0&course=3", "?rotate=30&show=attention&q=otter%20kiln"])
    def test_a_query_says_it_again(self, query):
        assert Screen.parse(query).query == query

    @pytest.mark.parametrize("query", [None, "", "?", "?&&==", "?rotate"])
    def test_nonsense_is_the_usual(self, query):
        assert Screen.parse(query) == Screen()


def test_without_a_word_a_link_lasts_a_term():
    assert Lasting.from_word("for ever") is Lasting.MONTHS_4
