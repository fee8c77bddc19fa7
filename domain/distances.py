"""How far places on the earth are from one another."""

from __future__ import annotations

import math

from domain.readings import Position

RADIUS_KM = 6371.0088
"""The mean radius of the earth."""


def kilometres(one: Position, other: Position) -> float:
    """The distance along the surface of a ball (haversine): wrong by half a percent at most."""
    first, second = math.radians(one.latitude), math.radians(other.latitude)
    apart = math.radians(other.longitude - one.longitude)
    chord = math.sin((second - first) / 2) ** 2 + math.cos(first) * math.cos(second) * math.sin(apart / 2) ** 2
    return 2 * RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


def degrees_around(distance_km: float) -> float:
    """How many degrees of latitude lie within this distance to either side, a little rounded up."""
    return math.degrees(distance_km / RADIUS_KM) + 1e-6
