"""What the boards measure: pure functions of scene and time, rounded as the real sensors round.

Each public function gives one board's values at a moment (seconds since the epoch), or None while it is silent.
"""

from __future__ import annotations

import math
from typing import TypeAlias

from rehearsal.habits import Habit, Stretch
from rehearsal.noise import Scene, between, hiss, hour_of_day, pick, slot, wander

Values: TypeAlias = dict[str, float | str]
"""A board's values at one moment, by feed name."""

DIRECTIONS = ("up", "down", "left", "right", "middle")
PUMP_WORDS = ("on", "off")
DOOR_WORDS = ("open", "closed")
BADGES = ("otter", "finch", "heron", "lynx", "staff")
KILN_PHASES = ("heating", "soak", "cooling")
COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")

HANDLED = Habit("sense hat in hand", every_s=150, odds=0.55, shortest_s=12, longest_s=38)
PH_GAP = Habit("ph rig unplugged", every_s=1_020, odds=0.75, shortest_s=120, longest_s=290)
ROVER_RUN = Habit("rover run", every_s=510, odds=1.0, shortest_s=180, longest_s=320)
SHOWER = Habit("shower", every_s=1_500, odds=0.65, shortest_s=260, longest_s=700)
VISIT = Habit("door visit", every_s=120, odds=0.8, shortest_s=6, longest_s=24)
DELIVERY = Habit("door held open", every_s=1_100, odds=0.7, shortest_s=90, longest_s=200)

PRESS_S = 3.0
"""A playful student presses the joystick once in so many seconds."""

WATERING_S = 660.0
WATERING_ON_S = 28.0

LEG_S = 40.0
"""The rover drives at a wall for so long, stops short of it, and turns."""


def sense_hat(scene: Scene, at_s: float) -> Values:
    """A Sense HAT on a Raspberry Pi: warmed by the Pi below it, and by the hands that pick it up and tilt it."""
    temperature = _classroom_c(scene, at_s) + 3.2 + 0.9 * _warmth(scene, at_s) + 0.015 * hiss(scene, "hat °C", at_s)
    vapour_hpa = 11.4 + 1.2 * wander(scene, "hat vapour", at_s, 2_400) + 1.1 * _warmth(scene, at_s)
    humidity = _relative_humidity(temperature, vapour_hpa) + 0.04 * hiss(scene, "hat %RH", at_s)
    held = HANDLED.at(scene, at_s)
    return {
        "temperature": round(temperature, 1),
        "humidity": round(humidity, 1),
        "pressure": round(_pressure_hpa(scene, at_s), 2),
        "pitch": round(0.8 + _tilt(scene, "pitch", held, at_s), 1),
        "roll": round(-1.3 + _tilt(scene, "roll", held, at_s), 1),
        "yaw": round(_yaw(scene, held, at_s), 1),
        "direction": _last_press(scene, at_s),
    }


def greenhouse(scene: Scene, at_s: float) -> Values:
    """A school greenhouse: sun, clouds and lamps; air that dries as it warms; soil that a pump wets each 11 minutes."""
    since_watering_s = slot(at_s, WATERING_S)[1]
    light = _daylight_lx(scene, at_s) + _lamp_lx(scene, at_s)
    temperature = _greenhouse_c(scene, at_s)
    vapour_hpa = 15.5 + 1.0 * wander(scene, "greenhouse vapour", at_s, 3_000) + 2.0 * _wetness(since_watering_s)
    humidity = min(99.0, _relative_humidity(temperature, vapour_hpa) + 0.2 * hiss(scene, "greenhouse %RH", at_s))
    moisture = 31.0 + 1.5 * wander(scene, "soil", at_s, 7_200) + 13.0 * _wetness(since_watering_s)
    return {
        "temperature": round(temperature, 1),
        "humidity": round(humidity, 1),
        "light": float(round(max(0.0, light * (1 + 0.001 * hiss(scene, "lux", at_s))))),
        "soil_moisture": round(moisture + 0.12 * hiss(scene, "soil", at_s), 1),
        "pump": "on" if since_watering_s < WATERING_ON_S else "off",
    }


