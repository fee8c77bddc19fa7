"""A past for a new channel, so that its first visitor sees a curve and not a dot."""

from __future__ import annotations

from rehearsal.boards import HttpBoard
from rehearsal.cast import Board
from rehearsal.delivery import Courier
from rehearsal.enrolment import Credentials
from rehearsal.noise import Scene


def send_past(
    board: Board, scene: Scene, after_ms: int, until_ms: int, url: str, credentials: Credentials, courier: Courier
) -> None:
    """Send all that the board would have measured in that time, oldest first, in arrays. Raises KeyRefused.

    Sending it twice is harmless: the script is fixed, so the server finds the same readings at the same instants.
    """
    door = HttpBoard(url, credentials)
    try:
        courier.deliver(door, board.script(scene, after_ms, until_ms))
    finally:
        door.close()
