"""A line through points as the outline of what a pen of one width leaves, and the points that such a pen needs.

All in pixels, y downwards, x ascending.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot
from typing import TypeAlias

Place: TypeAlias = tuple[float, float]
Sides: TypeAlias = tuple[list[Place], list[Place]]
"""The upper and the lower side of something, which begin and end in the same places."""

BLUNT = 0.5
"""Where two stretches meet more sharply than this (1 plus the cosine of the turn), the outer corner is cut off: a line
stands out beyond its points by no more than its width."""
DOT = 1.6
"""How far a line's ends, and a lone point, stand out, in halves of its width."""


def stroke(points: Sequence[Place], width: float) -> Sides:
    half = width / 2
    (first_x, first_y), (last_x, last_y) = points[0], points[-1]
    upper, lower = [(first_x - DOT * half, first_y)], [(first_x - DOT * half, first_y)]
    normals = [_normal(here, there) for here, there in pairwise(points)] or [(0.0, -1.0)]
    lengths = [hypot(there[0] - here[0], there[1] - here[1]) for here, there in pairwise(points)]
    rooms = [min(pair) for pair in pairwise(lengths)]
    for place, point in enumerate(points):
        before, after = normals[max(0, place - 1)], normals[min(place, len(normals) - 1)]
        room = rooms[place - 1] if 0 < place < len(points) - 1 else half
        above, below = _corner(before, after, half, room)
        upper += [(point[0] + x, point[1] + y) for x, y in above]
        lower += [(point[0] + x, point[1] + y) for x, y in below]
    end = (last_x + DOT * half, last_y)
    return [*upper, end], [*lower, end]


def thinned(points: Sequence[Place], tolerances: Sequence[float]) -> list[Place]:
    """The fewest of the points, the ends among them, past none of which the line goes by more than its tolerance."""
    kept = _needed(points, tolerances, 0, len(points) - 1)
    return [points[place] for place in (0, *kept, len(points) - 1)] if len(points) > 1 else list(points)


def _needed(points: Sequence[Place], tolerances: Sequence[float], first: int, last: int) -> list[int]:
    """Douglas and Peucker's way: of the points between the one that is farthest off, then those beside it."""
    (left, start), (right, end) = points[first], points[last]
    slope = (end - start) / (right - left) if right > left else 0.0
    worst, farthest = 1.0, None
    for place in range(first + 1, last):
        x, y = points[place]
        off = abs(start + (x - left) * slope - y) / tolerances[place]
        if off > worst:
            worst, farthest = off, place
    if farthest is None:
        return []
    return [
        *_needed(points, tolerances, first, farthest),
        farthest,
        *_needed(points, tolerances, farthest, last),
    ]


def _normal(here: Place, there: Place) -> Place:
    """The unit vector that points up from a stretch of the line."""
    x, y = there[0] - here[0], there[1] - here[1]
    length = hypot(x, y) or 1.0
    return y / length, -x / length


def _corner(before: Place, after: Place, half: float, room: float) -> Sides:
    """What is to be added to a point for the upper side and for the lower."""
    turn = 1 + before[0] * after[0] + before[1] * after[1]
    x, y = before[0] + after[0], before[1] + after[1]
    if turn >= BLUNT:
        x, y = x / turn * half, y / turn * half
        return [(x, y)], [(-x, -y)]
    inwards = min(half / max(turn, 1e-9), room / max(hypot(x, y), 1e-9))
    x, y = x * inwards, y * inwards
    if before[0] < after[0]:  # a peak
        return [(before[0] * half, before[1] * half), (after[0] * half, after[1] * half)], [(-x, -y)]
    return [(x, y)], [(-before[0] * half, -before[1] * half), (-after[0] * half, -after[1] * half)]
