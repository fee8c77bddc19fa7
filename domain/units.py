"""Quantities students measure: what unit a feed of that name most likely has, and how to write its numbers."""

from __future__ import annotations

import math

USUAL_UNITS = {
    "temperature": "°C",
    "humidity": "%RH",
    "pressure": "hPa",
    "light": "lx",
    "lux": "lx",
    "illuminance": "lx",
    "soil_moisture": "%",
    "co2": "ppm",
    "voltage": "V",
    "current": "A",
    "power": "W",
    "energy": "Wh",
    "distance": "cm",
    "speed": "m/s",
    "acceleration": "m/s²",
    "pitch": "°",
    "roll": "°",
    "yaw": "°",
    "heading": "°",
    "ph": "pH",
    "rpm": "rpm",
    "rssi": "dBm",
    "noise": "dB",
    "weight": "g",
    "mass": "g",
    "flow": "L/min",
}
"""Name of a feed → unit assumed when a board creates the feed. A guess that its owner may change."""


def usual_unit(feed_name: str) -> str | None:
    """The unit a feed of this name usually has, or None."""
    return USUAL_UNITS.get(feed_name.lower())


def format_number(value: float, decimals: int | None = None) -> str:
    """A value as people read it: `decimals` places if given, else up to four significant digits, never "-0".

    Very large and very small numbers are written with an exponent.
    """
    if decimals is not None:
        text = f"{value:.{decimals}f}"
    elif value == 0:
        text = "0"
    elif not 1e-4 <= abs(value) < 1e7:
        text = f"{value:.3e}"
    else:
        places = max(0, 3 - math.floor(math.log10(abs(value))))
        text = f"{value:.{places}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.removeprefix("-") if float(text) == 0 else text
