"""Who plays: each board with its channel, its rhythm and its way of sending."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, TypeAlias

from rehearsal import signals
from rehearsal.noise import Scene
from rehearsal.signals import Values


class Measured(NamedTuple):
    """What a board measured at one moment: milliseconds since the epoch, values by feed."""

    at_ms: int
    values: Values


Script: TypeAlias = Callable[[Scene, int, int], list[Measured]]
"""All that a board measures after one instant up to another (ms), in order; pure, so parts join without a seam."""


class Voice(Enum):
    """How a board sends."""

    HTTP = "POST with the instant it measured"
    BARE = "POST of one bare value, stamped on arrival"
    SOCKET = "WebSocket"


@dataclass(frozen=True, slots=True)
class Board:
    """One member of the cast. `feeds`: name → unit, or "text" for words. `per_message`: moments it saves up to send."""

    name: str
    description: str
    feeds: dict[str, str]
    interval_s: float
    voice: Voice
    script: Script
    per_message: int = 1


def every(interval_ms: int, phase_ms: int, measure: Callable[[Scene, float], Values | None]) -> Script:
    """The script of a board with a steady rhythm; it says nothing where `measure` gives None.

    `phase_ms` is its own, so that a class of boards does not speak in chorus.
    """

    def script(scene: Scene, after_ms: int, until_ms: int) -> list[Measured]:
        first = (after_ms - phase_ms) // interval_ms + 1
        last = (until_ms - phase_ms) // interval_ms
        moments = (index * interval_ms + phase_ms for index in range(first, last + 1))
        found = ((at_ms, measure(scene, at_ms / 1000)) for at_ms in moments)
        return [Measured(at_ms, values) for at_ms, values in found if values is not None]

    return script


DOOR_REPEAT_MS, DOOR_PHASE_MS = 10_000, 4_210
BADGE_BEFORE_MS = 1_400


def workshop_door(scene: Scene, after_ms: int, until_ms: int) -> list[Measured]:
    """The door's state each ten seconds and whenever it changes; a badge shortly before each visit."""
    told: dict[int, Values] = {}
    for at_ms in _door_instants(scene, after_ms, until_ms):
        told[at_ms] = {"door": signals.door(scene, at_ms / 1000)}
    for visit in signals.VISIT.between(scene, after_ms / 1000, (until_ms + BADGE_BEFORE_MS) / 1000 + 1):
        told.setdefault(_whole_ms(visit.start_s) - BADGE_BEFORE_MS, {})["badge"] = signals.badge(scene, visit)
    return [Measured(at_ms, told[at_ms]) for at_ms in sorted(told) if after_ms < at_ms <= until_ms]


def _door_instants(scene: Scene, after_ms: int, until_ms: int) -> list[int]:
    repeats = every(DOOR_REPEAT_MS, DOOR_PHASE_MS, lambda _scene, _at_s: {})(scene, after_ms, until_ms)
    stretches = [
        stretch
        for habit in (signals.VISIT, signals.DELIVERY)
        for stretch in habit.between(scene, after_ms / 1000 - 1, until_ms / 1000)
    ]
    edges = [_whole_ms(edge_s) for stretch in stretches for edge_s in stretch]
    return [moment.at_ms for moment in repeats] + edges


def _whole_ms(at_s: float) -> int:
    """The first whole millisecond at or after it."""
    return math.ceil(at_s * 1000)


OTTER = Board(
    name="Otter · Sense HAT",
    description="Team Otter's Raspberry Pi with a Sense HAT. It reads too warm: the Pi heats it, and so do hands.",
    feeds={
        "temperature": "°C",
        "humidity": "%RH",
        "pressure": "hPa",
        "pitch": "°",
        "roll": "°",
        "yaw": "°",
        "direction": "text",
    },
    interval_s=1,
    voice=Voice.SOCKET,
    script=every(1_000, 130, signals.sense_hat),
)

GREENHOUSE = Board(
    name="Greenhouse 3",
    description="The school's greenhouse: a pump waters half a minute in every eleven; lamps lengthen the day.",
    feeds={"temperature": "°C", "humidity": "%RH", "light": "lx", "soil_moisture": "%", "pump": "text"},
    interval_s=5,
    voice=Voice.HTTP,
    script=every(5_000, 1_840, signals.greenhouse),
)

KILN = Board(
    name="Kiln 2",
    description="A muffle furnace on its programme: 25 °C a minute to 600 °C, soak, on to 1060 °C, soak, blown cool.",
    feeds={"temperature": "°C", "setpoint": "°C", "power": "%", "phase": "text"},
    interval_s=1,
    voice=Voice.HTTP,
    script=every(1_000, 610, signals.kiln),
)

DOOR = Board(
    name="Workshop door",
    description="A reed contact on the workshop's door, and the badge reader beside it.",
    feeds={"door": "text", "badge": "text"},
    interval_s=10,
    voice=Voice.BARE,
    script=workshop_door,
)

PH_RIG = Board(
    name="pH rig",
    description="A glass electrode in a bath at 25 °C. Now and then a drop of acid; now and then no plug.",
    feeds={"ph": "pH", "temperature": "°C"},
    interval_s=10,
    voice=Voice.HTTP,
    script=every(10_000, 7_300, signals.ph_rig),
)

ROVER = Board(
    name="Finch's rover",
    description="Team Finch's rover drives at a wall and stops short of it. It sends while it is on a run.",
    feeds={"speed": "m/s", "distance": "cm", "battery": "V"},
    interval_s=0.5,
    voice=Voice.SOCKET,
    script=every(500, 370, signals.rover),
)

MAST = Board(
    name="Weather mast",
    description="The mast on the roof: a reading every five seconds, sent six at a time to spare the battery.",
    feeds={"wind": "m/s", "gust": "m/s", "rain": "mm/h", "direction": "text"},
    interval_s=30,
    voice=Voice.HTTP,
    script=every(5_000, 3_050, signals.weather_mast),
    per_message=6,
)

CAST = (OTTER, GREENHOUSE, KILN, DOOR, PH_RIG, ROVER, MAST)
"""In the order in which they come on stage."""
