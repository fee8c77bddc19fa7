"""Questions whose answers are pieces of a file: one that is begun waits where the server has too much to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from domain.errors import Busy, Crowded
from models.store import Store

TRIED_AGAIN_AFTER_S = 0.5
TRIES = 120
"""How often the next piece of a file that is begun is asked for."""

Found = TypeVar("Found")


def asked(
    store: Store, wait: Callable[[float], object], question: Callable[..., Found], *told: Any, is_begun: bool
) -> Found:
    """What `question(connection, *told)` finds, in the turn of files.

    Raises Crowded or Busy: at once for a file that is not begun, else where nothing could be had for a minute.
    """
    for left in reversed(range(TRIES if is_begun else 1)):
        try:
            with store.turns_of_files:
                return store.ask_long(question, *told)
        except (Busy, Crowded):
            if not left:
                raise
            wait(TRIED_AGAIN_AFTER_S)
    raise AssertionError("there is at least one try")
