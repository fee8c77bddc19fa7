"""How far a file is, written down while it is on its way, for the page that follows it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import context
from domain.roles import Viewer
from models import progress
from models.exporting import Plan
from models.store import Store

NOTED_EVERY_S = 0.5


@contextmanager
def followed(store: Store, viewer: Viewer, plan: Plan, word: str) -> Iterator[Callable[[int], None]]:
    """A function that is told how many readings more are done; where a word was given, it is written down under that.

    How it ends is written down too: whole unless something was raised, or nobody wanted the rest.
    """
    if not word:
        yield lambda _rows: None
        return
    job_id = store.tell(progress.begin, viewer, plan.channel.id, word, plan.readings, context.now())
    done, is_whole, noted_at = 0, False, time.monotonic()

    def add(rows: int) -> None:
        nonlocal done, noted_at
        done += rows
        if time.monotonic() - noted_at >= NOTED_EVERY_S:
            store.tell(progress.note, job_id, done, context.now())
            noted_at = time.monotonic()

    try:
        yield add
        is_whole = True
    finally:
        store.tell(progress.note, job_id, done, context.now(), is_whole=is_whole)
