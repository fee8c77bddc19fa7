"""The x and y columns of lines and bands: where a line breaks, what is merged, and that no extreme is lost.

Instants become milliseconds since the epoch, the numbers Plotly's date axes take. The live path appends with the same
functions that drew the chart, so a chart that grew equals a chart drawn afresh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.readings import Kind, Series
from domain.statistics import LATEST_GAPS
from domain.statistics import hold_us as usual_hold_us


@dataclass(slots=True)
class Line:
    """Columns of a line; a break is an instant whose `y` is None."""

    x: list[float] = field(default_factory=list)
    y: list[float | None] = field(default_factory=list)

    def add(self, at: int, value: float | None) -> None:
        self.x.append(milliseconds(at))
        self.y.append(value)


@dataclass(slots=True)
class Band:
    """Columns of a band: segments of equal words, each from `base` for `width` milliseconds."""

    base: list[float] = field(default_factory=list)
    width: list[float] = field(default_factory=list)
    word: list[str] = field(default_factory=list)

    def add(self, start: int, end: int, word: str) -> None:
        self.base.append(milliseconds(start))
        self.width.append(milliseconds(end - start))
        self.word.append(word)


def milliseconds(at: int) -> float:
    return at / 1000


def hold_us(series: Series, interval_s: float | None) -> int:
    """How long a feed may be quiet before its line breaks: three of its intervals.

    Its interval is the median of its last 20 gaps in view, but never under the channel's expected interval: a feed that
    speaks with every third message is not broken, and neither is one that sent a burst. Of words that were summed up,
    what is in between is known to have held.
    """
    latest = [] if series.bucket_us else series.at[-LATEST_GAPS - 1 :]
    known = 2 * series.bucket_us if series.feed.kind is Kind.TEXT else 0
    return max(usual_hold_us(latest, interval_s), known)


def raw_line(at: Sequence[int], value: Sequence[float | None], hold: int, after: int | None = None) -> Line:
    """Readings as a line, broken where they are more than `hold` µs apart; `after`: the reading before the first."""
    line = Line()
    for instant, number in zip(at, value, strict=True):
        if after is not None and instant - after > hold:
            line.add(after, None)
        line.add(instant, number)
        after = instant
    return line


def mean_line(series: Series, hold: int) -> Line:
    """A summarised series as a line through its means, broken at gaps."""
    return raw_line(series.at, series.value, hold + series.bucket_us)


def envelope(series: Series, hold: int) -> Line:
    """Outlines of the area between each bucket's smallest and largest reading: one area for each run without a gap."""
    outline = Line()
    for run in _runs(series.at, hold + series.bucket_us):
        for place in run:
            outline.add(series.at[place], series.high[place])
        for place in reversed(run):
            outline.add(series.at[place], series.low[place])
        outline.add(series.at[run[0]], None)
    return outline


def _runs(at: Sequence[int], hold: int) -> list[list[int]]:
    """The places of `at`, in runs without a gap."""
    runs: list[list[int]] = []
    for place, instant in enumerate(at):
        if place and instant - at[place - 1] <= hold:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def band(at: Sequence[int], words: Sequence[str | None], hold: int) -> Band:
    """Words as merged segments: a word holds until the next reading, for at most `hold` µs."""
    columns, start, before, current = Band(), 0, None, ""
    for instant, word in zip(at, words, strict=True):
        if word is None:
            continue
        if before is not None and (word != current or instant - before > hold):
            columns.add(start, min(instant, before + hold), current)
            start = instant
        elif before is None:
            start = instant
        before, current = instant, word
    if before is not None:
        columns.add(start, before + hold, current)
    return columns
