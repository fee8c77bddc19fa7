from __future__ import annotations

import pytest

from dashapp import moving
from domain.timespan import HOUR, SECOND, TimeSpan
from tests.builders import NOW

SPAN = TimeSpan(NOW - 4 * HOUR, NOW)


class TestMoved:
    @pytest.mark.parametrize(
        ("to", "hours"), [("earlier", (-6, -2)), ("later", (-2, 2)), ("in", (-3, -1)), ("out", (-6, 2))]
    )
    def test_it_goes_half_a_length_or_doubles(self, to, hours):
        assert moving.moved(SPAN, to) == TimeSpan(*(NOW + hour * HOUR for hour in hours))

    def test_out_takes_back_in(self):
        assert moving.moved(moving.moved(SPAN, "in"), "out") == SPAN

    def test_nobody_looks_closer_than_readings_can_be_told_apart(self):
        span = SPAN
        for _ in range(60):
            span = moving.moved(span, "in")
        assert span.length >= moving.NEAREST


class TestDrawnEnds:
    def test_a_range_drawn_with_the_pointer(self):
        said = {"xaxis.range[0]": "2026-11-20 02:00:00.25", "xaxis.range[1]": "2026-11-20 02:00:10"}
        assert moving.drawn_ends(said, -8 * HOUR) == TimeSpan(NOW + SECOND // 4, NOW + 10 * SECOND)

    def test_the_same_as_a_list_and_backwards(self):
        said = {"xaxis.range": ["2026-11-20 10:00:10", "2026-11-20 10:00"]}
        assert moving.drawn_ends(said, 0) == TimeSpan(NOW, NOW + 10 * SECOND)

    @pytest.mark.parametrize(
        "said", [{}, {"autosize": True}, {"xaxis.range": ["x", "y"]}, {"xaxis.range": [None, 3]}, {"xaxis.range": 5}]
    )
    def test_what_was_no_zoom_is_none(self, said):
        assert moving.drawn_ends(said, 0) is None
