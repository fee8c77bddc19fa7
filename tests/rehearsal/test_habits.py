from __future__ import annotations

from itertools import pairwise

import pytest

from rehearsal.habits import Habit, Stretch
from rehearsal.noise import Scene

SCENE = Scene(seed=7)
HABIT = Habit("visit", every_s=100, odds=0.6, shortest_s=10, longest_s=30)


class TestStretch:
    def test_its_end_is_no_longer_part_of_it(self):
        stretch = Stretch(10, 20)
        assert [stretch.holds(at_s) for at_s in (9.9, 10, 19.9, 20)] == [False, True, True, False]

    def test_it_swells_from_nothing_to_all_and_back(self):
        assert [Stretch(10, 20).swell(at_s) for at_s in (5, 10, 15, 20, 25)] == pytest.approx([0, 0, 1, 0, 0])


class TestHabit:
    def test_it_keeps_inside_its_slot_and_its_lengths(self):
        for index in range(500):
            if stretch := HABIT.in_slot(SCENE, index):
                assert index * 100 <= stretch.start_s < stretch.end_s <= (index + 1) * 100
                assert 10 <= stretch.end_s - stretch.start_s <= 30

    def test_it_happens_as_often_as_its_odds_say(self):
        happened = sum(HABIT.in_slot(SCENE, index) is not None for index in range(2_000))
        assert 0.55 < happened / 2_000 < 0.65

    def test_at_finds_the_one_going_on_and_no_other(self):
        stretch = next(found for index in range(100) if (found := HABIT.in_slot(SCENE, index)))
        assert HABIT.at(SCENE, stretch.start_s + 1) == stretch
        assert HABIT.at(SCENE, stretch.end_s + 0.001) is None

    def test_begun_lists_the_newest_first_and_none_of_the_future(self):
        begun = HABIT.begun(SCENE, 5_050, slots=20)
        assert begun
        assert all(stretch.start_s <= 5_050 for stretch in begun)
        assert all(newer.start_s > older.end_s for newer, older in pairwise(begun))

    def test_between_finds_those_that_reach_in_from_before(self):
        stretch = next(found for index in range(100) if (found := HABIT.in_slot(SCENE, index)))
        assert stretch in HABIT.between(SCENE, stretch.end_s - 1, stretch.end_s + 1)
        assert stretch not in HABIT.between(SCENE, stretch.end_s, stretch.end_s + 1)
