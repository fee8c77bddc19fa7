"""How a file is read, as whoever imports it says: their word counts more than what is seen."""

from __future__ import annotations

from collections.abc import Sequence

from domain.errors import Invalid
from domain.imports import NOWHERE, Hints, Mapping, Rest, Source
from domain.readings import Feed, Kind

MOST_LISTED = 20


def place_of(said: str, names: Sequence[str]) -> int:
    """The place of a column by its heading, or by its number from 1 on. Raises Invalid."""
    if said in names:
        return names.index(said)
    if said.isdecimal() and len(said) < 4 and 1 <= int(said) <= len(names):
        return int(said) - 1
    raise Invalid(f'The file has no column "{said[:60]}".', hint=f"It has {_listed(names)}.")


def as_said(told: Mapping, feeds: Sequence[Feed], hints: Hints) -> Mapping:
    """The mapping with its columns as whoever imports the file wants them. Raises Invalid for one that is not there.

    A name that may stand further down is taken on trust; whether it does is seen when all of the file is.
    """
    if not hints.columns and not hints.kinds:
        return told.but(sources=(), rest=Rest.NONE) if hints.only_named else told
    known = {feed.name for feed in feeds}
    sources = list(told.sources)
    named: dict[int, str] = {}
    for said, feed in hints.columns.items():
        place = _place_among(said, sources)
        if place is None:
            place = len(sources)
            sources.append(_further_down(said, told))
        named[place] = feed
    is_rest_left_out = hints.only_named and bool(hints.columns)
    for place, source in enumerate(sources):
        feed = named.get(place, "" if is_rest_left_out else source.feed)
        kind = None if feed in known else hints.kinds.get(feed) or source.kind or Kind.NUMBER
        sources[place] = Source(
            source.name, feed, kind if feed else source.kind, source.unit, source.place, source.line
        )
    rest = Rest.LEFT_OUT if is_rest_left_out and told.rest is not Rest.NONE else told.rest
    return told.but(sources=tuple(sources), rest=rest, kinds_said=tuple(hints.kinds.items()))


def _place_among(said: str, sources: Sequence[Source]) -> int | None:
    """Which of the sources is meant, by its name, or by the number of its column."""
    for place, source in enumerate(sources):
        if source.name == said or (source.place != NOWHERE and str(source.place + 1) == said):
            return place
    return None


def _further_down(said: str, told: Mapping) -> Source:
    if told.has_names and told.rest is not Rest.NONE:
        return Source(said, "")
    listed = _listed([source.name for source in told.sources])
    raise Invalid(f'The file has no column "{said[:60]}" that could go to a feed.', hint=f"It has {listed}.")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name.strip() for name in names[:MOST_LISTED])
