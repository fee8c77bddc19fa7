from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

import plotly.graph_objects as go
import pytest

from dashapp.figures import timeseries
from dashapp.figures.clock import clock_of
from dashapp.figures.timeseries import Drawing
from domain.selection import Smooth, Smoothing
from domain.smoothing import Line
from domain.timespan import HOUR, MINUTE, SECOND
from domain.zones import zone_named
from tests.dashapp.shapes import SPAN, UTC_CLOCK, feed, numbers, seconds, summed, word_feed, words

TEMPERATURE, PITCH, ROLL = feed(1, unit="°C"), feed(2, "pitch", unit="°"), feed(3, "roll", unit="°")
DOOR = word_feed(4)
SERIES = (
    numbers(TEMPERATURE, seconds(2, 1), [20.0, 21.0]),
    numbers(PITCH, seconds(2, 1), [1.0, 2.0]),
    words(DOOR, seconds(2, 1), ["open", "closed"]),
    numbers(ROLL, seconds(2, 1), [3.0, 4.0]),
)


MEAN, RATE = (Smoothing(how, MINUTE) for how in (Smooth.MEAN, Smooth.RATE))


def drawn(*series, clock=UTC_CLOCK, **more):
    return timeseries.figure(Drawing(series, {one.feed.id: 3 * SECOND for one in series}, SPAN, clock, **more))


def named(figure, name):
    return next(trace for trace in figure["data"] if trace.get("name") == name)


class TestPanels:
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
        assert drawn(temperature)["data"][3]["visible"] is has_dot

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

    def test_another_revision_ends_it(self):
        revisions = [drawn(*SERIES, revision=each)["layout"]["xaxis"]["uirevision"] for each in ("a", "b")]
        assert revisions == ["a", "b"]


class TestSmoothed:
    LINES: ClassVar = {1: Line(seconds(2, 1), [20.25, 20.75])}

    def test_the_readings_stay_faintly_under_the_line(self):
        raw, smooth = drawn(SERIES[0], smoothing=MEAN, smoothed=self.LINES)["data"][1:3]
        assert (raw["y"], smooth["y"], smooth["visible"]) == ([20.0, 21.0], [20.25, 20.75], True)
        assert raw["opacity"] < 0.5

    def test_a_window_with_nothing_in_it_draws_nothing(self):
        line = {1: Line(seconds(2, 1), [None, 20.75])}
        assert drawn(SERIES[0], smoothing=MEAN, smoothed=line)["data"][2]["y"] == [None, 20.75]

    def test_without_smoothing_its_trace_is_there_and_not_seen(self):
        smooth = drawn(SERIES[0])["data"][2]
        assert (smooth["uid"], smooth["visible"], smooth["x"]) == ("smooth-1", False, [])

    def test_a_rate_has_a_scale_of_its_own_and_says_its_unit(self):
        figure = drawn(*SERIES, smoothing=RATE, smoothed=self.LINES)
        assert figure["data"][2]["yaxis"] == "y51"
        assert figure["layout"]["yaxis51"] | {"overlaying": "y", "side": "right"} == figure["layout"]["yaxis51"]
        assert "°C/min" in figure["layout"]["annotations"][0]["text"]
        assert "min" not in figure["layout"]["annotations"][2]["text"], "a band has no rate"
        go.Figure(figure)


class TestZones:
    def test_instants_are_drawn_where_the_clocks_of_the_zone_have_them(self):
        berlin = clock_of(SPAN, zone_named("Europe/Berlin"))
        shifted, plain = drawn(*SERIES, clock=berlin), drawn(*SERIES)
        hour_ms = HOUR / 1000
        assert shifted["data"][1]["x"] == [x + hour_ms for x in plain["data"][1]["x"]]
        assert [x - hour_ms for x in shifted["data"][-1]["base"]] == plain["data"][-1]["base"]
        ends = [figure["layout"]["xaxis"]["autorangeoptions"]["maxallowed"] for figure in (shifted, plain)]
        assert ends[0] - ends[1] == hour_ms