def kiln(scene: Scene, at_s: float) -> Values:
    """A muffle furnace that climbs to 600 °C, soaks, climbs to 1060 °C, soaks, and is blown cool.

    The thermocouple lags the set point and swings in after each corner, as under a real controller; it is read in
    quarters of a degree.
    """
    phase, setpoint, true_c, power = _programme(slot(at_s, _COOLED_AT_S)[1])
    ripple_c = 0.6 * math.sin(2 * math.pi * at_s / 31) + 0.35 * hiss(scene, "thermocouple", at_s)
    busy = power + 1.5 * hiss(scene, "kiln power", at_s) if power else 0.0
    return {
        "temperature": round(4 * (true_c + ripple_c)) / 4,
        "setpoint": round(setpoint, 1),
        "power": float(round(min(100.0, max(0.0, busy)))),
        "phase": phase,
    }


def ph_rig(scene: Scene, at_s: float) -> Values | None:
    """A glass electrode in a thermostatted bath: each 23 minutes a drop of acid; sometimes somebody pulls the plug."""
    if PH_GAP.at(scene, at_s):
        return None
    drop, since_s = slot(at_s, 1_380)
    acid = between(scene, "acid", drop, 0.22, 0.45) * (1 - math.exp(-since_s / 15)) * math.exp(-since_s / 260)
    ph = 7.06 + 0.1 * wander(scene, "ph", at_s, 3_600) - acid + 0.006 * hiss(scene, "ph", at_s)
    bath_c = 25.0 + 0.3 * _sawtooth(at_s, 420, rising=0.35) + 0.03 * hiss(scene, "bath", at_s)
    return {"ph": round(ph, 2), "temperature": round(bath_c, 1)}


def rover(scene: Scene, at_s: float) -> Values | None:
    """A rover on its runs: it drives at a wall, stops, turns; the battery sags under load and empties over the run."""
    run = ROVER_RUN.at(scene, at_s)
    if run is None:
        return None
    leg, into_s = slot(at_s - run.start_s, LEG_S)
    top = between(scene, "rover pace", leg + int(run.start_s), 0.08, 0.097)
    speed = 2 * top * math.sin(math.pi * into_s / LEG_S) ** 2
    ahead_m = 0.24 + top * (LEG_S - into_s + LEG_S / (2 * math.pi) * math.sin(2 * math.pi * into_s / LEG_S))
    battery = 12.5 - 0.9 * run.part(at_s) - 0.7 * speed + 0.01 * hiss(scene, "battery", at_s)
    return {
        "battery": round(battery, 2),
        "speed": round(max(0.0, speed + 0.004 * hiss(scene, "wheel", at_s)), 2),
        "distance": float(round(100 * min(4.0, ahead_m) + 1.2 * hiss(scene, "echo", at_s))),
    }


def weather_mast(scene: Scene, at_s: float) -> Values:
    """A mast on the roof: wind as the mean of five seconds, gust as their largest, direction in words, rain by rate."""
    winds = [_wind_m_s(scene, at_s - back_s) for back_s in range(5)]
    shower = SHOWER.at(scene, at_s)
    heavy = between(scene, "shower", int(shower.start_s), 2.0, 11.0) * shower.swell(at_s) if shower else 0.0
    return {
        "wind": round(sum(winds) / len(winds), 1),
        "gust": round(max(winds), 1),
        "rain": round(heavy * (1 + 0.2 * wander(scene, "drops", at_s, 40)), 1),
        "direction": COMPASS[round(_wind_from_deg(scene, at_s) / 45) % 8],
    }


def door(scene: Scene, at_s: float) -> str:
    """Whether the workshop's door stands open at that moment."""
    return "open" if VISIT.at(scene, at_s) or DELIVERY.at(scene, at_s) else "closed"


def badge(scene: Scene, visit: Stretch) -> str:
    """Who opened the door on that visit."""
    return pick(scene, "badge", int(visit.start_s), BADGES)


def _classroom_c(scene: Scene, at_s: float) -> float:
    """A heated room: warmest at three in the afternoon, with the heating's cycle of thirteen minutes."""
    by_day = 0.9 * math.cos(2 * math.pi * (hour_of_day(scene, at_s) - 15) / 24)
    return 21.2 + by_day + 0.45 * _sawtooth(at_s, 780, rising=0.4) + 0.5 * wander(scene, "room", at_s, 2_700)


