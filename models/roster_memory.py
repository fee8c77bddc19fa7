"""What undoing a roster needs to know, kept as JSON with the roster."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from domain.courses import Enrolment
from domain.roles import Part, Role
from domain.rosters import RosterRow
from models.seats import Seat


@dataclass(frozen=True, slots=True)
class Memory:
    """The enrolments before a roster, and what applying it did on channels.

    `given` and `ended` are seats; `raised` members by hand with what they were before; `made` and `binned` channels.
    """

    enrolments: Sequence[Enrolment]
    given: Sequence[Seat]
    raised: Sequence[Seat]
    ended: Sequence[Seat]
    made: Sequence[int]
    binned: Sequence[int]

    def to_json(self) -> str:
        """Each row has its e-mail address as a value of its own, so that who is erased can be taken out."""
        return json.dumps(
            {
                "enrolments": [_of_enrolment(one) for one in self.enrolments],
                "given": _of_seats(self.given),
                "raised": _of_seats(self.raised),
                "ended": _of_seats(self.ended),
                "made": list(self.made),
                "binned": list(self.binned),
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Memory:
        kept = json.loads(text)
        return cls(
            [_enrolment(*row) for row in kept["enrolments"]],
            [_seat(*row) for row in kept["given"]],
            [_seat(*row) for row in kept["raised"]],
            [_seat(*row) for row in kept["ended"]],
            kept["made"],
            kept["binned"],
        )


def _of_enrolment(one: Enrolment) -> list[Any]:
    row = one.row
    return [row.email, row.name, row.section, row.team, str(row.part), one.person_id]


def _enrolment(email: str, name: str, section: str, team: str, part: str, person_id: int | None) -> Enrolment:
    return Enrolment(RosterRow(email, name, section, team, Part(part)), person_id)


def _of_seats(seats: Iterable[Seat]) -> list[list[Any]]:
    return [
        [seat.channel_id, seat.email, seat.person_id, str(seat.role), seat.added_by, seat.added_at] for seat in seats
    ]


def _seat(channel_id: int, email: str, person_id: int | None, role: str, added_by: int | None, added_at: int) -> Seat:
    return Seat(channel_id, email, person_id, Role(role), added_by, added_at)
