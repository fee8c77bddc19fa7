from __future__ import annotations

from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from dashapp.figures import xy
from domain.pairs import Fit, Pairs
from domain.timespan import SECOND
from tests.builders import NOW
from tests.dashapp.shapes import feed

BERLIN = ZoneInfo("Europe/Berlin")
TEMPERATURE, HUMIDITY = feed(1, unit="°C"), feed(2, "humidity", title="<b>Damp</b>", unit="%")
PAIRS = Pairs(TEMPERATURE, HUMIDITY, [NOW - SECOND, NOW], [20.0, 22.0], [40.123456789, 0.0])


def traces(pairs=PAIRS, fit=None):
    return {trace["uid"]: trace for trace in xy.figure(pairs, fit, BERLIN)["data"]}


class TestFigure:
    def test_plotly_accepts_it(self):
        go.Figure(xy.figure(PAIRS, Fit(1.0, 2.0, 0.5), BERLIN))

    def test_a_point_stands_where_both_readings_say(self):
        points = traces()["pairs"]
        assert (points["x"], points["y"]) == ([20.0, 22.0], [40.12346, 0.0])

    def test_its_colour_is_its_time(self):
        assert traces()["pairs"]["marker"]["color"] == [0, 1_000]

    def test_the_line_ends_where_the_points_end(self):
        line = traces(fit=Fit(2.0, 1.0, 1.0))["fit"]
        assert (line["x"], line["y"]) == ([20.0, 22.0], [41.0, 45.0])

    def test_without_a_line_there_is_none(self):
        assert traces()["fit"]["x"] == []

    def test_axes_are_named_with_their_units_and_names_are_no_markup(self):
        layout = xy.figure(PAIRS, None, BERLIN)["layout"]
        assert layout["xaxis"]["title"]["text"] == "temperature  ·  °C"
        assert layout["yaxis"]["title"]["text"] == "&lt;b&gt;Damp&lt;/b&gt;  ·  %"

    def test_a_zoom_stays_while_the_question_is_the_same(self):
        assert xy.figure(PAIRS, None, BERLIN, "?lens=xy")["layout"]["uirevision"] == "?lens=xy"
