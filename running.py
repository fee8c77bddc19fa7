"""What goes on in a process beside its requests: begun with the first of them, ended with the process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from domain.errors import LabfeedError
from live.agenda import Agenda

NAME = "labfeed-running"
"""Under which an app keeps its own, among Flask's extensions."""

log = logging.getLogger(__name__)

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to be done every so often: small, or `is_long`, which no small one waits for."""

    every_s: float
    do: Callable[[], object]
    is_long: bool = False


@dataclass(eq=False)
class Running:
    """The background of one app. `begin` after the process has forked; `say_goodbye`, then `end` when it stops."""

    starts: tuple[Callable[[], None], ...]
    goodbyes: tuple[Callable[[], None], ...]
    ends: tuple[Callable[[], None], ...]
    chores: tuple[Chore, ...]
    _agenda: Agenda | None = None
    _long_agenda: Agenda | None = None
    _mutex: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """Start everything, if it is not running already."""
        with self._mutex:
            if self._agenda is not None:
                return
            self._agenda = Agenda("labfeed-chores", time.monotonic)
            self._long_agenda = Agenda("labfeed-long-chores", time.monotonic)
        for start in self.starts:
            start()
        for agenda in (self._agenda, self._long_agenda):
            agenda.start()
        for chore in self.chores:
            self._plan(chore, self._long_agenda if chore.is_long else self._agenda)

    def say_goodbye(self) -> None:
        """Let go of whoever would stay on the line for ever; requests under way are finished meanwhile."""
        for goodbye in self.goodbyes:
            goodbye()

    def end(self) -> None:
        """Do every small chore a last time and stop everything, in the order given."""
        with self._mutex:
            agendas, self._agenda, self._long_agenda = (self._agenda, self._long_agenda), None, None
        for agenda in filter(None, agendas):
            agenda.close()
        if agendas[0] is not None:
            for chore in self.chores:
                if not chore.is_long:
                    _do(chore)
        for end in self.ends:
            end()

    def in_front_of(self, app: WsgiApp) -> WsgiApp:
        """The app, which begins all this with its first request."""

        def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            if self._agenda is None:
                self.begin()
            return app(environ, start_response)

        return answer

    def _plan(self, chore: Chore, agenda: Agenda) -> None:
        def turn() -> None:
            if self._agenda is not None:
                agenda.add(time.monotonic() + chore.every_s, turn)
                _do(chore)

        agenda.add(time.monotonic() + chore.every_s, turn)


def _do(chore: Chore) -> None:
    try:
        chore.do()
    except LabfeedError as refused:  # the database is away: what was collected since is lost, readings are not
        log.warning("a chore was put off: %s", refused.detail)
