from __future__ import annotations

from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import pytest

from dashapp.figures import track as drawing
from domain.timespan import MINUTE, SECOND
from domain.tracks import Place, Track
from tests.builders import NOW
from tests.dashapp.shapes import feed

UTC = ZoneInfo("UTC")
HERE = (52.52, 13.41)


def walked(*steps: tuple[float, float, float], of=None, **values) -> Track:
    """A track of (seconds, metres east, metres north) from HERE, roughly."""
    places = [
        Place(NOW + round(at * SECOND), HERE[0] + north / 111_270, HERE[1] + east / 67_860, values.get(f"v{order}"))
        for order, (at, east, north) in enumerate(steps)
    ]
    return Track(tuple(places), of)


def traces(track):
    return {trace["uid"]: trace for trace in drawing.figure(track, UTC)["data"]}


def layout(track):
    return drawing.figure(track, UTC)["layout"]


SQUARE = walked((0, 0, 0), (1, 30, 0), (2, 30, 40))


class TestFigure:
    @pytest.mark.parametrize("track", [SQUARE, walked((0, 0, 0)), walked((0, 0, 0), of=feed(1))])
    def test_plotly_accepts_it(self, track):
        go.Figure(drawing.figure(track, UTC))

    def test_it_is_to_scale(self):
        places = traces(SQUARE)["places"]
        assert places["x"][1] - places["x"][0] == pytest.approx(30, rel=0.01)
        assert places["y"][2] - places["y"][1] == pytest.approx(40, rel=0.01)
        assert (layout(SQUARE)["yaxis"]["scaleanchor"], layout(SQUARE)["yaxis"]["scaleratio"]) == ("x", 1)

    def test_far_ways_are_counted_in_kilometres(self):
        assert layout(SQUARE)["xaxis"]["ticksuffix"] == " m"
        far = walked((0, 0, 0), (1, 5_000, 0))
        assert layout(far)["xaxis"]["ticksuffix"] == " km"
        assert traces(far)["places"]["x"][1] - traces(far)["places"]["x"][0] == pytest.approx(5, rel=0.01)

    def test_the_way_is_not_bridged_where_no_position_came(self):
        way = traces(walked((0, 0, 0), (1, 1, 0), (2, 2, 0), (60, 3, 0)))["way"]
        assert [number is None for number in way["x"]] == [False, False, False, True, False]

    def test_start_and_end_are_told_apart_by_words(self):
        assert traces(SQUARE)["ends"]["text"] == ["Start", "End"]
        assert traces(walked((0, 0, 0)))["ends"]["text"] == ["Here"]

    def test_a_board_that_stands_still_is_not_magnified(self):
        low, high = layout(walked((0, 0, 0), (1, 0.01, 0)))["xaxis"]["range"]
        assert high - low == pytest.approx(drawing.SMALLEST_M, rel=0.1)

    def test_places_have_the_colour_of_their_number(self):
        track = walked((0, 0, 0), (1, 1, 0), (2, 2, 0), of=feed(1, unit="°C"), v0=0.0, v2=21.5)
        assert traces(track)["places"]["marker"]["color"] == [0.0, 21.5]
        assert len(traces(track)["silent"]["x"]) == 1
        assert "°C" in traces(track)["places"]["hovertemplate"]

    def test_without_a_feed_they_have_that_of_their_time(self):
        assert traces(SQUARE)["places"]["marker"]["color"] == [0, 1_000, 2_000]
        assert traces(SQUARE)["silent"]["x"] == []


class TestDegrees:
    def test_they_stand_where_they_are(self):
        axis = layout(SQUARE)["yaxis2"]
        at = dict(zip(axis["ticktext"], axis["tickvals"], strict=True))
        assert at["52.5200° N"] == pytest.approx(traces(SQUARE)["places"]["y"][0], abs=0.6)

    @pytest.mark.parametrize("metres", [1, 50, 3_000, 400_000])
    def test_there_are_some_and_not_too_many(self, metres):
        axes = layout(walked((0, 0, 0), (1, metres, metres)))
        for name in ("xaxis2", "yaxis2"):
            assert 5 <= len(axes[name]["tickvals"]) <= 50
            assert len(set(axes[name]["ticktext"])) == len(axes[name]["ticktext"])

    def test_south_and_west_are_said(self):
        assert drawing.latitude_text(-0.5, 1) == "0.5° S"
        assert drawing.longitude_text(190, 0) == "170° W"

    def test_a_track_over_the_date_line_is_one(self):
        places = [Place(NOW, 0, 179.999), Place(NOW + MINUTE, 0, -179.999)]
        x = traces(Track(tuple(places)))["places"]["x"]
        assert x[1] - x[0] == pytest.approx(222.6, abs=1)
