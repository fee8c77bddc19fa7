from __future__ import annotations

from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import pytest

from dashapp.figures import shades, xy
from dashapp.figures.palette import luminance
from domain.pairs import Fit, Pairs
from domain.timespan import DAY, SECOND
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


class TestMoments:
    def test_they_are_what_the_clocks_there_say(self):
        assert xy.moments([NOW], BERLIN) == ["11:00:00"]

    def test_over_several_days_the_day_stands_before(self):
        assert xy.moments([NOW, NOW + DAY], BERLIN) == ["20 Nov 11:00:00", "21 Nov 11:00:00"]


class TestShades:
    @pytest.mark.parametrize("shade", shades.SHADES)
    @pytest.mark.parametrize("card", ["#FFFFFF", "#171D25"])
    def test_each_stands_out_from_the_cards_of_both_themes(self, shade, card):
        darker, lighter = sorted((luminance(shade), luminance(card)))
        assert (lighter + 0.05) / (darker + 0.05) >= 3

    def test_the_scale_goes_from_end_to_end(self):
        assert (shades.scale()[0][0], shades.scale()[-1][0]) == (0, 1)
