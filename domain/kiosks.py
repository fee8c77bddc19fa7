"""Kiosks: links that let a screen show a wall where nobody is signed in, such as a classroom's projector."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from domain.timespan import DAY, OfferedLength
from domain.wall_selection import WallSelection

WHOLE_WALL = WallSelection()
USUAL_TURN_S = 20
SHORTEST_TURN_S, LONGEST_TURN_S = 5, 600


class Lasting(OfferedLength):
    """How long such a link may last."""

    DAY_1 = ("1d", DAY, "1 day")
    WEEK_1 = ("7d", 7 * DAY, "1 week")
    MONTHS_4 = ("120d", 120 * DAY, "a term (120 days)")
    YEAR_1 = ("365d", 365 * DAY, "1 year")

    @classmethod
    def from_word(cls, word: str | None) -> Lasting:
        """The length of that word; a term where the word is missing or unknown."""
        return next((lasting for lasting in cls if lasting.word == word), cls.MONTHS_4)


@dataclass(frozen=True, slots=True)
class Kiosk:
    """What a screen may show: the channels of a course, or (without one) of the whole wall, that the college sees."""

    id: int
    name: str
    course_id: int | None


@dataclass(frozen=True, slots=True)
class KioskShown:
    """A link as those see it who may end it. `course` is what its course is called; empty for the whole wall.

    `written` is its secret; None where it cannot be told any more.
    """

    kiosk: Kiosk
    course: str
    written: str | None
    made_at: int
    made_by_name: str
    ends_at: int
    seen_at: int | None


@dataclass(frozen=True, slots=True)
class Screen:
    """How a screen shows a wall: which channels, and after how many seconds it turns the page (0: only by hand)."""

    turn_s: int = USUAL_TURN_S
    wall: WallSelection = WHOLE_WALL

    @property
    def query(self) -> str:
        """The query string, from the first page on."""
        return f"?rotate={self.turn_s}{self.wall.but().query.replace('?', '&')}"

    @classmethod
    def parse(cls, query: str | None) -> Screen:
        """The screen of a query string. No page turns too fast to be read; what is no number is passed over."""
        given = dict(parse_qsl((query or "").removeprefix("?")[:2000]))
        return cls(_turn_s(given.get("rotate", "")), WallSelection.parse(query).but())


def _turn_s(written: str) -> int:
    if not written.isascii() or not written.isdecimal() or len(written) > 9:
        return USUAL_TURN_S
    return min(max(int(written), SHORTEST_TURN_S), LONGEST_TURN_S) if int(written) else 0
