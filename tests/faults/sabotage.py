"""The real server with one promise broken on purpose, so that the tests that guard it are seen to turn red.

gunicorn starts these instead of `wsgi:server`. The product has no setting that does the same.
"""

from __future__ import annotations

import threading
from functools import partial

from flask import Flask

import config
from domain.readings import Receipt
from models.appending import Submission
from models.store import Store
from models.writer import Writer
from server import create_app

STORED_LATER_S = 0.1


def acknowledging_early() -> Flask:
    """Answers 201 at once and stores a moment later."""
    append_for_good = Writer.append

    def append(self: Writer, submission: Submission) -> Receipt:
        threading.Timer(STORED_LATER_S, append_for_good, (self, submission)).start()
        readings = sum(len(entry.readings) for entry in submission.entries)
        return Receipt(None, len(submission.entries), readings, 0)

    Writer.append = append  # type: ignore[method-assign]
    return create_app(config.read())


def without_syncs() -> Flask:
    """Commits as most guides advise, `synchronous=NORMAL`: sound after a power cut, but without the latest commits."""
    Store.open = partial(Store.open, synchronous="NORMAL")  # type: ignore[method-assign]
    return create_app(config.read())
