"""A chart that grew by a batch is the chart drawn afresh: on both pages, for lines and bands, across gaps and words."""

from __future__ import annotations

import pytest
from dash import Patch
from hypothesis import given
from hypothesis import strategies as st

from dashapp import growth
from dashapp.figures import timeseries
from dashapp.figures.timeseries import Drawing
from domain.readings import Point
from domain.timespan import SECOND
from tests.builders import NOW
from tests.dashapp.shapes import SPAN, UTC_CLOCK, feed, fresh, numbers, patched, seconds, word_feed, words

LINE, BAND = feed(1), word_feed(2)
HOLDS = {1: 3 * SECOND, 2: 3 * SECOND}


def page(series, holds, span):
    return timeseries.figure(Drawing(series, holds, span, UTC_CLOCK))


CHARTS = {"page": (page, growth.timeseries_places)}
both_charts = pytest.mark.parametrize("chart", CHARTS)


def series(points, said):
    at, values = zip(*points, strict=True) if points else ((), ())
    word_at, texts = zip(*said, strict=True) if said else ((), ())
    return numbers(LINE, at, values), words(BAND, word_at, texts)


def grown(chart, before, added):
    """The chart of `before` with `added` appended; both are (points, words)."""
    draw, places = CHARTS[chart]
    rows = [(1, at, value, None) for at, value in added[0]] + [(2, at, None, text) for at, text in added[1]]
    tails = {1: Point(*before[0][-1], None)} if before[0] else {}
    tails |= {2: Point(before[1][-1][0], None, before[1][-1][1])} if before[1] else {}
    patch = Patch()
    growth.grow(patch, growth.by_feed([fresh(*rows)]), growth.Growing(places([LINE, BAND]), HOLDS, tails))
    return patched(draw(series(*before), HOLDS, SPAN), patch)


def afresh(chart, points, said):
    return CHARTS[chart][0](series(points, said), HOLDS, SPAN)


def rounded(figure):
    """Its columns, milliseconds to the microsecond (durations are summed up in floats)."""
    columns = []
    for trace in figure["data"]:
        column = {name: trace.get(name) for name in ("x", "y", "base", "text")}
        columns.append(
            {name: [round(v, 3) if isinstance(v, float) else v for v in c or []] for name, c in column.items()}
        )
        columns[-1]["colours"] = trace["marker"]["color"] if trace["type"] == "bar" else None
    return columns


instants = st.lists(st.integers(-800, 0), unique=True, max_size=30).map(sorted)


class TestGrow:
    @both_charts
    @given(data=st.data())
    def test_it_equals_the_chart_drawn_afresh(self, chart, data):
        at = [NOW + offset * SECOND for offset in data.draw(instants)]
        points = [(one, float(data.draw(st.integers(-3, 3)))) for one in at]
        said = [(one, data.draw(st.sampled_from(["open", "closed"]))) for one in at]
        cut = data.draw(st.integers(0, len(at)))
        after = grown(chart, (points[:cut], said[:cut]), (points[cut:], said[cut:]))
        assert rounded(after) == rounded(afresh(chart, points, said))

    @both_charts
    def test_a_batch_of_other_feeds_changes_nothing(self, chart):
        patch = Patch()
        _, places = CHARTS[chart]
        growth.grow(patch, {99: [Point(NOW, 1.0, None)]}, growth.Growing(places([LINE, BAND]), HOLDS, {}))
        figure = afresh(chart, [(NOW, 1.0)], [])
        assert patched(figure, patch) == figure

    @both_charts
    def test_a_reading_that_came_late_is_in_view_and_not_joined(self, chart):
        early, late, newest = seconds(9, 5, 1)
        after = grown(chart, ([(early, 1.0), (newest, 3.0)], []), ([(late, 2.0)], []))
        line = next(trace for trace in after["data"] if trace["uid"] == "feed-1")
        assert line["y"][:3] == [2.0, None, 1.0]

    @both_charts
    def test_zero_moves_the_head(self, chart):
        after = grown(chart, ([(seconds(2)[0], 5.0)], []), ([(NOW, 0.0)], []))
        head = next(trace for trace in after["data"] if trace["uid"] == "head-1")
        assert (head["x"], head["y"]) == ([NOW / 1000], [0.0])


class TestRedraw:
    @both_charts
    def test_every_column_becomes_that_of_the_new_figure(self, chart):
        before = afresh(chart, [(NOW - 5 * SECOND, 1.0)], [(NOW, "open")])
        wanted = afresh(chart, [(NOW, 2.0), (NOW + 1, 3.0)], [(NOW, "closed"), (NOW + 9 * SECOND, "open")])
        patch = Patch()
        growth.redraw(patch, wanted)
        assert patched(before, patch)["data"] == wanted["data"]

    def test_of_a_part_the_names_at_the_ends_of_lines_stay_where_they_are(self):
        before, wanted = (afresh("page", [(NOW - age, 1.0)], []) for age in (5 * SECOND, 0))
        head = next(place for place, trace in enumerate(before["data"]) if trace["uid"] == "head-1")
        before["data"][head] |= {"text": ["temperature"], "textposition": "middle left", "visible": True}
        patch = Patch()
        growth.redraw(patch, wanted, is_part=True)
        after = patched(before, patch)["data"][head]
        assert (after["x"], after["text"], after["textposition"]) == ([NOW / 1000], ["temperature"], "middle left")
