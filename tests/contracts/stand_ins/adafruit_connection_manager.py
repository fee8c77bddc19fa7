"""Stands in for CircuitPython's library of that name, as far as programs hand its parts on."""

from __future__ import annotations


def get_radio_socketpool(radio: object) -> str:
    assert type(radio).__name__ == "Radio"
    return "a pool"


def get_radio_ssl_context(radio: object) -> str:
    assert type(radio).__name__ == "Radio"
    return "a context"
