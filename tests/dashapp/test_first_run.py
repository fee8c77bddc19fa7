"""How far somebody is with the first reading of a board."""

from __future__ import annotations

import pytest

from dashapp.first_run import MOST_SHOWN, Heard, State
from models.entries import Arrival
from models.refusals import Attempt
from tests.builders import NOW
from tests.dashapp.shapes import a_channel


def stored(at: int = NOW, door: str = "http") -> Arrival:
    return Arrival(at, door, 1, ())


def refused(at: int = NOW) -> Attempt:
    return Attempt(at, "invalid", 1, "No.", "", "http", "")


def heard(*attempts: Arrival | Attempt, cursor: int = 0) -> Heard:
    newest_first = sorted(attempts, key=lambda each: each.at, reverse=True)
    return Heard(
        a_channel(cursor=cursor),
        tuple(each for each in newest_first if isinstance(each, Arrival)),
        tuple(each for each in newest_first if isinstance(each, Attempt)),
    )


class TestState:
    @pytest.mark.parametrize(
        ("attempts", "state"),
        [
            ([], State.WAITING),
            ([stored(door="page")], State.TRIED),
            ([stored()], State.WORKS),
            ([stored(), stored(NOW + 1, door="page")], State.WORKS),
            ([refused()], State.REFUSED),
            ([stored(), refused(NOW + 1)], State.REFUSED),
            ([refused(), stored(NOW + 1)], State.WORKS),
            ([refused(), stored(NOW + 1, door="page")], State.TRIED),
        ],
    )
    def test_the_newest_attempt_decides(self, attempts, state):
        assert heard(*attempts).state is state

    def test_a_channel_that_spoke_long_ago_does_not_wait_for_its_first(self):
        assert heard(cursor=5).state is State.LISTENING


class TestAttempts:
    def test_stored_and_refused_stand_together_newest_first(self):
        [newest, *_, first] = heard(stored(NOW), refused(NOW + 2), stored(NOW + 1)).attempts
        assert (newest, first) == (refused(NOW + 2), stored(NOW))

    def test_there_are_never_too_many(self):
        assert len(heard(*[stored(NOW + number) for number in range(20)]).attempts) == MOST_SHOWN
