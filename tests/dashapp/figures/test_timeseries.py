from __future__ import annotations

from itertools import pairwise

import plotly.graph_objects as go
import pytest

from dashapp.figures import timeseries
from domain.timespan import SECOND
from tests.dashapp.shapes import SPAN, feed, numbers, seconds, summed, word_feed, words

TEMPERATURE, PITCH, ROLL = feed(1, unit="°C"), feed(2, "pitch", unit="°"), feed(3, "roll", unit="°")
DOOR = word_feed(4)
SERIES = (
    numbers(TEMPERATURE, seconds(2, 1), [20.0, 21.0]),
    numbers(PITCH, seconds(2, 1), [1.0, 2.0]),
    words(DOOR, seconds(2, 1), ["open", "closed"]),
    numbers(ROLL, seconds(2, 1), [3.0, 4.0]),
)


def drawn(*series):
    return timeseries.figure(series, {one.feed.id: 3 * SECOND for one in series}, SPAN)


def named(figure, name):
    return next(trace for trace in figure["data"] if trace.get("name") == name)


class TestPanels:
    def test_there_is_one_a_unit_and_words_come_last(self):
        panels = timeseries.panels([one.feed for one in SERIES])
        assert [tuple(feed.name for feed in panel.feeds) for panel in panels] == [
            ("temperature",),
            ("pitch", "roll"),
            ("door",),
        ]

    def test_they_do_not_overlap(self):
        layout = drawn(*SERIES)["layout"]
        domains = [layout[name]["domain"] for name in ("yaxis", "yaxis2", "yaxis3")]
        assert all(upper[0] > lower[1] for upper, lower in pairwise(domains))

    def test_a_panel_is_named_with_its_unit(self):
        assert [title["text"] for title in drawn(*SERIES)["layout"]["annotations"]] == [
            "temperature  ·  °C",
            "pitch, roll  ·  °",
            "door",
        ]

    def test_no_feed_is_still_a_chart(self):
        go.Figure(drawn())


class TestTimeseries:
    def test_it_is_a_figure_that_plotly_accepts(self):
        go.Figure(drawn(*SERIES))

    def test_all_traces_share_the_time_axis_and_one_tooltip(self):
        figure = drawn(*SERIES)
        assert {trace.get("xaxis", "x") for trace in figure["data"]} == {"x"}
        assert (figure["layout"]["hovermode"], figure["layout"]["hoversubplots"]) == ("x unified", "axis")

    def test_lines_are_named_at_their_right_end(self):
        heads = [trace for trace in drawn(*SERIES)["data"] if trace.get("uid", "").startswith("head-")]
        assert [(head["text"], head["y"]) for head in heads] == [
            ([""], [21.0]),
            (["pitch"], [2.0]),
            (["roll"], [4.0]),
        ]

    @pytest.mark.parametrize(("readings", "has_dot"), [(1, True), (timeseries.MARKED_UP_TO + 1, False)])
    def test_a_line_alone_has_a_dot_at_its_end_while_it_is_short(self, readings, has_dot):
        temperature = numbers(feed(), seconds(*range(readings, 0, -1)), [1.0] * readings)
        assert drawn(temperature)["data"][2]["visible"] is has_dot

    def test_labels_of_one_panel_are_apart(self):
        places = {
            trace["text"][0]: trace["textposition"]
            for trace in drawn(*SERIES)["data"]
            if "textposition" in trace and trace["type"] == "scatter"
        }
        assert (places["roll"], places["pitch"]) == ("top left", "bottom left")

    def test_the_envelope_is_drawn_from_summaries_only(self):
        assert drawn(*SERIES)["data"][0]["x"] == []
        assert 99 in drawn(summed(TEMPERATURE, seconds(20, 10), [1, 1], [2, 2], [3, 99]))["data"][0]["y"]

    def test_the_line_through_summaries_is_the_mean(self):
        assert named(drawn(summed(TEMPERATURE, seconds(20, 10), [1, 1], [2, 3], [3, 99])), "temperature")["y"] == [2, 3]

    def test_which_traces_there_are_depends_on_the_feeds_alone(self):
        empty = drawn(*(type(one)(one.feed) for one in SERIES))
        assert [trace["uid"] for trace in empty["data"]] == [trace["uid"] for trace in drawn(*SERIES)["data"]]

    def test_a_name_is_text_and_not_markup(self):
        figure = drawn(numbers(feed(1, title="<b>&</b>"), seconds(1), [1.0]))
        assert figure["data"][1]["name"] == "&lt;b&gt;&amp;&lt;/b&gt;"

    def test_what_a_reader_zoomed_to_survives_new_data(self):
        earlier, later = drawn(*SERIES)["layout"], drawn(*SERIES)["layout"]
        assert earlier["uirevision"] == later["uirevision"]
        assert earlier["xaxis"]["autorange"] is True
