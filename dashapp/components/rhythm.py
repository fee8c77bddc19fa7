"""How often a channel speaks and through which door, in words."""

from __future__ import annotations

from domain.readings import Door
from domain.units import format_number

DOORS = {
    Door.HTTP: "HTTP",
    Door.WEBSOCKET: "WebSocket",
    Door.MQTT: "MQTT",
    Door.REHEARSAL: "rehearsal",
    Door.COMMAND_LINE: "command line",
    Door.PAGE: "test reading",
}


def rhythm(interval_s: float | None) -> str | None:
    """`5 Hz` for the quick, `every 10 s` for the slow; None where it is not known yet."""
    if not interval_s:
        return None
    if interval_s < 1.5:
        return f"{format_number(_rounded(1 / interval_s))} Hz"
    if interval_s < 90:
        return f"every {interval_s:.0f} s"
    return f"every {interval_s / 60:.0f} min" if interval_s < 5400 else f"every {interval_s / 3600:.0f} h"


def _rounded(hertz: float) -> float:
    return round(hertz) if hertz >= 2 else round(hertz, 1)


def door_name(door: str | None) -> str | None:
    """The door as a person would name it."""
    return DOORS.get(Door(door), door) if door else None
