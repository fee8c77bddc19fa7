"""An agenda: one thread that runs short jobs at their time."""

from __future__ import annotations

import heapq
import logging
import threading
from collections.abc import Callable
from itertools import count

logger = logging.getLogger(__name__)


class Agenda:
    """Jobs and when they are due, by `clock` in seconds. A job that fails is logged and does not stop the others."""

    def __init__(self, name: str, clock: Callable[[], float]) -> None:
        self._name = name
        self._clock = clock
        self._changed = threading.Condition()
        self._jobs: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._is_closed = False

    def start(self) -> None:
        threading.Thread(target=self._run, name=self._name, daemon=True).start()

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def add(self, due: float, job: Callable[[], None]) -> None:
        """Run the job at `due`, or at once if that is past; jobs due at the same time run in the order they came."""
        with self._changed:
            heapq.heappush(self._jobs, (due, next(self._order), job))
            if self._jobs[0][0] == due:
                self._changed.notify()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            except Exception:  # one job must not stop the others
                logger.exception("A job of the agenda %r failed", self._name)

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._is_closed:
                wait_s = self._jobs[0][0] - self._clock() if self._jobs else None
                if wait_s is not None and wait_s <= 0:
                    return heapq.heappop(self._jobs)[2]
                self._changed.wait(wait_s)
            return None
