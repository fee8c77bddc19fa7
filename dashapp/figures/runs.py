"""Runs of equal words, of which only the ends are known."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

from domain.readings import Series


def has_inner_readings(series: Series, gap: int) -> bool:
    """Whether some reading stands inside a run: the two beside it say the same, and are within `gap` µs of it."""
    at, said = series.at, series.text
    return any(
        said[place - 1] == said[place] == said[place + 1] and max(later - here, here - before) <= gap
        for place, (before, here, later) in enumerate(zip(at, at[1:], at[2:], strict=False), start=1)
    )


def filled(series: Series, every: int) -> Series:
    """The series with each run said again every `every` µs; equal words come as (first, last), (first, last), …"""
    at: list[int] = []
    text: list[str | None] = []
    for word, group in groupby(zip(series.at, series.text, strict=True), key=itemgetter(1)):
        instants = [instant for instant, _ in group]
        for first, last in zip(instants[::2], [*instants[1::2], instants[-1]], strict=False):
            known = [*range(first, last, every), last]
            at += known
            text += [word] * len(known)
    return Series(series.feed, at, [None] * len(at), text, bucket_us=every)
