from __future__ import annotations

import math
from functools import cache
from itertools import pairwise
from statistics import correlation, fmean

import pytest

from rehearsal import signals
from rehearsal.noise import Scene

SCENE = Scene(seed=7)
MORNING_S = 1_795_161_600.0
DAY_S = 86_400

EVERY = {
    "sense_hat": signals.sense_hat,
    "greenhouse": signals.greenhouse,
    "kiln": signals.kiln,
    "ph_rig": signals.ph_rig,
    "rover": signals.rover,
    "weather_mast": signals.weather_mast,
}

PLAUSIBLE = {
    ("sense_hat", "temperature"): (20, 30),
    ("sense_hat", "humidity"): (20, 60),
    ("sense_hat", "pressure"): (1000, 1026),
    ("sense_hat", "pitch"): (-75, 75),
    ("sense_hat", "roll"): (-75, 75),
    ("sense_hat", "yaw"): (0, 360),
    ("greenhouse", "temperature"): (10, 36),
    ("greenhouse", "humidity"): (25, 99),
    ("greenhouse", "light"): (0, 65_535),
    ("greenhouse", "soil_moisture"): (25, 50),
    ("kiln", "temperature"): (20, 1085),
    ("kiln", "setpoint"): (25, 1060),
    ("kiln", "power"): (0, 100),
    ("ph_rig", "ph"): (6.3, 7.4),
    ("ph_rig", "temperature"): (24, 26),
    ("rover", "battery"): (10.8, 12.6),
    ("rover", "speed"): (0, 0.25),
    ("rover", "distance"): (15, 430),
    ("weather_mast", "wind"): (0, 14),
    ("weather_mast", "gust"): (0, 16),
    ("weather_mast", "rain"): (0, 15),
}

VOCABULARY = {
    ("sense_hat", "direction"): signals.DIRECTIONS,
    ("greenhouse", "pump"): signals.PUMP_WORDS,
    ("kiln", "phase"): signals.KILN_PHASES,
    ("weather_mast", "direction"): signals.COMPASS,
}


@cache
def over(board, length_s, step_s=1.0, start_s=MORNING_S):
    """What the board says over that time; its silences are left out."""
    moments = (start_s + index * step_s for index in range(int(length_s / step_s)))
    return [(at_s, values) for at_s in moments if (values := EVERY[board](SCENE, at_s)) is not None]


def column(rows, feed):
    return [values[feed] for _, values in rows]


def changes(words):
    return sum(earlier != later for earlier, later in pairwise(words))


@pytest.mark.parametrize("board", EVERY)
class TestEveryBoard:
    def test_the_same_moment_gives_the_same_values(self, board):
        for at_s, values in over(board, 3_600, 60):
            assert EVERY[board](Scene(seed=7), at_s) == values

    def test_another_seed_tells_another_story(self, board):
        elsewhere = [EVERY[board](Scene(seed=8), at_s) for at_s, _ in over(board, 3_600, 60)]
        assert elsewhere != [values for _, values in over(board, 3_600, 60)]

    def test_each_of_its_feeds_has_a_range_or_a_vocabulary(self, board):
        spoken = {(board, feed) for _, values in over(board, DAY_S, 61) for feed in values}
        assert spoken == {key for key in PLAUSIBLE | VOCABULARY if key[0] == board}

    def test_numbers_are_finite_and_never_minus_zero(self, board):
        for _, values in over(board, DAY_S, 61):
            for value in values.values():
                assert isinstance(value, str) or (math.isfinite(value) and repr(value) != "-0.0")


class TestRanges:
    @pytest.mark.parametrize(("board", "feed"), PLAUSIBLE)
    def test_a_day_stays_within_what_is_plausible(self, board, feed):
        low, high = PLAUSIBLE[board, feed]
        day = column(over(board, DAY_S, 61), feed)
        assert low <= min(day)
        assert max(day) <= high

    @pytest.mark.parametrize(("board", "feed"), PLAUSIBLE)
    def test_nothing_stands_still_for_two_hours(self, board, feed):
        assert len(set(column(over(board, 7_200, 5), feed))) > 2

    @pytest.mark.parametrize(("board", "feed"), VOCABULARY)
    def test_words_come_from_the_vocabulary_and_change(self, board, feed):
        day = column(over(board, DAY_S, 61), feed)
        assert set(day) <= set(VOCABULARY[board, feed])
        assert changes(day) > 20


class TestSenseHat:
    def test_it_is_read_in_tenths_and_hundredths_as_the_parts_resolve(self):
        for _, values in over("sense_hat", 300):
            assert round(values["temperature"], 1) == values["temperature"]
            assert round(values["pressure"], 2) == values["pressure"]

    def test_it_drifts_and_never_jumps(self):
        rows = over("sense_hat", 7_200)
        for feed, most in (("temperature", 0.4), ("humidity", 1.5), ("pressure", 0.2)):
            steps = [abs(later - earlier) for earlier, later in pairwise(column(rows, feed))]
            assert max(steps) <= most

    def test_it_lies_flat_unless_somebody_holds_it(self):
        resting = [values for at_s, values in over("sense_hat", 3_600) if not signals.HANDLED.at(SCENE, at_s)]
        held = [values for at_s, values in over("sense_hat", 3_600) if signals.HANDLED.at(SCENE, at_s)]
        assert max(abs(values["pitch"]) for values in resting) < 2
        assert max(abs(values["pitch"]) for values in held) > 15

    def test_the_joystick_is_pressed_only_by_somebody_who_holds_it(self):
        rows = over("sense_hat", 3_600)
        moved = [later[0] for earlier, later in pairwise(rows) if earlier[1]["direction"] != later[1]["direction"]]
        assert moved
        assert all(signals.HANDLED.at(SCENE, at_s) or signals.HANDLED.at(SCENE, at_s - 1) for at_s in moved)


