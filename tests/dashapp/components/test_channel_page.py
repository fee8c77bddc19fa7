from __future__ import annotations

import pytest

from dashapp.components.channel_page import Drawn, chart, extent_text, heading, summary, waits_for_first
from dashapp.figures import timeseries
from domain.channels import Pulse, Visibility
from domain.readings import Point
from domain.timespan import HOUR, Window
from tests.builders import NOW
from tests.dashapp.shapes import SPAN, as_json, feed, numbers, overview, seconds, summed, texts


class TestExtent:
    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ([], "–"),
            ([0.0], "0 to 0"),
            ([-3.0, 0.0, 5.0], "-3.0 to 5.0"),
            ([1015.02, 1015.15], "1015.02 to 1015.15"),
            ([20.0, 862.25], "20 to 862"),
        ],
    )
    def test_it_has_as_many_digits_as_tell_its_ends_apart(self, values, said):
        assert extent_text(numbers(feed(), seconds(*range(len(values))), values)) == said

    def test_of_summaries_it_is_that_of_all_readings(self):
        assert extent_text(summed(feed(decimals=0), seconds(20, 10), [1, 5], [6, 6], [7, 99])) == "1 to 99"


def test_the_chart_is_told_in_words():
    series = (numbers(feed(1, unit="°C"), seconds(2, 1), [20.5, 23.0]),)
    shown = overview(series[0].feed, latest={1: Point(NOW, 23.0, None)})
    drawn = Drawn(shown, series, timeseries.figure(series, {1: 1}, SPAN), (), Window.MIN_15, "v")
    assert summary(drawn) == "temperature 23 °C, range 20.5 to 23.0."


def test_an_empty_chart_tells_the_time_of_the_newest_reading_not_of_its_arrival():
    series = (numbers(feed(1), [], []),)
    shown = overview(series[0].feed, latest={1: Point(NOW - 2 * HOUR, 23.0, None)}, pulse=Pulse(NOW, None))
    drawn = Drawn(shown, series, timeseries.figure(series, {1: 1}, SPAN), (), Window.MIN_15, "v")
    said = texts(as_json(chart(drawn)))
    assert "Nothing in the last 15 minutes. The newest reading is of 20 Nov 08:00:00.00 UTC." in said


def test_a_heading_says_who_may_see_the_channel():
    assert "Members" in texts(as_json(heading(overview(feed(), visibility=Visibility.MEMBERS), "v", NOW)))


@pytest.mark.parametrize(
    ("shown", "waits"),
    [
        (overview(feed()), False),
        (overview(feed(), pulse=Pulse(None, None)), True),
        (overview(), True),
    ],
)
def test_a_channel_waits_while_nothing_was_received(shown, waits):
    assert waits_for_first(shown) is waits
