"""Stands in for MicroPython's `machine`: pins whose pull-up nobody draws down."""

from __future__ import annotations


class Pin:
    IN = 0
    PULL_UP = 1

    def __init__(self, number: int, mode: int = IN, pull: int | None = None) -> None:
        self._is_high = pull == self.PULL_UP

    def value(self) -> int:
        return int(self._is_high)
