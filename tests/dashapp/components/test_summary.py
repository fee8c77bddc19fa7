from __future__ import annotations

import pytest

from dashapp.components.summary import Said, change_words, extent, extent_text, said_of, summary, trend_of, trend_props
from domain.readings import Kind, Point
from domain.timespan import MINUTE, SECOND
from domain.trends import Trend
from tests.builders import NOW
from tests.dashapp.shapes import a_look, feed, numbers, overview, seconds, summed

TEMPERATURE = feed(1, unit="°C")


class TestExtent:
    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ([], "–"),
            ([0.0], "0 to 0"),
            ([-3.0, 0.0, 5.0], "-3 to 5"),
            ([24.6, 25.0], "24.6 to 25.0"),
            ([1015.27, 1015.32], "1015.27 to 1015.32"),
            ([1015.02, 1015.15], "1015.02 to 1015.15"),
            ([20.0, 862.25], "20 to 862"),
        ],
    )
    def test_it_has_as_many_digits_as_tell_its_ends_apart(self, values, said):
        series = numbers(feed(), seconds(*range(len(values))), values)
        assert extent_text(series.feed, extent(series)) == said

    def test_of_summaries_it_is_that_of_all_readings(self):
        series = summed(feed(decimals=0), seconds(20, 10), [1, 5], [6, 6], [7, 99])
        assert extent_text(series.feed, extent(series)) == "1 to 99"


class TestSummary:
    def test_a_chart_is_told_in_words(self):
        series = numbers(TEMPERATURE, [NOW - 5 * MINUTE, NOW], [20.5, 23.0])
        shown = overview(series.feed, latest={1: Point(NOW, 23.0, None)})
        wanted = "temperature 23 °C, up 2.5 in 5 minutes, range 20.5 to 23.0."
        assert summary(said_of(a_look(shown, series))) == wanted

    def test_of_the_past_it_tells_what_was_read_last_in_view(self):
        series = numbers(TEMPERATURE, seconds(2), [20.5])
        shown = overview(series.feed, latest={1: Point(NOW + MINUTE, 99.0, None)})
        assert summary(said_of(a_look(shown, series))) == "temperature 20.5 °C, range 20.5 to 20.5."

    def test_a_feed_with_nothing_in_view_says_so(self):
        assert summary([Said(TEMPERATURE)]) == "temperature: nothing in this range."

    def test_a_chart_without_a_feed_says_so(self):
        assert summary([]) == "No feed is shown."

    def test_words_are_said_as_they_are(self):
        door = feed(2, name="door", kind=Kind.TEXT)
        assert summary([Said(door, Point(NOW, None, "closed"))]) == "door closed."


class TestTrend:
    @pytest.mark.parametrize(
        ("trend", "shown", "named", "told"),
        [
            (Trend(20.0, 22.1, 5 * MINUTE), "↑ 0.42 /min", "rising by 0.42 °C per minute", "up 2.1 in 5 minutes"),
            (Trend(20.0, 19.0, 30 * SECOND), "↓ 2 /min", "falling by 2 °C per minute", "down 1 in 30 seconds"),
            (Trend(0.0, 3660.0, 5 * MINUTE), "↑ 732 /min", "rising by 732 °C per minute", "up 3660 in 5 minutes"),
            (Trend(20.0, 20.0, MINUTE), "→ steady", "steady", "steady for 1 minute"),
        ],
    )
    def test_it_is_shown_named_and_told(self, trend, shown, named, told):
        props = trend_props(TEMPERATURE, trend)
        assert (props["children"], props["aria-label"]) == (shown, named)
        assert change_words(TEMPERATURE, trend) == told.replace("1 minute", "60 seconds")

    def test_without_one_nothing_is_shown_and_nothing_named(self):
        assert trend_props(TEMPERATURE, None) == {"children": "", "role": None, "aria-label": None}

    def test_a_value_that_is_not_in_view_has_none(self):
        series = numbers(TEMPERATURE, seconds(2, 1), [1.0, 2.0])
        shown = overview(series.feed, latest={1: Point(NOW + MINUTE, 99.0, None)})
        assert trend_of(a_look(shown, series), series) is None
