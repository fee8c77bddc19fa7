"""From what a file calls a feed to the feed of a channel, or to the name of one that is to be made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from domain.cells import unguarded
from domain.imports import NOWHERE, Source
from domain.incoming.sightings import Sighting
from domain.names import MOST_NAME_CHARS, RESERVED, SEPARATORS, normal
from domain.readings import Feed, Kind

MOST_UNIT_CHARS = 32

_with_unit = re.compile(r"(.*?\S)\s*[\[(]([^\[\]()]{1,32})[\])]").fullmatch  # \S: blanks in a row are gone through once


def feed_name(heading: str) -> str:
    """A heading as a name that a feed may have."""
    name = normal("".join(" " if mark in SEPARATORS or not mark.isprintable() else mark for mark in heading))
    name = " ".join(name.split())[:MOST_NAME_CHARS].strip()
    if not name.strip("."):
        return "feed"
    return f"{name}_"[:MOST_NAME_CHARS] if name.casefold() in RESERVED else name


def parted(heading: str) -> tuple[str, str]:
    """A heading's name and unit: `temperature [°C]`, `Humidity (%)`."""
    found = _with_unit(heading.strip())
    return (found[1], found[2].strip()) if found else (heading.strip(), "")


def source_for(
    name: str,
    feeds: Sequence[Feed],
    seen: Sighting,
    *,
    place: int = NOWHERE,
    is_all: bool = True,
    has_unit: bool = False,
) -> Source:
    """A column, or a name, with the feed it seems to be meant for, or one that is to be made.

    `seen`: what the file has for it; `is_all`: the file has no more. Where it has nothing, no feed is made.
    `has_unit`: units stand beside the name, so that what stands in brackets is part of it.
    """
    written = unguarded(name)
    feed = _feed_called(written, feeds)
    if feed is not None:
        return Source(name, feed.name, place=place, line=seen.line)
    bare = written if has_unit else parted(written)[0]
    if seen.kind is None and is_all:
        return Source(name, "", place=place, line=seen.line)
    return Source(name, feed_name(bare), seen.kind or Kind.NUMBER, unit_for(name, seen, has_unit), place, seen.line)


def unit_for(name: str, seen: Sighting, has_unit: bool) -> str:
    """The unit that stands beside the name, or within it; words have none."""
    if seen.kind is Kind.TEXT:
        return ""
    return (seen.unit if has_unit else parted(unguarded(name))[1])[:MOST_UNIT_CHARS]


def distinct(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Each feed is fed by one column: by the first that is called so."""
    taken: set[str] = set()
    kept = []
    for source in sources:
        kept.append(Source(source.name, "", place=source.place) if source.feed in taken else source)
        taken.add(source.feed)
    return tuple(kept)


def _feed_called(heading: str, feeds: Sequence[Feed]) -> Feed | None:
    """The feed of that name, the one whose name with its unit or whose title that is, or else the like-named."""
    written = heading.strip()
    bare = parted(written)[0]
    for wanted in dict.fromkeys((written, bare, feed_name(bare))):
        for feed in feeds:
            if wanted == feed.name:
                return feed
        for feed in feeds:
            titled = f"{feed.name} [{feed.unit}]" if feed.unit else feed.name
            if wanted in (titled, feed.title) or wanted.casefold() == feed.name.casefold():
                return feed
    return None
