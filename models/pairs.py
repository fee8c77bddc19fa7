"""Readings of two feeds that belong together: those of one instant, or else the means of common stretches of time."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from domain.channels import Channel
from domain.errors import NotFound
from domain.pairs import Pairs
from domain.readings import Feed, Kind
from domain.roles import Viewer
from domain.timespan import ROLLUP_WIDTHS, TimeSpan
from models import channels, totals
from models.schema import reading, rollup
from models.totals import Total

MOST_READINGS = 50_000
"""Up to so many readings a feed are paired one by one; of more, and of feeds that never speak together, means are."""

MOST_STRETCHES = 50_000


def of(connection: Connection, viewer: Viewer, channel_id: int, x: str, y: str, span: TimeSpan) -> Pairs:
    """The pairs of two feeds of numbers, by name, in the span.

    Means are those of the stored summaries that lie whole in the span. Raises NotFound for the channel, or a feed that
    it does not have or that holds words.
    """
    channel = channels.find(connection, viewer, channel_id)
    across, up = (feed_of_numbers(channel, name) for name in (x, y))
    sizes = [totals.total(connection, feed.id, span) for feed in (across, up)]
    if any(size is None for size in sizes):
        return Pairs(across, up)
    known = [size for size in sizes if size is not None]
    rows = _of_one_instant(connection, across, up, span) if max(size.n for size in known) <= MOST_READINGS else []
    if rows:
        return Pairs(across, up, *_columns(rows))
    return _of_stretches(connection, across, up, span, _width(known))


def feed_of_numbers(channel: Channel, name: str) -> Feed:
    """The feed of that name. Raises NotFound where the channel has none, or where it holds words."""
    found = next((feed for feed in channel.feeds if feed.name == name and feed.kind is not Kind.TEXT), None)
    if found is None:
        raise NotFound(
            f'There is no feed of numbers "{name[:64]}" in channel {channel.id}.', hint="Choose another one."
        )
    return found


def _of_one_instant(connection: Connection, across: Feed, up: Feed, span: TimeSpan) -> list[tuple[int, float, float]]:
    other = reading.alias()
    rows = connection.execute(
        select(reading.c.at, reading.c.value, other.c.value)
        .join(other, (other.c.feed_id == up.id) & (other.c.at == reading.c.at))
        .where(
            reading.c.feed_id == across.id,
            reading.c.at >= span.start,
            reading.c.at < span.end,
            reading.c.value.is_not(None),
            other.c.value.is_not(None),
        )
        .order_by(reading.c.at)
    )
    return [tuple(row) for row in rows]


def _width(sizes: Sequence[Total]) -> int:
    """The narrowest stored stretch in which both feeds usually speak, and of which there are not too many."""
    interval = max((size.last_at - size.first_at) // max(1, size.n - 1) for size in sizes)
    covered = max(size.last_at for size in sizes) - min(size.first_at for size in sizes)
    wanted = max(interval, covered // MOST_STRETCHES)
    return next((width for width in ROLLUP_WIDTHS if width >= wanted), ROLLUP_WIDTHS[-1])


def _of_stretches(connection: Connection, across: Feed, up: Feed, span: TimeSpan, width: int) -> Pairs:
    other = rollup.alias()
    rows = connection.execute(
        select(rollup.c.bucket, rollup.c.sum, rollup.c.n, other.c.sum, other.c.n)
        .join(
            other, (other.c.feed_id == up.id) & (other.c.width == rollup.c.width) & (other.c.bucket == rollup.c.bucket)
        )
        .where(
            rollup.c.feed_id == across.id,
            rollup.c.width == width,
            rollup.c.bucket >= span.start,
            rollup.c.bucket <= span.end - width,
            rollup.c.sum.is_not(None),
            other.c.sum.is_not(None),
        )
        .order_by(rollup.c.bucket)
    )
    return Pairs(across, up, *_columns([(row[0], row[1] / row[2], row[3] / row[4]) for row in rows]), width)


def _columns(rows: Sequence[tuple[int, float, float]]) -> tuple[list[int], list[float], list[float]]:
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
