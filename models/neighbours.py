"""From one instant at which something was read to its neighbours. Access is decided in the query."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from domain.channels import Channel
from domain.errors import NotFound
from domain.readings import Feed, Kind, Point
from domain.roles import Viewer
from domain.selection import Overlay
from domain.timespan import TimeSpan
from models import channels
from models.schema import reading

MOST_STEPS = 1_000
"""Nobody presses a button more often before the first press is answered."""


@dataclass(frozen=True, slots=True)
class Among:
    """A channel over a span, without the feeds of these names, and the feeds of others that are laid over it."""

    channel_id: int
    span: TimeSpan
    hidden: Collection[str] = ()
    overlays: Sequence[Overlay] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """Where one has come to: an instant, and what each feed said at it, by its id; one that said nothing is missing.

    `at` is None where nothing was read in the span. `is_first` and `is_last`: there is nothing on that side of it.
    """

    feeds: tuple[Feed, ...]
    at: int | None = None
    points: Mapping[int, Point] = field(default_factory=dict)
    is_first: bool = False
    is_last: bool = False


def step(connection: Connection, viewer: Viewer, among: Among, at: int | None, count: int) -> Step:
    """So many instants later than `at`, or earlier where `count` is below nothing; none: `at` itself.

    From nowhere (None) one comes in at the near end: later from the beginning, earlier from the end. Where there are
    fewer, it is the last one on the way. Raises NotFound for the channel; an overlay that may not be seen is left out.
    """
    feeds = tuple(_feeds(connection, viewer, among))
    found = _found(connection, feeds, among.span, at, count)
    if found is None:
        return Step(feeds)
    alone = [not _instants(connection, feeds, _beside(among.span, found, way), way) for way in (-1, 1)]
    return Step(feeds, found, _points(connection, feeds, found), *alone)


def _found(connection: Connection, feeds: Sequence[Feed], span: TimeSpan, at: int | None, count: int) -> int | None:
    """Where so many steps lead; where one stood, if they lead nowhere and that is an instant in the span."""
    count = max(-MOST_STEPS, min(count, MOST_STEPS))
    ahead = _instants(connection, feeds, _beside(span, at, count), count)
    if ahead:
        return ahead[-1]
    is_there = at is not None and span.start <= at < span.end and _points(connection, feeds, at)
    return at if is_there else None


def _beside(span: TimeSpan, at: int | None, way: int) -> TimeSpan:
    """What of the span lies earlier than an instant (`way` below nothing) or later."""
    if at is None:
        return span
    edge = max(span.start, min(at if way < 0 else at + 1, span.end))
    return TimeSpan(span.start, edge) if way < 0 else TimeSpan(edge, span.end)


def _feeds(connection: Connection, viewer: Viewer, among: Among) -> Iterator[Feed]:
    """What is shown, in the order it is drawn."""
    own = channels.find(connection, viewer, among.channel_id)
    yield from (feed for feed in own.feeds if not feed.is_hidden and feed.name not in among.hidden)
    for overlay in among.overlays:
        other = _channel_or_none(connection, viewer, overlay.channel_id)
        for feed in other.feeds if other else ():
            if feed.name == overlay.feed and feed.kind is not Kind.TEXT and not feed.is_hidden:
                yield feed


def _channel_or_none(connection: Connection, viewer: Viewer, channel_id: int) -> Channel | None:
    try:
        return channels.find(connection, viewer, channel_id)
    except NotFound:
        return None


def _instants(connection: Connection, feeds: Sequence[Feed], span: TimeSpan, count: int) -> list[int]:
    """So many instants of the span at most, in the order one comes to them, which is backwards below nothing.

    The nearest of each feed hold the nearest of all.
    """
    order = reading.c.at.desc() if count < 0 else reading.c.at
    found: set[int] = set()
    for each in feeds:
        is_inside = (reading.c.feed_id == each.id, reading.c.at >= span.start, reading.c.at < span.end)
        nearest = select(reading.c.at).where(*is_inside).order_by(order).limit(abs(count))
        found.update(connection.execute(nearest).scalars())
    return sorted(found, reverse=count < 0)[: abs(count)]


def _points(connection: Connection, feeds: Sequence[Feed], at: int) -> dict[int, Point]:
    rows = connection.execute(
        select(reading.c.feed_id, reading.c.at, reading.c.value, reading.c.text).where(
            reading.c.feed_id.in_([feed.id for feed in feeds]), reading.c.at == at
        )
    )
    return {row.feed_id: Point(row.at, row.value, row.text) for row in rows}
