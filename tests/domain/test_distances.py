from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.distances import degrees_around, kilometres
from domain.readings import Position

positions = st.builds(Position, st.floats(-90, 90), st.floats(-180, 180))


class TestKilometres:
    @pytest.mark.parametrize(
        ("one", "other", "apart"),
        [
            (Position(0, 0), Position(0, 0), 0),
            (Position(52.52, 13.405), Position(48.137, 11.575), 504),  # Berlin, Munich
            (Position(-18.14, 179.9), Position(-18.14, -179.9), 21.1),  # across the date line
            (Position(90, 0), Position(-90, 77), 20_015),
        ],
    )
    def test_places_that_are_known(self, one, other, apart):
        assert kilometres(one, other) == pytest.approx(apart, rel=0.005, abs=0.001)

    @given(positions, positions)
    def test_it_is_as_far_there_as_back(self, one, other):
        assert kilometres(one, other) == pytest.approx(kilometres(other, one))


class TestDegreesAround:
    @given(positions, positions)
    def test_what_is_so_near_lies_in_the_band(self, one, other):
        apart = kilometres(one, other)
        assert math.fabs(one.latitude - other.latitude) <= degrees_around(apart) + 1e-5