def _relative_humidity(temperature_c: float, vapour_hpa: float) -> float:
    """In %RH, by Magnus' formula with the constants of Alduchov and Eskridge (1996)."""
    return 100 * vapour_hpa / (6.1094 * math.exp(17.625 * temperature_c / (243.04 + temperature_c)))


def _pressure_hpa(scene: Scene, at_s: float) -> float:
    """Weather over two days, the atmosphere's tide twice a day (highest at ten), and the building's own draughts."""
    weather = 1013.2 + 9 * wander(scene, "weather", at_s, 172_800)
    tide = 0.6 * math.cos(2 * math.pi * (hour_of_day(scene, at_s) - 10) / 12)
    return weather + tide + 0.3 * wander(scene, "draught", at_s, 600) + 0.008 * hiss(scene, "hPa", at_s)


def _warmth(scene: Scene, at_s: float) -> float:
    """What hands have left in the board: charging while it is held, fading afterwards, about 0 to 1."""
    return sum(_left_by(stretch, at_s) for stretch in HANDLED.begun(scene, at_s, slots=7))


def _left_by(held: Stretch, at_s: float) -> float:
    charged = 1 - math.exp(-(min(at_s, held.end_s) - held.start_s) / 25)
    return charged * math.exp(-max(0.0, at_s - held.end_s) / 110)


def _tilt(scene: Scene, axis: str, held: Stretch | None, at_s: float) -> float:
    jitter = 0.08 * hiss(scene, axis, at_s)
    if held is None:
        return jitter
    widest = between(scene, f"{axis} reach", int(held.start_s), 25, 70)
    pace_s = between(scene, f"{axis} pace", int(held.start_s), 5, 9)
    return jitter + widest * held.swell(at_s) * math.sin(2 * math.pi * (at_s - held.start_s) / pace_s)


def _yaw(scene: Scene, held: Stretch | None, at_s: float) -> float:
    """The heading it was last laid down with; turning over to the next one while it is held."""
    begun = HANDLED.begun(scene, at_s, slots=24)
    laid = [between(scene, "heading", int(stretch.start_s), 70, 290) for stretch in begun[:2]] + [180.0, 180.0]
    jitter = 0.25 * hiss(scene, "yaw", at_s)
    if held is None:
        return laid[0] + jitter
    turned = 0.5 - 0.5 * math.cos(math.pi * held.part(at_s))
    return laid[1] + (laid[0] - laid[1]) * turned + jitter


