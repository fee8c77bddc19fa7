"""Smoothed lines of a channel over any span: from the readings where they are few, else from the stored summaries.

Both say the same: what stands at an instant is true of exactly the window that ends there. From summaries there are
fewer instants, and a window is a whole number of summaries long; the note says what differs from what was asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby
from math import isfinite
from typing import NamedTuple

from sqlalchemy import Connection, select

from domain.moments import length_in_words
from domain.readings import Feed, Kind
from domain.roles import Viewer
from domain.selection import Smooth, Smoothing
from domain.smoothing import Line, exact_sums, rate_per_minute, smoothed, thinned
from domain.timespan import ROLLUP_WIDTHS, TimeSpan, rollup_width
from models import channels, totals
from models.schema import reading, rollup
from models.totals import Total

RAW_PER_POINT = 4
"""A line from readings has at most this many times the points wanted; beyond that it is thinned."""

MOST_READ = 30_000
"""Readings looked through for all smoothed lines of one drawing."""

MOST_SUMMARIES = 20_000
"""Stored summaries looked through for one line."""


@dataclass(frozen=True, slots=True)
class Smoothed:
    """Lines by feed id, and what must be said of them: empty where they are just what was asked for."""

    lines: dict[int, Line] = field(default_factory=dict)
    note: str = ""


class Part(NamedTuple):
    """The numbers of one stored summary, or of several together."""

    bucket: int
    n: int
    sum: float
    first: float
    last: float
    first_at: int
    last_at: int


@dataclass(frozen=True, slots=True)
class Plan:
    """How a line is made from summaries: a point for each `every` µs, over `window` µs, from the width `stored`."""

    every: int
    stored: int
    window: int


def lines(
    connection: Connection,
    viewer: Viewer,
    channel_id: int,
    span: TimeSpan,
    smoothing: Smoothing,
    points: int,
    without: Collection[str] = (),
) -> Smoothed:
    """The smoothed line of every feed of numbers but those named: about `points` points, or a few times so many.

    Raises NotFound.
    """
    channel = channels.find(connection, viewer, channel_id)
    feeds = [
        feed for feed in channel.feeds if feed.kind is not Kind.TEXT and feed.name not in without and not feed.is_hidden
    ]
    most = max(points * RAW_PER_POINT, MOST_READ // max(1, len(feeds)))
    found: dict[int, Line] = {}
    notes: dict[str, None] = {}
    for feed in feeds:
        found[feed.id], note = _line(connection, feed, span, smoothing, points, most)
        notes |= {note: None} if note else {}
    return Smoothed(found, " ".join(notes))


def _line(
    connection: Connection, feed: Feed, span: TimeSpan, smoothing: Smoothing, points: int, most: int
) -> tuple[Line, str]:
    lead_in = TimeSpan(span.start - smoothing.window + 1, span.end)
    total = totals.total(connection, feed.id, lead_in)
    if total is None or total.n <= most:
        return _from_readings(_numbers(connection, feed, lead_in), span, smoothing, points), ""
    if smoothing.how is Smooth.MEDIAN:
        return Line(), "There are too many readings in view for a median: zoom in, or choose the mean."
    return _from_summaries(connection, feed, span, smoothing, points)


def _numbers(connection: Connection, feed: Feed, span: TimeSpan) -> Sequence[tuple[int, float]]:
    rows = connection.execute(
        select(reading.c.at, reading.c.value)
        .where(
            reading.c.feed_id == feed.id,
            reading.c.at >= span.start,
            reading.c.at < span.end,
            reading.c.value.is_not(None),
        )
        .order_by(reading.c.at)
    )
    return rows.all()


def _from_readings(rows: Sequence[tuple[int, float]], span: TimeSpan, smoothing: Smoothing, points: int) -> Line:
    at = [row[0] for row in rows]
    value = smoothed(at, [row[1] for row in rows], smoothing.how, smoothing.window, span.start)
    line = Line(at[len(at) - len(value) :], value)
    return line if len(line) <= points * RAW_PER_POINT else thinned(line, max(1, span.length // points))


def _from_summaries(
    connection: Connection, feed: Feed, span: TimeSpan, smoothing: Smoothing, points: int
) -> tuple[Line, str]:
    """One point for each stretch of the drawing that holds a reading: at its last instant, or at the last in view."""
    plan = plan_for(span, smoothing.window, points)
    stretches = TimeSpan(span.start - span.start % plan.every, span.end - span.end % plan.every)
    parts = _parts_behind(connection, feed, plan.stored, stretches, plan.window - plan.every)
    line = _whole_stretches(parts, span, plan, smoothing.how)
    newest = totals.total(connection, feed.id, TimeSpan(span.end - plan.window, span.end))
    if newest is not None and newest.last_at >= max(stretches.end, span.start):
        line.add(span.end - 1, newest.mean if smoothing.how is Smooth.MEAN else _rate(newest, newest))
    return line, _note(smoothing.window, plan)


def plan_for(span: TimeSpan, window: int, points: int) -> Plan:
    """How a line with about so many points is made from summaries.

    Its window is the one asked for, where summaries that there is time for divide it, else the next longer one that is
    whole; but at least a stretch, so that every reading counts.
    """
    drawn = rollup_width(span, points)
    every = drawn * max(1, span.length // points // drawn)
    if window <= every:
        return Plan(every, drawn, every)
    possible = [width for width in ROLLUP_WIDTHS if width <= drawn]
    quick = [width for width in possible if 2 * span.length // width <= MOST_SUMMARIES] or possible[-1:]
    stored = max((width for width in quick if window % width == 0), default=quick[0])
    return Plan(every, stored, window + -window % stored)


def _parts_behind(connection: Connection, feed: Feed, width: int, span: TimeSpan, reach: int) -> list[Part]:
    """The summaries of the span and of the `reach` µs before it, ascending.

    What lies in every window of a long reach is one part, so that the cost does not grow with the window.
    """
    lead_in = TimeSpan(span.start - reach, min(span.start, span.end - reach))
    amid = totals.total(connection, feed.id, TimeSpan(lead_in.end, span.start))
    parts = _parts(connection, feed, width, lead_in)
    if amid is not None:
        parts.append(Part(lead_in.end, amid.n, amid.sum, amid.first, amid.last, amid.first_at, amid.last_at))
    return parts + _parts(connection, feed, width, span)


def _parts(connection: Connection, feed: Feed, width: int, span: TimeSpan) -> list[Part]:
    columns = [rollup.c[name] for name in ("bucket", "n", "sum", "first", "last", "first_at", "last_at")]
    rows = connection.execute(
        select(*columns)
        .where(
            rollup.c.feed_id == feed.id,
            rollup.c.width == width,
            rollup.c.bucket >= span.start,
            rollup.c.bucket < span.end,
            rollup.c.sum.is_not(None),
        )
        .order_by(rollup.c.bucket)
    )
    return [Part(*row) for row in rows]


def _whole_stretches(parts: Sequence[Part], span: TimeSpan, plan: Plan, how: Smooth) -> Line:
    """One point for each stretch with a part in it, over the window that ends with the stretch."""
    if not all(isfinite(part.sum) for part in parts):
        return Line()  # numbers so large that their sum is beyond a float
    sums, scale = exact_sums([part.sum for part in parts])
    counts = [0, *accumulate(part.n for part in parts)]
    line, begin, end = Line(), 0, 0
    for stretch, group in groupby(parts, key=lambda part: part.bucket // plan.every):
        end += len(list(group))
        after = (stretch + 1) * plan.every
        while parts[begin].bucket < after - plan.window:
            begin += 1
        if parts[end - 1].last_at >= span.start:  # else it only fills windows
            mean = (sums[end] - sums[begin]) / ((counts[end] - counts[begin]) * scale)
            line.add(after - 1, mean if how is Smooth.MEAN else _rate(parts[begin], parts[end - 1]))
    return line


def _rate(first: Part | Total, last: Part | Total) -> float | None:
    return rate_per_minute(first.first, last.last, last.last_at - first.first_at)


def _note(wanted: int, plan: Plan) -> str:
    """What is not as asked for, in a sentence; empty where nothing."""
    if plan.window == wanted:
        return ""
    what = "each point is over" if wanted < plan.every else "the window is"
    return f"In this range {what} {length_in_words(plan.window)}: for {length_in_words(wanted)}, zoom in."
