"""What a wall asks of storage for one drawing, in one consistent look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashapp import cards, looks
from dashapp.components.finders import running
from dashapp.looks import Look
from domain.courses import Course
from domain.roles import Viewer
from domain.trends import Trend
from domain.wall_selection import WallSelection
from models import courses, standings, stars, walls
from models.walls import Listing


@dataclass(frozen=True, slots=True)
class WallLook:
    """A page of the wall as it was at `now`.

    `cards` is None where exactly the cards that were shown already stand there: then they need not be drawn again.
    `trends`: channel id → where the card's first numbers are heading. `courses` are those that the viewer is in; `rate`
    is how many messages a second the cards' channels bring.
    """

    selection: WallSelection
    listing: Listing
    cards: list[Look] | None
    trends: dict[int, Trend]
    courses: tuple[Course, ...]
    tags: tuple[str, ...]
    starred: frozenset[int]
    rate: float
    now: int

    @property
    def course(self) -> str | None:
        """The code of the course that is chosen, where the viewer is in it."""
        return next((each.naming.code for each in self.courses if each.id == self.selection.course_id), None)


def wall(
    connection: Any, viewer: Viewer, selection: WallSelection, shown: Sequence[tuple[int, int]], now: int
) -> WallLook:
    """The wall with this selection; `shown` are (channel id, version) of the cards that somebody looks at with it."""
    listing = walls.listing(connection, viewer, selection, now=now, kept=[channel_id for channel_id, _ in shown])
    ids = listing.channel_ids
    versions = standings.seen(connection, viewer, ids)
    is_same = bool(shown) and [(each, versions.get(each)) for each in ids] == list(shown)
    drawn = None if is_same else looks.wall(connection, viewer, now, ids)
    return WallLook(
        selection,
        listing,
        drawn,
        cards.trends(connection, drawn or ()),
        tuple(running(courses.of_person(connection, viewer))),
        tuple(walls.tags(connection, viewer, selection.course_id)),
        stars.of(connection, viewer),
        walls.messages_a_second(connection, ids, now),
        now,
    )
