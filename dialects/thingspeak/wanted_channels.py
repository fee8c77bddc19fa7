"""What a request wants a channel to be: its parameters as the changes that our own forms would make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from dialects.thingspeak.answering import as_json
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.failing import Failed, Failure
from dialects.thingspeak.fields import MOST, name_of, numbered
from domain.channels import Channel, Visibility
from domain.describing import WantedFeed
from domain.readings import Kind
from domain.spelling import number_from
from models import feeds
from models.ownership import NewChannel
from models.user_channels import Changes

FIRST_LABEL = "Field Label 1"
"""Of the one field of a channel that is made without any."""

TRUE, FALSE = frozenset({"true", "1"}), frozenset({"false", "0", ""})


def new_channel(asked: Asked) -> NewChannel:
    """The channel to be made: for its members alone, unless it is asked to be public."""
    labels = {number: label for number, label in _labels(asked).items() if label} or {1: FIRST_LABEL}
    seen = _visibility(asked)
    return NewChannel(
        name=asked.text("name") or "",
        description=asked.text("description") or "",
        visibility=Visibility.MEMBERS if seen is None else seen,
        feeds=[_new_feed(number, label) for number, label in labels.items()],
    )


def more_of_new(asked: Asked) -> Changes:
    """What is said of it besides. Raises Failed."""
    return Changes({**_place(asked), **_tags(asked)}, _besides(asked))


def changes(asked: Asked) -> Changes:
    """What is sent, and nothing else, is to be otherwise. Raises Failed."""
    about: dict[str, Any] = {name: asked.text(name) for name in ("name", "description") if asked.text(name) is not None}
    seen = _visibility(asked)
    about |= {} if seen is None else {"visibility": seen}
    labels = _labels(asked)
    wanted = partial(relabelled, labels=labels) if labels else None
    return Changes({**about, **_place(asked), **_tags(asked)}, _besides(asked), wanted)


def relabelled(channel: Channel, labels: Mapping[int, str]) -> list[WantedFeed]:
    """The feeds with these labels, by the number of their field. One with an empty label is hidden: it keeps its
    readings and its number. A field that was not there is added.
    """
    numbers = {feed.id: number for number, feed in numbered(channel).items()}
    rows = [_labelled(feeds.as_wanted(feed), labels.get(numbers.get(feed.id, 0))) for feed in channel.feeds]
    added = (number for number in labels if number not in numbers.values() and labels[number])
    return rows + [_new_feed(number, labels[number]) for number in added]


def _labelled(feed: WantedFeed, label: str | None) -> WantedFeed:
    if label is None:
        return feed
    return replace(feed, title=label, is_hidden=False) if label else replace(feed, is_hidden=True)


def _new_feed(number: int, label: str) -> WantedFeed:
    """Of numbers and words: nobody has said yet which will come."""
    return WantedFeed(None, name_of(number), Kind.MIXED, title=label)


def _labels(asked: Asked) -> dict[int, str]:
    """By the number of the field, as far as they are sent."""
    sent = {number: asked.text(name_of(number)) for number in range(1, MOST + 1)}
    return {number: label.strip() for number, label in sent.items() if label is not None}


def _visibility(asked: Asked) -> Visibility | None:
    written = asked.text("public_flag")
    if written is None:
        return None
    if written.strip().lower() not in TRUE | FALSE:
        raise Failed(Failure.MALFORMED, "public_flag is true or false.")
    return Visibility.PUBLIC if written.strip().lower() in TRUE else Visibility.MEMBERS


def _place(asked: Asked) -> dict[str, float | None]:
    """ThingSpeak tells 0.0 and 0.0 of a channel that is nowhere: sent back, that is nowhere again."""
    sent = {name: _number(asked, name) for name in ("latitude", "longitude") if asked.text(name) is not None}
    return dict.fromkeys(sent) if not any(sent.values()) else sent


def _besides(asked: Asked) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if asked.text("elevation") is not None:
        found["elevation"] = _number(asked, "elevation")
    if asked.text("url") is not None:
        found["web_address"] = (asked.text("url") or "").strip()
    if asked.fields.get("metadata") is not None:
        found["metadata"] = asked.text("metadata") or as_json(asked.fields["metadata"])
    return found


def _number(asked: Asked, name: str) -> float | None:
    written = asked.text(name) or ""
    if not written.strip():
        return None
    found = number_from(written)
    if found is None:
        raise Failed(Failure.MALFORMED, f"{name} is no number.")
    return found


def _tags(asked: Asked) -> dict[str, tuple[str, ...]]:
    """Of several words one tag is made, since a tag is one word here."""
    if asked.fields.get("tags") is None:
        return {}
    words = (re.sub(r"\s+", "-", name.strip().lstrip("#").lower()) for name in _names_of_tags(asked.fields["tags"]))
    return {"tags": tuple(dict.fromkeys(word for word in words if word))}


def _names_of_tags(sent: Any) -> Iterator[str]:
    """Of a text with commas, or a list of names, or one of the objects that are told."""
    if isinstance(sent, list):
        for each in sent:
            yield from _names_of_tags(each.get("name") if isinstance(each, dict) else each)
    elif isinstance(sent, str):
        yield from sent.split(",")
