"""Whether a file can be read into a channel as its mapping says, and what that takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from domain.channels import Channel
from domain.errors import Invalid
from domain.imports import NOWHERE, FileForm, Mapping, Source
from domain.names import fault_in
from domain.readings import Kind
from domain.zones import zone_named
from models.appending import MOST_FEEDS


def passes_of(mapping: Mapping) -> int:
    """How often the file is gone through: to see what it holds, to check it, to store it."""
    return 1 + int(mapping.is_whole) + int(mapping.is_to_be_surveyed)


def check(into: Channel, mapping: Mapping) -> None:
    """Raise Invalid for a mapping that cannot be carried out."""
    zone_named(mapping.zone)
    _refuse_unread(mapping)
    wanted = mapping.wanted
    known = {feed.name for feed in into.feeds}
    for source in wanted:
        _check_feed(source, known)
    if not (into.accepts_new_feeds or mapping.is_to_be_surveyed):
        _refuse_new(wanted, known)
    if twice := _twice([source.feed for source in wanted]):
        raise Invalid(f'Two columns go to the feed "{twice}".', hint="Each feed takes one column.")
    if len(known | {source.feed for source in wanted}) > MOST_FEEDS:
        raise Invalid(f"A channel has at most {MOST_FEEDS} feeds; this import would make more.")


def kinds_of(into: Channel, mapping: Mapping) -> dict[str, Kind]:
    """What the feeds hold that the file goes to; of one to be made what the mapping says."""
    to_be = {source.feed: source.kind or Kind.NUMBER for source in mapping.wanted}
    return to_be | {feed.name: feed.kind for feed in into.feeds if feed.name in to_be}


def _refuse_unread(mapping: Mapping) -> None:
    """A file is read where it has times, and something that goes to a feed."""
    wanted = mapping.wanted
    if len(wanted) > MOST_FEEDS:
        raise Invalid(f"A channel has at most {MOST_FEEDS} feeds; this import would fill {len(wanted)}.")
    if not wanted and mapping.status == NOWHERE and not mapping.is_exact:
        raise Invalid("No column goes to a feed.", hint="Choose a feed for at least one column.")
    if mapping.form is FileForm.CSV and mapping.time < 0:
        raise Invalid("No column holds the times.", hint="Choose the column of times.")
    if mapping.form is FileForm.CSV and mapping.feed == NOWHERE and any(source.place < 0 for source in wanted):
        raise Invalid("A column that goes to a feed is not in the file.")


def _check_feed(source: Source, known: set[str]) -> None:
    name, kind = source.feed, source.kind
    if name in known:
        return
    fault = fault_in(name)
    if fault is not None:
        raise Invalid(f'A feed cannot be called "{name[:64]}": the name {fault}.')
    if kind is None:
        raise Invalid(f'There is no feed "{name}" in this channel.', hint="Say what it is to hold, and it is made.")


def _refuse_new(wanted: Sequence[Source], known: set[str]) -> None:
    """Of a file that is yet to be looked through nobody knows whether it has anything for a feed that is missing."""
    for source in wanted:
        if source.feed not in known:
            where = f" (line {source.line} of the file)" if source.line else ""
            raise Invalid(
                f'This channel makes no new feeds, and it has none called "{source.feed}"{where}.',
                hint="Add it in the channel's settings, choose another feed, or leave it out.",
            )


def _twice(names: Sequence[str]) -> str | None:
    return next((name for name, times in Counter(names).items() if times > 1), None)