class TestGreenhouse:
    def test_noon_is_brighter_than_midnight(self):
        midnight = fmean(column(over("greenhouse", 3_600, 5, start_s=MORNING_S - 8 * 3_600), "light"))
        noon = fmean(column(over("greenhouse", 3_600, 5, start_s=MORNING_S + 4 * 3_600), "light"))
        assert midnight < 100
        assert noon > 5_000

    def test_its_day_follows_the_classrooms_clock(self):
        there = Scene(seed=7, utc_offset_s=12 * 3_600)
        assert signals.greenhouse(there, MORNING_S - 8 * 3_600)["light"] > 1_000

    def test_warm_air_is_drier(self):
        rows = over("greenhouse", DAY_S, 61)
        assert correlation(column(rows, "temperature"), column(rows, "humidity")) < -0.7

    def test_the_pump_wets_the_soil(self):
        rows = over("greenhouse", 7_200, 5)
        rises = [
            later[1]["soil_moisture"] - earlier[1]["soil_moisture"]
            for earlier, later in pairwise(rows)
            if earlier[1]["pump"] == later[1]["pump"] == "on"
        ]
        falls = [
            later[1]["soil_moisture"] - earlier[1]["soil_moisture"]
            for earlier, later in pairwise(rows)
            if (later[0] % signals.WATERING_S) > 200
        ]
        assert fmean(rises) > 0.5
        assert fmean(falls) < 0


class TestKiln:
    def test_it_reaches_its_top_and_cools_again(self):
        day = column(over("kiln", DAY_S, 61), "temperature")
        assert max(day) > 1_055
        assert min(day) < 80

    def test_it_never_jumps_not_even_where_the_programme_starts_again(self):
        day = column(over("kiln", 4 * 3_600), "temperature")
        assert max(abs(later - earlier) for earlier, later in pairwise(day)) < 6

    def test_the_phase_says_what_the_temperature_does(self):
        rises = {"heating": [], "soak": [], "cooling": []}
        for (_, earlier), (_, later) in pairwise(over("kiln", DAY_S, 61)):
            if earlier["phase"] == later["phase"]:
                rises[later["phase"]].append(later["temperature"] - earlier["temperature"])
        assert fmean(rises["heating"]) > 15
        assert abs(fmean(rises["soak"])) < 4
        assert fmean(rises["cooling"]) < -10

    def test_the_heater_is_off_while_it_cools(self):
        cooling = [values["power"] for _, values in over("kiln", DAY_S, 61) if values["phase"] == "cooling"]
        assert set(cooling) == {0.0}

    def test_the_thermocouple_is_read_in_quarters_of_a_degree(self):
        assert all((4 * reading).is_integer() for reading in column(over("kiln", 600), "temperature"))


class TestPhRig:
    def test_it_has_gaps_of_some_minutes(self):
        rows = over("ph_rig", 4 * 3_600, 10)
        gaps = [later[0] - earlier[0] for earlier, later in pairwise(rows) if later[0] - earlier[0] > 10]
        assert len(gaps) >= 4
        assert all(100 <= gap_s <= 310 for gap_s in gaps)

    def test_a_drop_of_acid_lowers_the_ph_and_is_buffered_away(self):
        rows = over("ph_rig", DAY_S, 10)
        soon_after = fmean(values["ph"] for at_s, values in rows if 30 < at_s % 1_380 < 90)
        long_after = fmean(values["ph"] for at_s, values in rows if at_s % 1_380 > 1_100)
        assert soon_after < long_after - 0.1


class TestRover:
    def test_it_comes_for_some_minutes_and_goes(self):
        rows = over("rover", 4 * 3_600, 0.5)
        away = [later[0] - earlier[0] for earlier, later in pairwise(rows) if later[0] - earlier[0] > 1]
        assert len(away) >= 10
        assert 0.2 < len(rows) / (4 * 7_200) < 0.6

    def test_it_slows_down_before_the_wall(self):
        rows = over("rover", 3_600, 0.5)
        near = [values["speed"] for _, values in rows if values["distance"] < 30]
        assert near
        assert max(near) < 0.1

    def test_the_battery_empties_over_a_run(self):
        run = next(found for index in range(3_000_000, 3_000_100) if (found := signals.ROVER_RUN.in_slot(SCENE, index)))
        at_rest = [run.start_s + 0.1, run.start_s + signals.LEG_S * 4]
        first, last = (signals.rover(SCENE, at_s)["battery"] for at_s in at_rest)
        assert last < first - 0.3


class TestWeatherMast:
    def test_a_gust_is_never_below_the_wind(self):
        assert all(values["gust"] >= values["wind"] for _, values in over("weather_mast", DAY_S, 61))

    def test_most_of_the_time_it_does_not_rain_and_zero_is_said(self):
        rain = column(over("weather_mast", DAY_S, 61), "rain")
        assert 0.5 < rain.count(0.0) / len(rain) < 0.95


class TestDoor:
    def test_it_is_mostly_closed_and_often_opened(self):
        day = [signals.door(SCENE, MORNING_S + second) for second in range(0, DAY_S, 2)]
        assert set(day) == set(signals.DOOR_WORDS)
        assert day.count("open") / len(day) < 0.4
        assert changes(day) > 300

    def test_a_badge_is_one_of_the_known(self):
        visits = signals.VISIT.between(SCENE, MORNING_S, MORNING_S + DAY_S)
        assert {signals.badge(SCENE, visit) for visit in visits} == set(signals.BADGES)
