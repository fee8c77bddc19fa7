"""Getting a message through: trying again when that may help, saying in one sentence why when it may not."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from threading import Event

from rehearsal.boards import Refused, Sender, Unreachable
from rehearsal.cast import Measured

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0
MOST_PER_MESSAGE = 1_000

log = logging.getLogger("rehearsal")


class KeyRefused(Exception):
    """The server takes nothing with this board's key. The text is the server's sentence."""


@dataclass(frozen=True, slots=True)
class Courier:
    """Whose messages, the dice for the pauses between tries, and the sign to stop trying."""

    name: str
    dice: Random
    stop: Event

    def deliver(self, sender: Sender, moments: list[Measured]) -> None:
        """Send all of it, in messages of at most a thousand; returns early when told to stop. Raises KeyRefused."""
        for start in range(0, len(moments), MOST_PER_MESSAGE):
            self._deliver_message(sender, moments[start : start + MOST_PER_MESSAGE])

    def pauses(self) -> Iterator[float]:
        """Seconds to wait before each next try: doubling, with jitter, so that a class does not return in step."""
        longest_s = FIRST_PAUSE_S
        while True:
            yield longest_s * self.dice.uniform(0.5, 1.0)
            longest_s = min(LONGEST_PAUSE_S, 2 * longest_s)

    def _deliver_message(self, sender: Sender, message: list[Measured]) -> None:
        """Until it is taken or refused for what it is; then it is let go, and said so."""
        failures = 0
        for pause_s in self.pauses():
            if self.stop.is_set():
                return
            try:
                sender.send(message)
            except Unreachable:
                failures += 1
                self._tell_of_failure(failures)
                self.stop.wait(pause_s)
            except Refused as refused:
                self._tell_of_refusal(refused, len(message))
                if not refused.may_be_repeated:
                    return
                self.stop.wait(max(pause_s, refused.retry_after_s or 0.0))
            else:
                self._tell_of_return(failures)
                return

    def _tell_of_failure(self, failures: int) -> None:
        """Said once an outage; a single failure is only a line that the server had closed meanwhile."""
        if failures == 2:
            log.warning("%s: the server cannot be reached; its readings are kept and sent later.", self.name)

    def _tell_of_return(self, failures: int) -> None:
        if failures >= 2:
            log.info("%s: the server is back.", self.name)

    def _tell_of_refusal(self, refused: Refused, readings: int) -> None:
        if refused.is_about_the_key:
            raise KeyRefused(refused.sentence) from refused
        log.warning("%s: a message of %d was refused with %s", self.name, readings, refused)
