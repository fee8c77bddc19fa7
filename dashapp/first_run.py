"""What the page of a channel's code asks of storage: what came in lately, and how that leaves the first run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.channels import Channel
from domain.readings import Door
from domain.roles import Act, Viewer
from domain.timespan import MINUTE
from models import channels, entries, refusals
from models.entries import Arrival
from models.refusals import Attempt

LOOKS_BACK = 10 * MINUTE
"""How long what came in counts for this page."""

MOST_SHOWN = 6


class State(StrEnum):
    """How far somebody is with the first reading of a board."""

    WAITING = "waiting"
    """Nothing was ever stored."""
    LISTENING = "listening"
    """Something was, but not lately."""
    TRIED = "tried"
    """A test reading came, and no board."""
    REFUSED = "refused"
    """The newest attempt was refused."""
    WORKS = "works"
    """A board's reading came."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came to a channel lately, newest first: what was stored, and what was refused."""

    channel: Channel
    stored: tuple[Arrival, ...]
    refused: tuple[Attempt, ...]

    @property
    def state(self) -> State:
        newest = self.stored[0].at if self.stored else 0
        if self.refused and self.refused[0].at > newest:
            return State.REFUSED
        if any(arrival.door != Door.PAGE for arrival in self.stored):
            return State.WORKS
        if self.stored:
            return State.TRIED
        return State.LISTENING if self.channel.cursor else State.WAITING

    @property
    def attempts(self) -> list[Arrival | Attempt]:
        """Stored and refused ones together, newest first."""
        both: list[Arrival | Attempt] = [*self.stored, *self.refused]
        return sorted(both, key=lambda each: each.at, reverse=True)[:MOST_SHOWN]


def heard(connection: Any, viewer: Viewer, channel_id: int, now: int) -> Heard:
    """What came lately. Raises NotFound or Forbidden for whoever may not contribute to the channel."""
    channel = channels.may(connection, viewer, Act.CONTRIBUTE, channel_id)
    since = now - LOOKS_BACK
    stored = entries.arrivals(connection, viewer, channel_id, since=since, limit=MOST_SHOWN)
    return Heard(channel, tuple(stored), tuple(refusals.recent(connection, viewer, channel_id, since=since)))
