"""What a topic means, in whichever language it is.

A language is a module with the three functions of `language.Language`, and one line in LANGUAGES.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from domain.errors import Forbidden, Invalid
from domain.readings import FreshReadings
from ingest.mqtt import native
from ingest.mqtt.language import Delivery, Language, Publication, is_filter

LANGUAGES: Final[tuple[Language, ...]] = (native,)
"""The first to know a topic has it."""


def publication(topic: str) -> Publication:
    """What publishing on this topic means. Raises Invalid where it means nothing."""
    for language in LANGUAGES:
        found = language.publication(topic)
        if found is not None:
            return found
    raise Invalid(f"Nothing is done with what is published on {topic[:100]}.", hint=native.WHERE_TO)


def hears_readings(topic_filter: str, channel: str) -> bool:
    """Whether who subscribes to this hears what is stored in this channel."""
    return any(language.hears_readings(topic_filter, channel) for language in LANGUAGES)


def refuse_foreign(topic_filter: str, channel: str) -> None:
    """Raise Invalid for a filter that is none, Forbidden where it would bring more than what is said of this channel,
    or nothing at all."""
    if not is_filter(topic_filter):
        raise Invalid("This is no topic: + and # each stand alone between slashes, and # only at the end.")
    if not hears_readings(topic_filter, channel) and not native.hears_errors(topic_filter, channel):
        hint = f"Subscribe to c/{channel}/live, c/{channel}/live/FEED or {native.errors(channel)}."
        raise Forbidden(f"With this key there is nothing to be heard on {topic_filter[:100]}.", hint=hint)


def told(channel: str, run: FreshReadings, names: Mapping[int, str]) -> Iterator[Delivery]:
    """What is said of a run of entries, in all languages."""
    for language in LANGUAGES:
        yield from language.told(channel, run, names)
