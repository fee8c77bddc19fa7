"""Courses as they are shown: who is in them, and what somebody is to them."""

from __future__ import annotations

from dataclasses import dataclass

from domain.errors import Invalid
from domain.roles import Part
from domain.rosters import RosterRow

MOST_CODE_CHARS = 32
MOST_TITLE_CHARS = 200
MOST_TERM_CHARS = 32


@dataclass(frozen=True, slots=True)
class Naming:
    """What a course is called: `ENGR114`, `Measuring and control`, `2026 autumn`. Code and term name it alone."""

    code: str
    title: str = ""
    term: str = ""

    @property
    def words(self) -> str:
        """Code and term in one line."""
        return f"{self.code} {self.term}".strip()


@dataclass(frozen=True, slots=True)
class Course:
    """A course; archived ones are kept to be looked at."""

    id: int
    naming: Naming
    created_at: int
    archived_at: int | None = None


@dataclass(frozen=True, slots=True)
class CourseShown:
    """A course as one viewer finds it.

    `part`: what they are in it, None for an admin who only oversees it. `is_taught`: whether they have the rights of
    its staff. `team_channel_id`: their team's channel. `channels`: how many of it they may see.
    """

    course: Course
    part: Part | None
    is_taught: bool
    section: str = ""
    team: str = ""
    team_channel_id: int | None = None
    students: int = 0
    staff: int = 0
    channels: int = 0


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A row of the roster, and who that is once they have signed in."""

    row: RosterRow
    person_id: int | None


def naming_of(code: str, title: str, term: str) -> Naming:
    """What somebody calls a course, as it is stored. Raises Invalid with the sentence for them."""
    code, title, term = (" ".join(words.split()) for words in (code, title, term))
    if not code:
        raise Invalid("A course needs a code, such as ENGR114.", pointer="/code")
    for words, most, name in (
        (code, MOST_CODE_CHARS, "code"),
        (title, MOST_TITLE_CHARS, "title"),
        (term, MOST_TERM_CHARS, "term"),
    ):
        if len(words) > most:
            raise Invalid(f"The {name} is longer than {most} characters.", pointer=f"/{name}")
        if not words.isprintable():
            raise Invalid(f"The {name} holds an invisible character.", pointer=f"/{name}")
    return Naming(code, title, term)
