"""Entries: what each message brought, as whoever watches a channel's door wants to see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from domain.channels import Channel
from domain.readings import Feed, Point
from domain.roles import Viewer
from models import channels
from models.schema import entry, reading


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message that was stored: when, through which door, how many entries it made, what the last of them brought.

    Messages that arrived at the very same time from one sender are told as one.
    """

    at: int
    door: str
    entries: int
    values: tuple[tuple[Feed, Point], ...]


def arrivals(connection: Connection, viewer: Viewer, channel_id: int, *, since: int, limit: int = 5) -> list[Arrival]:
    """What was stored since then, newest first. Raises NotFound."""
    channel = channels.find(connection, viewer, channel_id)
    runs = connection.execute(
        select(entry)
        .where(entry.c.channel_id == channel.id, entry.c.received_at >= since)
        .order_by(entry.c.entry_id.desc())
        .limit(limit)
    ).all()
    values = _values(connection, channel, runs) if runs else {}
    return [
        Arrival(run.received_at, run.door, run.entry_id - run.first_entry_id + 1, tuple(values.get(run.entry_id, ())))
        for run in runs
    ]


def _values(connection: Connection, channel: Channel, runs: Sequence[Row[Any]]) -> dict[int, list[tuple[Feed, Point]]]:
    """By entry: what the last entry of each run brought, in the order of the feeds."""
    feeds = {feed.id: feed for feed in channel.feeds}
    rows = connection.execute(
        select(reading.c.feed_id, reading.c.entry_id, reading.c.at, reading.c.value, reading.c.text).where(
            reading.c.feed_id.in_(feeds),
            reading.c.at >= min(run.at_min for run in runs),
            reading.c.at <= max(run.at_max for run in runs),
            reading.c.entry_id.in_([run.entry_id for run in runs]),
        )
    )
    found: dict[int, list[tuple[Feed, Point]]] = {}
    for row in sorted(rows, key=lambda row: feeds[row.feed_id].position):
        found.setdefault(row.entry_id, []).append((feeds[row.feed_id], Point(row.at, row.value, row.text)))
    return found
