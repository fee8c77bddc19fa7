"""Stands in for MicroPython's `dht`: a sensor that is silent at its third measurement, as the real one now and then."""

from __future__ import annotations

from typing import Any


class DHT22:
    def __init__(self, pin: Any) -> None:
        self._measured = 0

    def measure(self) -> None:
        self._measured += 1
        if self._measured == 3:
            raise OSError(116, "ETIMEDOUT")

    def temperature(self) -> float:
        return 21.4

    def humidity(self) -> float:
        return 48.9
