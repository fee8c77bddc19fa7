from __future__ import annotations

from dataclasses import replace

import pytest

from dashapp.components.card import Drawn, card_parts, wall_card
from domain.channels import Pulse
from domain.readings import Point
from domain.timespan import MINUTE, SECOND, Window
from domain.trends import Trend
from tests.builders import NOW
from tests.dashapp.shapes import a_channel, as_json, feed, overview, texts, word_feed


def card(*feeds, **more):
    shown = overview(*feeds, **more)
    return as_json(wall_card(Drawn(shown, {}, "v"), Window.MIN_15, NOW))


class TestWallCard:
    def test_it_leads_to_its_channel(self):
        assert card(feed(1))["props"]["href"] == "/channels/7"

    def test_it_shows_three_numbers_and_a_word_and_counts_the_rest(self):
        said = texts(card(*(feed(number, f"f{number}") for number in range(5)), word_feed(8)))
        assert {"f0\n", "f1\n", "f2\n", "door "} <= set(said)
        assert "f3\n" not in said
        assert any("+2 feeds" in text for text in said)

    def test_the_chart_is_told_in_words(self):
        drawn = card(feed(1, title="Kiln", unit="°C"), latest={1: Point(NOW, 0.0, None)})
        figure = next(part for part in drawn["props"]["children"] if part["type"] == "Figure")
        assert figure["props"]["aria-label"] == "Otter kiln, last 15 minutes: Kiln 0 °C"

    def test_a_word_alone_stands_where_numbers_would(self):
        said = texts(card(word_feed(2), latest={2: Point(NOW, None, "open")}))
        assert [text for text in said if text in ("door\n", "open")] == ["door\n", "open"]

    def test_a_channel_without_a_feed_asks_nobody_who_may_not_send(self):
        assert "Copy your code" not in texts(card(pulse=Pulse(None, None)))

    def test_it_leads_those_who_may_connect_a_board_to_the_code(self):
        empty = replace(overview(pulse=Pulse(None, None)), may_contribute=True)
        drawn = as_json(wall_card(Drawn(empty, {}, "v"), Window.MIN_15, NOW))
        assert "Copy your code" in texts(drawn)
        assert drawn["props"]["href"] == "/channels/7/code"

    def test_a_window_in_which_nothing_came_says_so(self):
        said = texts(card(feed(1), pulse=Pulse(NOW - 1000 * SECOND, 1.0)))
        assert "Nothing in the last 15 minutes" in said

    def test_what_is_rehearsed_is_marked(self):
        assert "Rehearsal" in texts(card(feed(1), is_rehearsal=True))[-1]
        assert "Rehearsal" not in texts(card(feed(1)))[-1]


UP = Trend(20.0, 21.5, 5 * MINUTE)
LIVE = Pulse(NOW, 1.0)


def tiles(*feeds, trend=UP, pulse=LIVE):
    """What stands in each tile."""
    channel = a_channel(*feeds)
    parts = as_json(card_parts(channel, {}, pulse, Window.MIN_15, NOW, trend))
    (values,) = (part for part in parts if "lf-values" in part["props"].get("className", ""))
    return [texts(tile) for tile in values["props"]["children"]]


class TestTrend:
    def test_it_stands_beside_the_first_number(self):
        shown = tiles(word_feed(1), feed(2, "kiln", unit="°C"), feed(3, "room"))
        assert shown == [["kiln\n", "–", "°C", "↑ 0.3 /min"], ["room\n", "–", ""]]

    def test_it_is_named_for_those_who_hear_it(self):
        drawn = as_json(card_parts(a_channel(feed(1, unit="°C")), {}, LIVE, Window.MIN_15, NOW, UP))
        assert "rising by 0.3 °C per minute" in str(drawn)

    @pytest.mark.parametrize(
        "pulse",
        [
            Pulse(NOW - 60 * SECOND, 1.0),
            Pulse(NOW - 60 * SECOND, 1.0, refused=2),
            Pulse(NOW, 1.0, is_archived=True),
            Pulse(None, None),
        ],
    )
    def test_it_is_told_of_those_alone_that_speak(self, pulse):
        assert tiles(feed(1), pulse=pulse) == [["temperature\n", "–", ""]]

    def test_it_goes_by_itself_when_the_channel_turns_silent(self):
        drawn = as_json(card_parts(a_channel(feed(1)), {}, Pulse(NOW - 3 * SECOND, 4.0), Window.MIN_15, NOW, UP))
        assert "{'--lf-silent-in': '17.0s'}" in str(drawn)

    def test_words_have_none(self):
        assert tiles(word_feed(1)) == [["door\n", "–", ""]]

    def test_what_is_not_known_is_not_told(self):
        assert tiles(feed(1), trend=None) == [["temperature\n", "–", ""]]
