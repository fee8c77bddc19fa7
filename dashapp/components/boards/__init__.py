"""What can be connected: one module a board, each a pure function from a place to complete code.

A board is one line in BOARDS. What it shows must work today: tests run each program against a real server, or send the
very request that it describes.
"""

from __future__ import annotations

from dashapp.components.boards import (
    arduino,
    circuitpython,
    curl,
    esphome,
    matlab,
    micropython,
    mqtt,
    python,
    tasmota,
    websocket,
)
from dashapp.components.boards.place import Board, Code, File, Place

__all__ = ["BOARDS", "Board", "Code", "File", "Place", "board_of", "fitting"]

BOARDS: tuple[Board, ...] = (
    curl.BOARD,
    arduino.BOARD,
    micropython.BOARD,
    circuitpython.BOARD,
    python.BOARD,
    matlab.BOARD,
    websocket.BOARD,
    mqtt.BOARD,
    esphome.BOARD,
    tasmota.BOARD,
)


def board_of(slug: str | None) -> Board:
    """The board of that name; the first where there is none."""
    return next((board for board in BOARDS if board.slug == slug), BOARDS[0])


def fitting(place: Place) -> tuple[Board, ...]:
    """The boards that can reach this place."""
    return tuple(board for board in BOARDS if board.speaks_https or not place.is_secure)
