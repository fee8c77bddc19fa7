"""Stands in for CircuitPython's `wifi`: a radio that has joined the network by itself."""

from __future__ import annotations


class Radio:
    pass


radio = Radio()
