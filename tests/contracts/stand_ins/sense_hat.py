"""Stands in for the Sense HAT's own library where there is no Sense HAT: the calls that the example makes."""

from __future__ import annotations

from typing import NamedTuple


class Press(NamedTuple):
    direction: str


class Stick:
    """A joystick that was pressed once, before anybody asked."""

    def __init__(self) -> None:
        self._events = [Press("up")]

    def get_events(self) -> list[Press]:
        events, self._events = self._events, []
        return events


class SenseHat:
    def __init__(self) -> None:
        self.stick = Stick()

    def get_temperature(self) -> float:
        return 24.5678

    def get_humidity(self) -> float:
        return 41.234

    def get_pressure(self) -> float:
        return 1013.256

    def get_orientation_degrees(self) -> dict[str, float]:
        return {"pitch": 0.81, "roll": 358.7, "yaw": 87.25}
