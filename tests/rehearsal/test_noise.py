from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from statistics import fmean, stdev

from rehearsal.noise import Scene, chance, hiss, hour_of_day, pick, slot, wander

SCENE = Scene(seed=7)
NOON_S = 1_795_176_000.0


class TestChance:
    def test_it_is_the_same_whenever_it_is_asked(self):
        assert [chance(SCENE, "wind", index) for index in range(5)] == [
            chance(Scene(seed=7), "wind", index) for index in range(5)
        ]

    def test_it_is_the_same_in_another_process(self):
        ask = "from rehearsal.noise import Scene, chance; print(repr(chance(Scene(7), 'wind', 41)))"
        told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, timeout=30)
        assert float(told.stdout) == chance(SCENE, "wind", 41)

    def test_another_seed_stream_or_index_gives_another_number(self):
        told = {
            chance(SCENE, "wind", 1),
            chance(Scene(8), "wind", 1),
            chance(SCENE, "rain", 1),
            chance(SCENE, "wind", 2),
        }
        assert len(told) == 4

    def test_it_is_spread_evenly_from_zero_to_one(self):
        told = [chance(SCENE, "dice", index) for index in range(10_000)]
        assert 0 <= min(told) < 0.01
        assert 0.99 < max(told) < 1
        assert abs(fmean(told) - 0.5) < 0.02


class TestPick:
    def test_it_reaches_every_word(self):
        words = ("up", "down", "left")
        assert {pick(SCENE, "joystick", index, words) for index in range(100)} == set(words)


class TestHiss:
    def test_it_is_centred_and_of_unit_width(self):
        told = [hiss(SCENE, "thermometer", NOON_S + second) for second in range(5_000)]
        assert abs(fmean(told)) < 0.05
        assert 0.9 < stdev(told) < 1.1


class TestWander:
    def test_it_stays_within_one_and_is_smooth(self):
        curve = [wander(SCENE, "room", NOON_S + second, 600) for second in range(6_000)]
        assert -1 <= min(curve) < -0.3
        assert 0.3 < max(curve) <= 1
        assert max(abs(later - earlier) for earlier, later in pairwise(curve)) < 0.02


class TestSlot:
    def test_it_counts_slots_and_the_seconds_into_them(self):
        assert slot(125.0, 60.0) == (2, 5.0)


class TestHourOfDay:
    def test_it_is_the_classrooms_hour(self):
        assert hour_of_day(Scene(7), NOON_S) == 12
        assert hour_of_day(Scene(7, utc_offset_s=-8 * 3600), NOON_S) == 4
