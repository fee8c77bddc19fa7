"""Where a channel's entries were taken, in order of time, and how a piece of the earth is laid out flat."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from domain.pairs import evenly
from domain.readings import Feed
from domain.statistics import QUIET_INTERVALS, UNKNOWN_HOLD

SEMI_MAJOR_M, FLATTENING = 6_378_137.0, 1 / 298.257223563
"""The ellipsoid of WGS 84."""
ECCENTRICITY_SQUARED = FLATTENING * (2 - FLATTENING)


class Place(NamedTuple):
    """Where an entry was taken, in degrees, and the number its feed had at that instant (None where it had none)."""

    at: int
    latitude: float
    longitude: float
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """Positions in order of time. `feed`: whose numbers the places carry, if any.

    `every_us` 0: all positions of the span. Else there are more than can be shown, and these are at least so far apart.
    """

    places: tuple[Place, ...] = ()
    feed: Feed | None = None
    every_us: int = 0

    def thinned(self, most: int) -> Track:
        """At most so many places (six at least): evenly taken, with both ends and the outermost of each direction."""
        count = len(self.places)
        if count <= most:
            return self
        kept = evenly(count, most, {0, count - 1, *self._outermost()})
        return replace(self, places=tuple(self.places[place] for place in kept))

    def _outermost(self) -> set[int]:
        east = unwrapped([place.longitude for place in self.places])
        north = [place.latitude for place in self.places]
        order = range(len(self.places))
        return {choose(order, key=column.__getitem__) for column in (east, north) for choose in (min, max)}

    @property
    def hold_us(self) -> int:
        """How long nothing may come before the track is broken."""
        gaps = [later.at - earlier.at for earlier, later in pairwise(self.places)]
        usual = median(gaps) if gaps else 0
        return max(int(usual * QUIET_INTERVALS), QUIET_INTERVALS * self.every_us) or UNKNOWN_HOLD


class Metres(NamedTuple):
    """A place on a plane: so far east and north of its origin."""

    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Plane:
    """The plane that touches the earth near a place: true to scale for some kilometres around it.

    `per_degree` are the metres that one degree of longitude and of latitude take there.
    """

    latitude: float
    longitude: float
    per_degree: Metres

    @classmethod
    def at(cls, latitude: float, longitude: float) -> Plane:
        """The plane whose origin is there."""
        squared = 1 - ECCENTRICITY_SQUARED * math.sin(math.radians(latitude)) ** 2
        across = SEMI_MAJOR_M / math.sqrt(squared) * math.cos(math.radians(latitude))
        up = SEMI_MAJOR_M * (1 - ECCENTRICITY_SQUARED) / squared**1.5
        return cls(latitude, longitude, Metres(math.radians(across), math.radians(up)))

    @classmethod
    def under(cls, places: Sequence[Place]) -> Plane:
        """The plane of a track: its origin is a round hundredth of a degree, so that it stays while a track grows."""
        middle = (min(each.latitude for each in places) + max(each.latitude for each in places)) / 2
        east = unwrapped([each.longitude for each in places])
        scale = cls.at(min(89.0, max(-89.0, middle)), 0.0).per_degree
        return cls(round(middle, 2), round(wrapped((min(east) + max(east)) / 2), 2), scale)

    def metres(self, latitude: float, longitude: float) -> Metres:
        """Where a place lies on the plane; of the two ways round the earth the shorter one counts."""
        across = wrapped(longitude - self.longitude)
        return Metres(across * self.per_degree.east, (latitude - self.latitude) * self.per_degree.north)


def wrapped(degrees: float) -> float:
    """The same longitude from -180 (included) to 180 (excluded)."""
    return (degrees + 180) % 360 - 180


def unwrapped(longitudes: Sequence[float]) -> list[float]:
    """Longitudes that do not jump where a track crosses the 180th meridian; they may be beyond 180."""
    found: list[float] = []
    for longitude in longitudes:
        found.append(found[-1] + wrapped(longitude - found[-1]) if found else longitude)
    return found


def extent(places: Sequence[Place]) -> Metres:
    """How many metres it is from the westernmost place to the easternmost one, and from south to north."""
    plane = Plane.under(places)
    east = unwrapped([place.longitude for place in places])
    north = [place.latitude for place in places]
    return Metres((max(east) - min(east)) * plane.per_degree.east, (max(north) - min(north)) * plane.per_degree.north)
