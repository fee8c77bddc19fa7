"""Files on their way: how many somebody may take at once."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Response, request

import context
from live.seats import Seats
from live.takers import Takers

FOR_ONE = 10
"""Files that one person takes at once from one process; a browser's page takes six."""

FOR_A_CLASS = 60
"""The same for those who cannot be told apart: who ask from one address without saying who they are, or all with read
keys of one channel."""


def takers() -> Takers:
    """Those of one app."""
    most = {context.PERSON: FOR_ONE, context.SCREEN: FOR_ONE, context.KEY: FOR_A_CLASS, context.ADDRESS: FOR_A_CLASS}
    return Takers(Seats(most, "downloads"), time.monotonic)


def taken(answer: Callable[[], Response]) -> Response:
    """This answer, whose file somebody then takes. Raises TooManyOpen where they take enough, and what `answer` raises.

    It counts for whoever asks, and for the address alone where nobody says who they are.
    """
    taking = context.parts().takers.begin(context.holders()[-1:], request.environ.get("gunicorn.socket"))
    try:
        found = answer()
    except BaseException:  # however it fails, nobody is taking anything: the seat is free again
        taking.leave()
        raise
    found.response = taking.through(found.response)  # type: ignore[arg-type]  # bytes, as everything of ours
    found.call_on_close(taking.leave)
    return found