def _last_press(scene: Scene, at_s: float) -> str:
    """The way the joystick was last pressed; it is pressed only while somebody holds the board."""
    begun = HANDLED.begun(scene, at_s, slots=24)
    pressed_at_s = min(at_s, begun[0].end_s) if begun else 0.0
    return pick(scene, "joystick", int(pressed_at_s // PRESS_S), DIRECTIONS)


def _daylight_lx(scene: Scene, at_s: float) -> float:
    """Sun from half past six to half past five through glass, under slow and quick clouds; by night the corridor."""
    clouds = 0.62 + 0.25 * wander(scene, "overcast", at_s, 2_400) + 0.13 * wander(scene, "cloud", at_s, 75)
    return 14.0 + 38_000 * _sun_height(scene, at_s) * clouds


def _sun_height(scene: Scene, at_s: float) -> float:
    return max(0.0, math.sin(math.pi * (hour_of_day(scene, at_s) - 6.5) / 11))


def _lamp_lx(scene: Scene, at_s: float) -> float:
    """Plants get lamps before sunrise and after sunset, and six hours of dark before two."""
    hour = hour_of_day(scene, at_s)
    return 7_600.0 + 90 * wander(scene, "lamp", at_s, 240) if 2 <= hour < 8 or 16 <= hour < 20 else 0.0


def _greenhouse_c(scene: Scene, at_s: float) -> float:
    """Glass gathers warmth and gives it back slowly: warmest after two; the vents open and close each nine minutes."""
    by_day = 5.0 * math.cos(2 * math.pi * (hour_of_day(scene, at_s) - 14.5) / 24) + 2.5 * _sun_height(scene, at_s)
    vents = 0.7 * _sawtooth(at_s, 540, rising=0.6)
    air = 20.5 + by_day + vents + 0.8 * wander(scene, "greenhouse air", at_s, 1_800)
    return air + 0.05 * hiss(scene, "greenhouse °C", at_s)


def _wetness(since_watering_s: float) -> float:
    """0 to 1: soaks up within a minute of the pump's start and is gone when the next watering begins."""
    soaked = 1 - math.exp(-since_watering_s / 18)
    gone = math.exp(-WATERING_S / 260)
    return soaked * (math.exp(-since_watering_s / 260) - gone) / (1 - gone)


def _sawtooth(at_s: float, period_s: float, rising: float) -> float:
    """-1 to 1 and back, rising for that part of the period: a thermostat switching with a dead band."""
    part = slot(at_s, period_s)[1] / period_s
    return 2 * part / rising - 1 if part < rising else 1 - 2 * (part - rising) / (1 - rising)


def _wind_m_s(scene: Scene, at_s: float) -> float:
    steady = 5.2 + 2.6 * wander(scene, "wind", at_s, 1_500)
    gusty = 1 + 0.4 * wander(scene, "gusts", at_s, 35) + 0.08 * hiss(scene, "cups", at_s)
    return max(0.0, steady * gusty)


def _wind_from_deg(scene: Scene, at_s: float) -> float:
    turning = 80 * wander(scene, "veer", at_s, 3_000) + 30 * wander(scene, "flutter", at_s, 90)
    return 225 + turning + 5 * hiss(scene, "vane", at_s)


_ROOM_C, _START_C, _FIRST_C, _TOP_C = 25.0, 55.0, 600.0, 1060.0
_CLIMB_C_S = 25 / 60
_FIRST_SOAK_S, _TOP_SOAK_S = 480.0, 600.0
_COOLING_TAU_S = 720.0
_LAG_S = 45.0
"""Set point ahead of thermocouple on a steady climb: climb times lag, about 19 °C."""

_FIRST_AT_S = (_FIRST_C - _START_C) / _CLIMB_C_S
_CLIMB_AGAIN_AT_S = _FIRST_AT_S + _FIRST_SOAK_S
_TOP_AT_S = _CLIMB_AGAIN_AT_S + (_TOP_C - _FIRST_C) / _CLIMB_C_S
_COOL_AT_S = _TOP_AT_S + _TOP_SOAK_S
_COOLED_AT_S = _COOL_AT_S + _COOLING_TAU_S * math.log((_TOP_C - _ROOM_C) / (_START_C - _ROOM_C))
"""Blown cool to where the programme starts again, so the temperature never jumps."""


def _programme(into_s: float) -> tuple[str, float, float, float]:
    """Phase, set point °C, true temperature °C and heater power % at that second of the programme."""
    if into_s < _FIRST_AT_S:
        return _climb(_START_C, into_s)
    if into_s < _CLIMB_AGAIN_AT_S:
        return _soak(_FIRST_C, into_s - _FIRST_AT_S)
    if into_s < _TOP_AT_S:
        return _climb(_FIRST_C, into_s - _CLIMB_AGAIN_AT_S)
    if into_s < _COOL_AT_S:
        return _soak(_TOP_C, into_s - _TOP_AT_S)
    cooling = _ROOM_C + (_TOP_C - _ROOM_C) * math.exp(-(into_s - _COOL_AT_S) / _COOLING_TAU_S)
    return "cooling", _ROOM_C, cooling, 0.0


def _climb(from_c: float, since_s: float) -> tuple[str, float, float, float]:
    setpoint = from_c + _CLIMB_C_S * since_s
    behind = _CLIMB_C_S * _LAG_S * (1 - math.exp(-since_s / _LAG_S))
    return "heating", setpoint, setpoint - behind, _holding_power(setpoint) + 40 * behind / (_CLIMB_C_S * _LAG_S)


def _soak(at_c: float, since_s: float) -> tuple[str, float, float, float]:
    behind = _CLIMB_C_S * _LAG_S * math.exp(-since_s / 80) * math.cos(2 * math.pi * since_s / 260)
    return "soak", at_c, at_c - behind, _holding_power(at_c) + 40 * behind / (_CLIMB_C_S * _LAG_S)


def _holding_power(at_c: float) -> float:
    """What the walls lose at that temperature, in % of the heater."""
    return 52 * (at_c - _ROOM_C) / (_TOP_C - _ROOM_C)
