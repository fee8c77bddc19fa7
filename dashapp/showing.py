"""What a channel's page shows, as the browser keeps it between two callbacks: a plain value, to and from a store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from dashapp.looks import Asked
from domain import zones
from domain.errors import Invalid
from domain.moments import FIRST, canonical
from domain.selection import MOST_OVERLAYS, Range, Selection

PAUSED, ZOOMED, PAST = "Paused", "Held", "Not live"
"""Why a page stands still."""

MOST_ZOOMS = 30
"""How many zooms one may go back."""


@dataclass(frozen=True, slots=True)
class Showing:
    """A channel as it is drawn: `drawing` counts how often the page was laid out, `version` is the channel's then.

    `own_zone` is the reader's; `shift_us` is what the drawn clock is ahead of UTC. `first_at`: the channel's first
    reading, where the range begins there. `since`: the newest entry when the page stopped moving. `live`: how far back
    it looks when it moves. `trail`: what was shown before each zoom. `overlays`: (channel, feed) ids laid over.
    `steps` counts what was shown on this page since it was opened, at `born`. `why` it stands still, if it does.
    `address`: the query string it was drawn for, where that is another than its own.
    """

    channel_id: int
    version: int
    drawing: int
    selection: Selection
    own_zone: str
    shift_us: int = 0
    first_at: int | None = None
    since: int = 0
    live: str = Range().start
    trail: tuple[str, ...] = ()
    waits: bool = False
    steps: int = 0
    overlays: tuple[tuple[int, int], ...] = ()
    born: int = 0
    why: str = PAST
    address: str | None = None

    @property
    def name(self) -> str:
        """The view its ids carry."""
        return f"{self.drawing}-{self.version}"

    def overlay_name(self, feed_id: int) -> str:
        """The view of a feed that is laid over: it has a cursor of its own."""
        return f"{self.name}-{feed_id}"

    @property
    def channel_ids(self) -> tuple[int, ...]:
        """The channel, then those of which something is laid over."""
        return (self.channel_id, *(channel_id for channel_id, _ in self.overlays))

    @property
    def zone(self) -> str:
        return self.selection.zone or self.own_zone

    @property
    def asked(self) -> Asked:
        """What the live path draws; it knows no first reading, so a range from there begins at that instant."""
        drawn, asked = self.selection, self.selection.range
        if asked.start == FIRST and self.first_at is not None:
            asked = replace(asked, start=canonical(self.first_at))
        return Asked(asked, zones.zone_named(self.zone).key, drawn.hidden, drawn.smoothing)

    @property
    def resumed(self) -> Selection:
        """The same, following again."""
        return self.selection.but(range=Range(self.live))

    @property
    def frame(self) -> tuple[object, ...]:
        """What must be equal for one drawing to turn into another without being laid out anew."""
        smoothing = self.selection.smoothing
        how = smoothing.how if smoothing else None
        return (self.channel_id, self.version, self.waits, self.selection.hidden, self.overlays, how)

    @property
    def query(self) -> str:
        """The query string that is in the address while this is shown."""
        return self.selection.query if self.address is None else self.address

    def answers(self, query: str | None) -> bool:
        """Whether it is what this query string asks for; one that cannot be understood asks for what was drawn for
        it."""
        try:
            return (query or "") == self.query or Selection.parse(query) == self.selection
        except Invalid:
            return False

    def is_before(self, other: Showing | None) -> bool:
        """Whether the other was shown later on the same page."""
        return other is not None and other.born == self.born and other.steps > self.steps

    def kept(self) -> dict[str, Any]:
        """As it stands in the browser."""
        return {
            "page": "channel",
            "channel": self.channel_id,
            "version": self.version,
            "drawing": self.drawing,
            "query": self.selection.query,
            "own_zone": self.own_zone,
            "shift": self.shift_us,
            "first": self.first_at,
            "since": self.since,
            "live": self.live,
            "trail": list(self.trail),
            "waits": self.waits,
            "steps": self.steps,
            "overlays": [list(pair) for pair in self.overlays],
            "born": self.born,
            "why": self.why,
            "address": self.address,
        }

    @classmethod
    def read(cls, kept: dict[str, Any] | None) -> Showing | None:
        """What the browser kept; None where nothing was drawn. Raises Invalid where it was tampered with."""
        if not kept or "channel" not in kept:
            return None
        return cls(
            channel_id=int(kept["channel"]),
            version=int(kept["version"]),
            drawing=int(kept["drawing"]),
            selection=Selection.parse(str(kept["query"])),
            own_zone=zones.zone_named(str(kept["own_zone"])).key,
            shift_us=int(kept["shift"]),
            first_at=None if kept["first"] is None else int(kept["first"]),
            since=int(kept["since"]),
            live=str(kept["live"]),
            trail=tuple(map(str, kept["trail"][-MOST_ZOOMS:])),
            waits=bool(kept["waits"]),
            steps=int(kept["steps"]),
            overlays=tuple((int(channel_id), int(feed_id)) for channel_id, feed_id in kept["overlays"][:MOST_OVERLAYS]),
            born=int(kept["born"]),
            why=str(kept["why"]),
            address=kept["address"] if isinstance(kept["address"], str) else None,
        )


def next_of(before: Showing | None, now: Showing) -> Showing:
    """What is shown now, with what it keeps of what was shown before: the way back, and how far live looks."""
    if now.selection.range.is_live:
        now = replace(now, live=now.selection.range.start)
    if before is None or before.channel_id != now.channel_id:
        return now
    was, is_ = before.selection, now.selection
    live = now.live if is_.range.is_live else before.live
    since = now.since if was.range.is_live else before.since
    steps, born = before.steps + 1, before.born
    return replace(now, live=live, since=since, trail=_trail(before, is_), steps=steps, born=born, why=before.why)


def _trail(before: Showing, now: Selection) -> tuple[str, ...]:
    """Longer by what was left for another range that stands still; shorter where one went back."""
    was = before.selection
    if before.trail and before.trail[-1] == now.query:
        return before.trail[:-1]
    if now.range.is_live or now.range == was.range or was.but(range=now.range) != now:
        return () if now.range.is_live else before.trail
    return (*before.trail, was.query)[-MOST_ZOOMS:]
