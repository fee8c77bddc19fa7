"""Blocking work away from the loop that keeps every socket breathing.

Under gunicorn's gevent worker one native thread runs all greenlets, so a commit that waits for the disk would stop them
all. `Offload` sends such work to gevent's native thread pool; outside gevent (tests, the command line) the same call
simply runs, with no more of them at once. What runs there has a connection of its own and touches no monkey-patched
lock, queue or event.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

from gevent import monkey
from gevent.threadpool import ThreadPool

Result = TypeVar("Result")


class Offload:
    """A small pool of native threads, made when it is first needed (after the worker has forked)."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._pool: ThreadPool | None = None
        self._room = threading.BoundedSemaphore(threads)

    def __call__(self, work: Callable[..., Result], *args: Any) -> Result:
        """What `work(*args)` returns or raises; only the calling greenlet waits for it."""
        if not monkey.is_module_patched("threading"):
            with self._room:
                return work(*args)
        if self._pool is None:
            self._pool = ThreadPool(self._threads)
        result, error = self._pool.apply(_outcome, (work, args))
        if error is not None:
            raise error
        return cast(Result, result)

    def close(self) -> None:
        if self._pool is not None:
            self._pool.kill()
            self._pool = None


def _outcome(work: Callable[..., Result], args: tuple[Any, ...]) -> tuple[Result | None, BaseException | None]:
    """What the work returns, or what it raises: gevent prints a traceback for whatever leaves its native threads."""
    try:
        return work(*args), None
    except BaseException as error:  # noqa: BLE001 - raised again where the work was asked for
        return None, error
