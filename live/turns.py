"""What one page asks for is done in the order in which it asked: what somebody chose last is drawn last."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import TypeAlias

logger = logging.getLogger(__name__)

Job: TypeAlias = Callable[[], None]


class Turns:
    """Jobs done one after the other on threads of `submit`, in the order in which they were added.

    One that fails is logged and does not keep the others waiting.
    """

    def __init__(self, submit: Callable[[Job], object]) -> None:
        self._submit = submit
        self._mutex = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._is_busy = False

    def add(self, job: Job) -> None:
        """Have the job done after those added before. Returns at once."""
        with self._mutex:
            self._waiting.append(job)
            if self._is_busy:
                return
            self._is_busy = True
        self._submit(self._work)

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            except Exception:  # the page's next choice is not to wait for ever
                logger.exception("A job of a page failed")

    def _next(self) -> Job | None:
        with self._mutex:
            if not self._waiting:
                self._is_busy = False
                return None
            return self._waiting.popleft()
