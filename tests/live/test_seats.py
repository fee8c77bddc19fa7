"""How much somebody has open at a time."""

from __future__ import annotations

import pytest

from domain.errors import TooManyOpen
from live.seats import Seats

ADA, BO = ("person", 1), ("person", 2)
HERE, THERE = ("address", "203.0.113.7"), ("address", "203.0.113.8")


@pytest.fixture
def seats() -> Seats:
    return Seats({"address": 3, "person": 2})


class TestTaking:
    def test_one_too_many_is_refused_with_a_sentence_and_when_to_come_again(self, seats):
        for _ in range(2):
            seats.take([ADA])
        with pytest.raises(TooManyOpen, match="2 connections are open for this person") as refused:
            seats.take([ADA])
        assert refused.value.to_headers()["Retry-After"] == "30"

    def test_others_are_let_in_meanwhile(self, seats):
        for _ in range(2):
            seats.take([HERE, ADA])
        seats.take([HERE, BO])
        with pytest.raises(TooManyOpen, match="this address"):
            seats.take([HERE])
        seats.take([THERE])

    def test_of_a_refused_one_nothing_counts(self, seats):
        for _ in range(2):
            seats.take([ADA])
        with pytest.raises(TooManyOpen):
            seats.take([HERE, ADA])
        for _ in range(3):
            seats.take([HERE])

    def test_what_has_no_limit_is_let_in(self, seats):
        for _ in range(10):
            seats.take([("board", 1)])

    def test_what_is_left_is_others(self, seats):
        left, _ = seats.take([ADA]), seats.take([ADA])
        left.leave()
        left.leave()
        seats.take([ADA])
        with pytest.raises(TooManyOpen):
            seats.take([ADA])

    def test_it_is_left_whatever_happens(self, seats):
        for _ in range(5):
            with pytest.raises(KeyError), seats.take([ADA]):
                raise KeyError


class TestNearlyTaken:
    def test_the_last_tenth_is_for_others(self):
        seats = Seats({"address": 10})
        taken = [seats.take([HERE]) for _ in range(9)]
        assert seats.are_nearly_taken([HERE])
        taken[0].leave()
        assert not seats.are_nearly_taken([HERE])
        assert not seats.are_nearly_taken([THERE])
