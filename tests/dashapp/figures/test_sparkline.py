from __future__ import annotations

import plotly.graph_objects as go
import pytest

from dashapp.figures import sparkline
from domain.timespan import SECOND
from tests.dashapp.shapes import SPAN, feed, numbers, seconds, summed, word_feed, words

DEGREES = [feed(number, unit="°") for number in (1, 2)]


def drawn(*series):
    return sparkline.figure(series, {one.feed.id: 3 * SECOND for one in series}, SPAN)


class TestSparkline:
    def test_it_is_a_figure_that_plotly_accepts(self):
        go.Figure(drawn(numbers(feed(1), seconds(1), [1.0]), words(word_feed(2), seconds(1), ["open"])))

    def test_three_lines_and_one_band_are_all_it_shows(self):
        series = [numbers(feed(number), seconds(1), [1.0]) for number in range(1, 6)]
        series += [words(word_feed(number), seconds(1), ["open"]) for number in (8, 9)]
        kinds = [(trace["type"], trace.get("mode")) for trace in drawn(*series)["data"]]
        assert kinds == [("scatter", "lines")] * 3 + [("scatter", "markers")] * 3 + [("bar", None)]

    def test_feeds_of_one_unit_share_a_scale_and_others_do_not(self):
        series = [numbers(one, seconds(1), [1.0]) for one in (*DEGREES, feed(3, unit="hPa"))]
        assert [trace["yaxis"] for trace in drawn(*series)["data"][:3]] == ["y", "y", "y2"]

    def test_the_window_is_the_range_whatever_came(self):
        assert drawn(numbers(feed(), seconds(1), [1.0]))["layout"]["xaxis"]["range"] == [
            SPAN.start / 1000,
            SPAN.end / 1000,
        ]

    def test_an_empty_window_draws_no_point(self):
        figure = drawn(numbers(feed(), [], []), words(word_feed(), [], []))
        assert [trace["x"] for trace in figure["data"]] == [[], [], []]

    def test_the_dot_stands_on_the_newest_reading(self):
        head = drawn(numbers(feed(), seconds(2, 1), [0.5, 0.0]))["data"][1]
        assert (head["x"], head["y"]) == ([seconds(1)[0] / 1000], [0.0])

    def test_a_spike_in_summed_readings_is_drawn(self):
        assert 99 in drawn(summed(feed(), seconds(20, 10), [1, 1], [2, 2], [3, 99]))["data"][0]["y"]

    @pytest.mark.parametrize("part", ["paper_bgcolor", "plot_bgcolor"])
    def test_the_card_shows_through(self, part):
        assert drawn(numbers(feed(), seconds(1), [1.0]))["layout"][part] == "rgba(0,0,0,0)"
