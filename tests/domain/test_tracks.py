from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.timespan import MINUTE, SECOND
from domain.tracks import SEMI_MAJOR_M, Place, Plane, Track, extent, unwrapped, wrapped
from tests.builders import NOW


def degrees(most: float) -> st.SearchStrategy[float]:
    """Up to so many, to a tenth of a millimetre on the ground."""
    return st.floats(-most, most).map(lambda number: round(number, 9))


LATITUDES, LONGITUDES, NEAR = degrees(80), degrees(180), degrees(0.02)


def places(*positions) -> tuple[Place, ...]:
    return tuple(Place(NOW + order * SECOND, *position) for order, position in enumerate(positions))


def great_circle_m(one: Place, other: Place) -> float:
    """The distance on a ball as large as the earth at its equator (haversine)."""
    north, south = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    square = math.sin((south - north) / 2) ** 2 + math.cos(north) * math.cos(south) * math.sin(across / 2) ** 2
    return 2 * SEMI_MAJOR_M * math.asin(math.sqrt(min(1.0, square)))


class TestPlane:
    @given(LATITUDES, LONGITUDES, NEAR, NEAR)
    def test_distances_on_it_are_those_on_the_earth(self, latitude, longitude, north, east):
        here, there = places((latitude, longitude), (latitude + north, longitude + east))
        plane = Plane.under([here, there])
        one, other = (plane.metres(each.latitude, each.longitude) for each in (here, there))
        flat = math.hypot(other.east - one.east, other.north - one.north)
        assert flat == pytest.approx(great_circle_m(here, there), rel=0.012, abs=0.01)

    @pytest.mark.parametrize(
        ("latitude", "east", "north"),
        [(0, 111_319.49, 110_574.28), (45, 78_846.81, 111_131.78), (60, 55_800, 111_412.27)],
    )
    def test_a_degree_is_as_long_as_the_ellipsoid_says(self, latitude, east, north):
        assert Plane.at(latitude, 0).per_degree == (pytest.approx(east, rel=1e-6), pytest.approx(north, rel=1e-6))

    def test_its_origin_stays_while_a_track_grows_a_little(self):
        few = places((52.5203, 13.4101), (52.5204, 13.4102))
        assert Plane.under(few).longitude == Plane.under([*few, *places((52.5206, 13.4109))]).longitude == 13.41


class TestLongitudes:
    @given(st.floats(-1e4, 1e4))
    def test_wrapped_is_the_same_meridian_within_one_turn(self, degrees):
        assert -180 <= wrapped(degrees) <= 180
        assert math.cos(math.radians(wrapped(degrees) - degrees)) == pytest.approx(1)

    def test_a_track_over_the_date_line_does_not_jump(self):
        assert unwrapped([179.9, -179.9, 179.8]) == pytest.approx([179.9, 180.1, 179.8])
        assert extent(places((0, 179.9), (0, -179.9))).east == pytest.approx(0.2 * 111_319.49, rel=1e-6)


class TestThinned:
    @given(st.lists(st.tuples(LATITUDES, NEAR), min_size=1, max_size=120), st.integers(6, 30))
    def test_both_ends_and_the_outermost_places_stay(self, positions, most):
        track = Track(places(*positions))
        few = track.thinned(most).places
        assert len(few) <= most
        assert (few[0], few[-1]) == (track.places[0], track.places[-1])
        for column in (1, 2):
            before, after = ([place[column] for place in each] for each in (track.places, few))
            assert (min(before), max(before)) == (min(after), max(after))


class TestHold:
    def test_it_is_three_of_the_usual_intervals(self):
        assert Track(places((0, 0), (0, 1), (0, 2))).hold_us == 3 * SECOND

    def test_of_one_place_it_is_minutes(self):
        assert Track(places((0, 0))).hold_us == 3 * MINUTE
