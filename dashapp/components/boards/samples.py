"""Values to begin with: what a program sends for each feed until somebody's own sensor is read."""

from __future__ import annotations

from dataclasses import dataclass

from dashapp.components.boards.place import Place
from domain.readings import Feed, Kind

MOST_FEEDS = 6
"""Feeds that a program shows; the others are added the same way."""

USUAL: tuple[tuple[str, float, float], ...] = (
    ("temp", 20.4, 22.4),
    ("humid", 46.0, 51.0),
    ("press", 1012.0, 1014.0),
    ("light", 380.0, 420.0),
    ("lux", 380.0, 420.0),
    ("ph", 6.9, 7.1),
    ("co2", 580.0, 640.0),
    ("volt", 3.1, 3.3),
)
"""Part of a feed's name, and between which values it usually lies."""

STATES = {"door": ("open", "closed"), "window": ("open", "closed")}


@dataclass(frozen=True, slots=True)
class Sample:
    """A feed with values to begin with: numbers between `low` and `high`, or one of two words."""

    name: str
    low: float = 20.4
    high: float = 22.4
    words: tuple[str, str] | None = None

    @property
    def example(self) -> float | str:
        """One value of it."""
        return self.words[0] if self.words else round((self.low + self.high) / 2, 1)


def samples(place: Place) -> list[Sample]:
    """A sample of each feed that the channel shows, the first few; of a channel without feeds: a temperature."""
    shown = [feed for feed in place.feeds if not feed.is_hidden][:MOST_FEEDS]
    return [_sample(feed) for feed in shown] or [Sample("temperature")]


def left_out(place: Place) -> int:
    """How many feeds there are besides."""
    return max(0, len([feed for feed in place.feeds if not feed.is_hidden]) - MOST_FEEDS)


def _sample(feed: Feed) -> Sample:
    if feed.kind is Kind.TEXT:
        return Sample(feed.name, words=STATES.get(feed.name.casefold(), ("on", "off")))
    name = feed.name.casefold()
    low, high = next(((low, high) for part, low, high in USUAL if part in name), (20.4, 22.4))
    return Sample(feed.name, low, high)
