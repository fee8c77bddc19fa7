"""What stands on a wall: the channels that match a selection, in order and by pages; rights decided in the query.

What needs Python is done there: databases fold case differently, and status words have one home, `domain.status`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from domain.roles import Act, Viewer
from domain.status import LIVE_AT_LEAST_S, Status, status_of
from domain.timespan import MINUTE, SECOND
from domain.wall_selection import Show, WallSelection, folded
from models import channels, rights, standings
from models.schema import channel, entry, feed, membership, refusal, star

A_PAGE = 60
"""Channels on one page: so many live cards stay fluid."""

MOST_TAGS = 40

TROUBLE = frozenset({Status.LATE, Status.SILENT, Status.REFUSED})
"""What needs attention."""

COUNTED = 10 * SECOND
"""Over how long messages are counted for their rate; a minute where so short a time holds but a few."""
FEW = 10


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a wall: its channels in order, of how many that match, and a word for all of these."""

    channel_ids: tuple[int, ...]
    total: int
    page: int
    pages: int
    word: str


def listing(
    connection: Connection, viewer: Viewer, selection: WallSelection, *, now: int, kept: Sequence[int] = ()
) -> Listing:
    """The page of the selection; beyond the last, the last.

    `kept` are the channels that somebody looks at just now with this very selection: they stay where they are for as
    long as they are on the viewer's wall at all, even when they match no more, and what is new comes after them.
    """
    matching = _matching(connection, viewer, selection, now)
    pages = max(1, -(-len(matching) // A_PAGE))
    page = min(selection.page, pages)
    stay = _still_on_wall(connection, viewer, kept)
    fresh = [each for each in matching[(page - 1) * A_PAGE : page * A_PAGE] if each not in set(stay)]
    return Listing(tuple([*stay, *fresh][:A_PAGE]), len(matching), page, pages, _word(matching))


def word(connection: Connection, viewer: Viewer, selection: WallSelection, now: int) -> str:
    """A word for which channels match, on whatever page: another one when one came or went."""
    if selection.is_whole:
        return standings.wall(connection, viewer)
    return _word(_matching(connection, viewer, selection, now))


def tags(connection: Connection, viewer: Viewer, course_id: int | None = None) -> list[str]:
    """The tags of the channels on the viewer's wall, or of a course there: the most used, by name."""
    of_course = [] if course_id is None else [channel.c.course_id == course_id]
    counts: dict[str, int] = {}
    tagged = select(channel.c.tags).where(*_on_wall(viewer), channel.c.tags != "", *of_course)
    for written in connection.scalars(tagged):
        for tag in written.split():
            counts[tag] = counts.get(tag, 0) + 1
    return sorted(sorted(counts, key=lambda tag: (-counts[tag], tag))[:MOST_TAGS])


def messages_a_second(connection: Connection, channel_ids: Collection[int], now: int) -> float:
    """How many messages a second these channels, which the viewer may see, brought lately."""
    count = _came_since(connection, channel_ids, now - COUNTED)
    if count >= FEW:
        return count / (COUNTED / SECOND)
    return _came_since(connection, channel_ids, now - MINUTE) / (MINUTE / SECOND)


def _came_since(connection: Connection, channel_ids: Collection[int], since: int) -> int:
    """Entries that arrived since then: each channel's newest number less the newest from before, looked for from the
    end, so that it costs as many rows as there were messages."""
    before = (
        select(entry.c.entry_id)
        .where(entry.c.channel_id == channel.c.id, entry.c.received_at < since)
        .order_by(entry.c.entry_id.desc())
        .limit(1)
        .correlate(channel)
        .scalar_subquery()
    )
    came = func.sum(channel.c.last_entry_id - func.coalesce(before, 0))
    return int(connection.execute(select(came).where(channel.c.id.in_(channel_ids))).scalar_one() or 0)


def _matching(connection: Connection, viewer: Viewer, selection: WallSelection, now: int) -> list[int]:
    """All channels that match, in the wall's order."""
    conditions = [*_on_wall(viewer), *_narrowed(viewer, selection)]
    if selection.show is Show.ATTENTION:
        conditions.append(_may_be_in_trouble(now))
    found = list(connection.scalars(select(channel.c.id).where(*conditions).order_by(*channels.in_order(now))))
    if selection.words:
        texts = _texts(connection, conditions)
        found = [each for each in found if all(wanted in texts[each] for wanted in selection.words)]
    return _in_trouble(connection, found, now) if selection.show is Show.ATTENTION else found


def _on_wall(viewer: Viewer) -> Iterable[ColumnElement[bool]]:
    return rights.may(viewer, Act.SEE), channel.c.archived_at.is_(None)


def _narrowed(viewer: Viewer, selection: WallSelection) -> Iterable[ColumnElement[bool]]:
    if selection.show is Show.MINE:
        yield exists().where(membership.c.channel_id == channel.c.id, membership.c.person_id == (viewer.person_id or 0))
    if selection.show is Show.STARRED:
        yield exists().where(star.c.channel_id == channel.c.id, star.c.person_id == (viewer.person_id or 0))
    if selection.course_id is not None:
        yield channel.c.course_id == selection.course_id
    if selection.tag:
        yield channel.c.tags.contains(f" {selection.tag.lower()} ", autoescape=True)


def _may_be_in_trouble(now: int) -> ColumnElement[bool]:
    """Passes over what is surely well: most channels, at most hours."""
    heard_at = channels.last_heard_at()
    is_quiet = (heard_at > 0) & (heard_at <= now - int(LIVE_AT_LEAST_S * SECOND))
    was_refused = exists().where(refusal.c.channel_id == channel.c.id, refusal.c.at >= now - channels.REFUSED_WITHIN)
    return or_(is_quiet, was_refused)


def _in_trouble(connection: Connection, channel_ids: Sequence[int], now: int) -> list[int]:
    """Those of the channels whose status is one to look at, the last heard first."""
    pulses = channels.pulses(connection, channel_ids, now)
    troubled = [each for each in channel_ids if each in pulses and status_of(pulses[each], now) in TROUBLE]
    return sorted(troubled, key=lambda each: pulses[each].last_received_at or now, reverse=True)


def _texts(connection: Connection, conditions: Sequence[ColumnElement[bool]]) -> dict[int, str]:
    """By channel: all that is searched, folded. Hidden feeds are not found, as they are not shown."""
    told = select(channel.c.id, channel.c.name, channel.c.description, channel.c.team, channel.c.tags)
    parts: dict[int, list[str]] = {row[0]: list(row[1:]) for row in connection.execute(told.where(*conditions))}
    feeds = select(feed.c.channel_id, feed.c.name, feed.c.title).join(channel, channel.c.id == feed.c.channel_id)
    for row in connection.execute(feeds.where(*conditions, feed.c.is_hidden.is_(False))):
        parts[row.channel_id] += [row.name, row.title]
    return {channel_id: folded("\n".join(texts)) for channel_id, texts in parts.items()}


def _still_on_wall(connection: Connection, viewer: Viewer, kept: Sequence[int]) -> list[int]:
    if not kept:
        return []
    found = set(connection.scalars(select(channel.c.id).where(*_on_wall(viewer), channel.c.id.in_(kept))))
    return [each for each in kept if each in found]


def _word(channel_ids: Collection[int]) -> str:
    return f"{len(channel_ids)}-{max(channel_ids, default=0)}-{sum(channel_ids)}"
