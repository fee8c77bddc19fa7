from __future__ import annotations

from itertools import pairwise

import plotly.graph_objects as go
import pytest

from dashapp.figures import histogram
from dashapp.figures.palette import ink
from domain.histograms import Histogram
from tests.dashapp.shapes import feed

DEGREES = feed(1, unit="°C")


def spread(*edges: float, counts=None) -> Histogram:
    counts = counts or (1,) * (len(edges) - 1)
    return Histogram(DEGREES, sum(counts), edges, tuple(counts))


def bars(of: Histogram):
    return histogram.figure(of, ink(0))["data"][0]


class TestFigure:
    def test_plotly_accepts_it(self):
        go.Figure(histogram.figure(spread(1.0, 2.0, 3.0), ink(0)))

    def test_each_bar_is_as_wide_as_its_bin_and_as_high_as_its_count(self):
        drawn = bars(spread(1.0, 2.0, 4.0, counts=(7, 0)))
        assert (drawn["x"], drawn["width"], drawn["y"]) == ([1.5, 3.0], [1.0, 2.0], [7, 0])

    def test_one_number_has_a_bar_that_can_be_seen(self):
        figure = histogram.figure(spread(5.0, 5.0), ink(0))
        assert (figure["data"][0]["x"], figure["data"][0]["width"]) == ([5.0], [1.0])
        assert figure["layout"]["xaxis"]["range"] == [2.0, 8.0]

    def test_it_says_how_much_of_all_each_bin_holds(self):
        assert bars(spread(0.0, 1.0, 2.0, counts=(3, 1)))["customdata"] == ["75.0%", "25.0%"]


class TestBinTexts:
    def test_a_bin_is_named_by_its_edges(self):
        assert histogram.bin_texts(spread(20.0, 20.5, 21.0)) == ["20 to 20.5 °C", "20.5 to 21 °C"]

    def test_one_number_is_named_once(self):
        assert histogram.bin_texts(spread(0.0, 0.0)) == ["0 °C"]

    @pytest.mark.parametrize(
        "edges",
        [(1000.001, 1000.002, 1000.003), (0.1 + 0.2, 0.5), (-1e-9, 0.0, 1e-9), (1e300, 2e300), (101325.0, 101330.0)],
    )
    def test_its_digits_tell_the_edges_apart(self, edges):
        written = histogram.edge_texts(edges)
        assert len(set(written)) == len(edges)
        narrowest = min(high - low for low, high in pairwise(edges))
        assert [float(text) for text in written] == pytest.approx(edges, abs=narrowest / 50)

    def test_no_exponent_stands_where_nobody_needs_one(self):
        assert histogram.edge_texts((101000.0, 102000.0)) == ["101000", "102000"]
