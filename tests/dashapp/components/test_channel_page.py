from __future__ import annotations

import pytest

from dashapp.components.channel_page import (
    Drawn,
    chart,
    heading,
    resolution_words,
    waits_for_first,
)
from dashapp.figures import timeseries
from dashapp.figures.timeseries import Drawing
from domain.channels import Pulse, Visibility
from domain.readings import Point
from domain.timespan import HOUR
from domain.zones import zone_named
from tests.builders import NOW
from tests.dashapp.shapes import SPAN, UTC_CLOCK, a_look, as_json, feed, numbers, overview, seconds, summed, texts


class TestResolution:
    def test_few_readings_are_all_drawn(self):
        assert resolution_words(a_look(overview(feed()), numbers(feed(), seconds(1), [0.0]))).startswith(
            "Every reading"
        )

    def test_of_summaries_it_says_their_width(self):
        said = resolution_words(a_look(overview(feed()), summed(feed(), seconds(20), [1], [2], [3])))
        assert said.startswith("Means of 10 seconds")


def test_an_empty_chart_tells_the_time_of_the_newest_reading_not_of_its_arrival():
    series = numbers(feed(1), [], [])
    shown = overview(series.feed, latest={1: Point(NOW - 2 * HOUR, 23.0, None)}, pulse=Pulse(NOW, None))
    figure = timeseries.figure(Drawing((series,), {1: 1}, SPAN, UTC_CLOCK))
    said = texts(as_json(chart(Drawn(a_look(shown, series), figure, zone_named("Europe/Berlin"), "v"))))
    assert "Nothing in this range. The newest reading is of 20 Nov 2026, 09:00." in said


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
