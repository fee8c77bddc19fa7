"""Where pictures are drawn: one at a time, away from the loop that keeps the sockets breathing, and a few may wait."""

from __future__ import annotations

import threading

from dashapp.pictures.wanted import Picture
from domain.errors import Crowded
from models.offload import Offload

MOST_WAITING = 12
"""Pictures that are drawn or wait; a picture takes a fifth of a second."""


class Studio:
    """One app's; nothing is loaded before its first picture."""

    def __init__(self) -> None:
        self._offload = Offload(1)
        self._waiting = 0
        self._mutex = threading.Lock()

    def draw(self, picture: Picture) -> bytes:
        """The picture's file. Raises Crowded where too many are wanted."""
        with self._mutex:
            if self._waiting >= MOST_WAITING:
                raise Crowded("Too many pictures are being drawn.", retry_after_s=2)
            self._waiting += 1
        try:
            return self._offload(_render, picture)
        finally:
            with self._mutex:
                self._waiting -= 1

    def close(self) -> None:
        self._offload.close()


def _render(picture: Picture) -> bytes:
    from dashapp.pictures.canvas import render  # with matplotlib: see the package

    return render(picture)
