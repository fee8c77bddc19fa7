"""Rosters: who is in a course, in which section and team. Read from a CSV file, compared, written again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, dataclass
from itertools import chain

from domain.roles import Part


@dataclass(frozen=True, slots=True, order=True)
class RosterRow:
    """One person of a course, by their college e-mail. Without a team, or as staff, nobody gets a team's channel."""

    email: str
    name: str = ""
    section: str = ""
    team: str = ""
    part: Part = Part.STUDENT

    @property
    def place(self) -> tuple[str, str] | None:
        """(section, team) of a student who has a team."""
        return (self.section, self.team) if self.team and self.part is Part.STUDENT else None


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody who is on both rosters, and stands there differently."""

    before: RosterRow
    after: RosterRow

    @property
    def words(self) -> list[tuple[str, str, str]]:
        """(what, before, after) of everything that differs."""
        named = (("name", "name"), ("section", "section"), ("team", "team"), ("part", "role"))
        pairs = [(word, str(getattr(self.before, each)), str(getattr(self.after, each))) for each, word in named]
        return [(word, before, after) for word, before, after in pairs if before != after]


@dataclass(frozen=True, slots=True)
class Diff:
    """What turns one roster into another, each part in the order of the e-mail addresses."""

    added: tuple[RosterRow, ...] = ()
    changed: tuple[Change, ...] = ()
    removed: tuple[RosterRow, ...] = ()
    same: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.removed)

    @property
    def inverse(self) -> Diff:
        """What takes it back."""
        back = tuple(Change(change.after, change.before) for change in self.changed)
        return Diff(self.removed, back, self.added, self.same)

    def applied_to(self, rows: Iterable[RosterRow]) -> tuple[RosterRow, ...]:
        """The roster that it makes of this one."""
        by_email = {row.email: row for row in rows}
        for row in self.removed:
            del by_email[row.email]
        now = chain(self.added, (change.after for change in self.changed))
        return tuple(sorted((by_email | {row.email: row for row in now}).values()))


def diff(before: Iterable[RosterRow], after: Iterable[RosterRow]) -> Diff:
    """What turns `before` into `after`. An e-mail address stands at most once in each."""
    old, new = ({row.email: row for row in sorted(rows)} for rows in (before, after))
    both = [(row, new[email]) for email, row in old.items() if email in new]
    return Diff(
        added=tuple(row for email, row in new.items() if email not in old),
        changed=tuple(Change(was, now) for was, now in both if was != now),
        removed=tuple(row for email, row in old.items() if email not in new),
        same=sum(was == now for was, now in both),
    )


def with_staff_kept(rows: Sequence[RosterRow], before: Iterable[RosterRow]) -> tuple[RosterRow, ...]:
    """The rows and, where they name no staff at all, the staff there was: a list of students says nothing of them."""
    if any(row.part is Part.STAFF for row in rows):
        return tuple(rows)
    listed = {row.email for row in rows}
    return (*rows, *(row for row in before if row.part is Part.STAFF and row.email not in listed))


def fingerprint(rows: Iterable[RosterRow]) -> str:
    """The same for the same roster in whatever order, another for any other."""
    text = json.dumps([astuple(row) for row in sorted(rows)])
    return hashlib.sha256(text.encode()).hexdigest()


def channel_name(team: str, section: str, sections: Collection[str]) -> str:
    """What the channel of a team is called; `sections` are those that have a team of that name."""
    named = team if len(team) > 2 and not team.isdecimal() else f"Team {team}"
    return f"{named} · {section}" if len(sections) > 1 and section else named
