"""On which thread a job of the hub runs, and when: a short one on the hub's own, one that may wait on a few others."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from live.agenda import Agenda

logger = logging.getLogger(__name__)

BLOCKING_JOBS = 8
"""How many groups and members may wait for the database at once."""

RETRY_S = 1.0
"""How long the hub waits after the database failed it."""


class Jobs:
    """The threads of one hub. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._agenda = Agenda("hub", clock)
        self._blocking: ThreadPoolExecutor | None = None

    def start(self) -> None:
        self._blocking = ThreadPoolExecutor(BLOCKING_JOBS, thread_name_prefix="hub-fill")
        self._agenda.start()

    def close(self) -> None:
        self._agenda.close()
        if self._blocking is not None:
            self._blocking.shutdown(wait=False, cancel_futures=True)

    def at(self, due: float, job: Callable[[], None]) -> None:
        """Run a short job, that does not wait for anything, on the hub's own thread when it is `due` by the clock."""
        self._agenda.add(due, job)

    def later(self, after_s: float, job: Callable[[], None]) -> None:
        """The same so many seconds from now."""
        self.at(self.clock() + after_s, job)

    def run_blocking(self, job: Callable[..., None], *arguments: Any) -> None:
        """Run a job that may wait for the database, on another thread. Left out before the start and after the end."""
        try:
            if self._blocking is not None:
                self._blocking.submit(job, *arguments)
        except RuntimeError:
            logger.debug("The hub is closed; a job was left out")

    def run_blocking_later(self, after_s: float, job: Callable[..., None], *arguments: Any) -> None:
        self.later(after_s, lambda: self.run_blocking(job, *arguments))
