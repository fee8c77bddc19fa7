"""What all the numbers of a feed in a span come to, exactly, at the price of a few dozen rows whatever the span.

The span is put together from the widest stored summaries that lie whole in it, and readings at its two edges.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum, inf, isfinite
from typing import NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from domain.timespan import ROLLUP_WIDTHS, TimeSpan
from models.schema import reading, rollup


@dataclass(frozen=True, slots=True)
class Total:
    """At least one number: how many, their sum, smallest and largest, first and last, and the instants of those two."""

    n: int
    sum: float
    low: float
    high: float
    first: float
    last: float
    first_at: int
    last_at: int

    @property
    def mean(self) -> float | None:
        """None where the numbers are so large that their sum is beyond a float."""
        return self.sum / self.n if isfinite(self.sum) else None


class _Sum(NamedTuple):
    """A part of a total; the first and last number are None where they are still to be looked up."""

    n: int
    sum: float
    low: float
    high: float
    first: float | None
    last: float | None
    first_at: int
    last_at: int


def total(connection: Connection, feed_id: int, span: TimeSpan) -> Total | None:
    """The numbers of a feed in the span; None where there is none. For a feed the viewer was already shown."""
    edges, whole = pieces(span)
    sums = [*_summed_up(connection, feed_id, whole), *(_counted(connection, feed_id, each) for each in edges)]
    return _put_together(connection, feed_id, [each for each in sums if each is not None])


def pieces(span: TimeSpan, widths: Sequence[int] = ROLLUP_WIDTHS) -> tuple[list[TimeSpan], list[tuple[int, TimeSpan]]]:
    """The span as pieces without overlap or hole: edges, of readings, and (width, piece) of whole summaries.

    `widths`: which summaries may be taken, from the narrowest on; with none it is all one edge.
    """
    rest = span
    found: list[tuple[int, TimeSpan]] = []
    for finer, width in pairwise((0, *widths)):
        inner = TimeSpan(start := rest.start + -rest.start % width, max(start, rest.end - rest.end % width))
        if not inner.length:
            return _sorted_out([*found, (finer, rest)])
        found += [(finer, TimeSpan(rest.start, inner.start)), (finer, TimeSpan(inner.end, rest.end))]
        rest = inner
    return _sorted_out([*found, (widths[-1] if widths else 0, rest)])


def _sorted_out(found: Iterable[tuple[int, TimeSpan]]) -> tuple[list[TimeSpan], list[tuple[int, TimeSpan]]]:
    filled = [(width, piece) for width, piece in found if piece.length]
    return [piece for width, piece in filled if not width], [each for each in filled if each[0]]


def _summed_up(connection: Connection, feed_id: int, whole: Sequence[tuple[int, TimeSpan]]) -> list[_Sum]:
    if not whole:
        return []
    within = [
        and_(rollup.c.width == width, rollup.c.bucket >= piece.start, rollup.c.bucket < piece.end)
        for width, piece in whole
    ]
    columns = [rollup.c[name] for name in ("n", "sum", "min", "max", "first", "last", "first_at", "last_at")]
    query = select(*columns).where(rollup.c.feed_id == feed_id, or_(*within), rollup.c.sum.is_not(None))
    return [_Sum(*row) for row in connection.execute(query)]


def _counted(connection: Connection, feed_id: int, span: TimeSpan) -> _Sum | None:
    at, value = reading.c.at, reading.c.value
    n, together, low, high, first_at, last_at = connection.execute(
        select(func.count(), func.sum(value), func.min(value), func.max(value), func.min(at), func.max(at)).where(
            reading.c.feed_id == feed_id, at >= span.start, at < span.end, value.is_not(None)
        )
    ).one()
    return _Sum(n, together, low, high, None, None, first_at, last_at) if n else None


def _put_together(connection: Connection, feed_id: int, sums: Sequence[_Sum]) -> Total | None:
    if not sums:
        return None
    begin, end = min(sums, key=lambda each: each.first_at), max(sums, key=lambda each: each.last_at)
    return Total(
        sum(each.n for each in sums),
        _sum_of(each.sum for each in sums),
        min(each.low for each in sums),
        max(each.high for each in sums),
        _value_at(connection, feed_id, begin.first_at) if begin.first is None else begin.first,
        _value_at(connection, feed_id, end.last_at) if end.last is None else end.last,
        begin.first_at,
        end.last_at,
    )


def _sum_of(numbers: Iterable[float]) -> float:
    try:
        return fsum(numbers)
    except (OverflowError, ValueError):  # ValueError: infinite ones of both signs
        return inf


def _value_at(connection: Connection, feed_id: int, at: int) -> float:
    query = select(reading.c.value).where(reading.c.feed_id == feed_id, reading.c.at == at)
    return float(connection.execute(query).scalar_one())
