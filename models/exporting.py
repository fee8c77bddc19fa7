"""A channel's readings as a file, piece by piece: planned once, each piece written by the database itself.

A piece is what lies between two instants, so whoever holds the last one can go on from there; no transaction outlives
it, and rights are looked at again in each. The pieces of a file, put together, are the file.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from domain import bin_lines, headings
from domain.bin_lines import Batch
from domain.channels import Channel
from domain.downloads import Download, Form, Shape, file_name
from domain.headings import Column
from domain.moments import FIRST
from domain.readings import Feed
from domain.roles import Viewer
from domain.timespan import TimeSpan
from models import bins, channels, lines, patience, readings, table, windows
from models.schema import course
from models.store import Store

WRITTEN_AS = 1
"""Grows when the same readings are written otherwise: what was begun before is not gone on with."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file will hold. `download` is over exactly these instants, however late it is asked for.

    `readings`: how many lie in the span. `state` changes with whatever would change the file: late or deleted readings,
    corrections, other names.
    """

    download: Download
    channel: Channel
    course: str
    feeds: tuple[Feed, ...]
    span: TimeSpan
    zone: ZoneInfo
    readings: int
    state: str

    @property
    def columns(self) -> tuple[Column, ...]:
        """What the file has columns for, in their order."""
        return headings.columns(self.feeds, self.download.binned)

    @property
    def file_name(self) -> str:
        return file_name(self.course, self.channel.name, self.span, self.zone, self.download.form)


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a file, in UTF-8; how many readings are in it. `upto`: where to go on from; None where the file ends."""

    content: bytes
    rows: int
    upto: int | None

    @property
    def text(self) -> str:
        return self.content.decode()


def plan(connection: Connection, viewer: Viewer, download: Download, now: int) -> Plan:
    """What of a channel is taken away. Raises NotFound for a channel or a feed that is not there for the viewer."""
    channel = channels.find(connection, viewer, download.channel_id)
    feeds, zone = _chosen(channel, download.feeds), download.of_zone
    first_at = readings.first_at(connection, channel) if download.range.start == FIRST else None
    span = download.range.span(now, zone, first_at)
    count = table.count(connection, feeds, span)
    fixed = download.between(span)
    state = _state(channel, count, fixed.address)
    return Plan(fixed, channel, _course_code(connection, channel), feeds, span, zone, count, state)


def piece(connection: Connection, viewer: Viewer, plan: Plan, after: int | None) -> Piece:
    """The next piece of the file, after that which ended at `after`; the first for None.

    The first has the file's beginning, the last its end. Raises NotFound once the viewer may not see the channel.
    """
    channels.find(connection, viewer, plan.channel.id)
    content, rows, upto = (_lines if plan.download.binned is None else _binned_lines)(connection, plan, after)
    if after is None:
        content = lines.opening(plan.download, plan.feeds) + lines.without_lead(plan.download.form, content)
    return Piece(content if upto is not None else content + lines.closing(plan.download), rows, upto)


def pieces(
    store: Store, viewer: Viewer, plan: Plan, after: int | None = None, wait: Callable[[float], object] = time.sleep
) -> Iterator[Piece]:
    """The pieces of the file from there on, each asked for when it is wanted.

    A file that is begun waits where the server has too much to do. Raises NotFound in the middle once the viewer may
    not see the channel, Crowded or Busy where nothing could be had for a minute.
    """
    while True:
        found = patience.asked(store, wait, piece, viewer, plan, after, is_begun=after is not None)
        yield found
        if found.upto is None:
            return
        after = found.upto


def _chosen(channel: Channel, names: Sequence[str]) -> tuple[Feed, ...]:
    if not names:
        return tuple(feed for feed in channel.feeds if not feed.is_hidden)
    return tuple(channel.feed_named(name) for name in dict.fromkeys(names))


def _course_code(connection: Connection, channel: Channel) -> str:
    code = connection.execute(select(course.c.code).where(course.c.id == channel.course_id)).scalar_one_or_none()
    return code or ""


def _state(channel: Channel, count: int, address: str) -> str:
    """Taking away, putting right and renaming raise the channel's version; whatever else comes adds to the count."""
    told = f"{WRITTEN_AS} {channel.version} {count} {address}"
    return blake2b(told.encode(), digest_size=12).hexdigest()


def _lines(connection: Connection, plan: Plan, after: int | None) -> tuple[bytes, int, int | None]:
    download, is_falling = plan.download, plan.download.newest_first
    window = windows.next_one(connection, plan.feeds, plan.span, after, is_falling=is_falling)
    if download.form is Form.CSV and download.shape is Shape.WIDE:
        window = windows.of_one_clock(window, plan.zone, is_falling=is_falling)
    content, rows = lines.written(connection, download, plan.channel.name, plan.feeds, window.span)
    return content, rows, window.upto


def _batch(connection: Connection, plan: Plan, after: int | None) -> Batch:
    feeds = {column.feed.id: column.feed for column in plan.columns}
    return bins.batch(connection, plan.download, tuple(feeds.values()), plan.span, after)


def _binned_lines(connection: Connection, plan: Plan, after: int | None) -> tuple[bytes, int, int | None]:
    batch = _batch(connection, plan, after)
    return bin_lines.written(batch, plan.download, plan.channel.name, plan.columns).encode(), batch.readings, batch.upto
