"""Stands in for MicroPython's `network`: a Wi-Fi that is joined as soon as it is asked."""

from __future__ import annotations

STA_IF = 0


class WLAN:
    def __init__(self, interface: int) -> None:
        self._is_active = False
        self._is_connected = False

    def active(self, is_active: bool) -> None:
        self._is_active = is_active

    def isconnected(self) -> bool:
        return self._is_connected

    def connect(self, name: str, password: str) -> None:
        assert self._is_active, "the interface must be active before it connects"
        self._is_connected = True
