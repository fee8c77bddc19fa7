"""Builders of what pages draw, and what a browser does with a Patch."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import Any

from dash import Patch
from dash._utils import to_json

from dashapp.figures.clock import clock_of
from dashapp.looks import Look
from domain.channels import Channel, Overview, Pulse, Visibility
from domain.readings import Feed, FreshReadings, Kind, Point, Series, Snapshot
from domain.timespan import SECOND, TimeSpan
from domain.zones import zone_named
from tests.builders import NOW

SPAN = TimeSpan.last(900 * SECOND, NOW)
UTC_CLOCK = clock_of(SPAN, zone_named("UTC"))


def feed(feed_id: int = 1, name: str = "temperature", kind: Kind = Kind.NUMBER, **more: Any) -> Feed:
    values = {"channel_id": 7, "title": "", "unit": None, "colour": None, "decimals": None, "position": feed_id}
    return Feed(id=feed_id, name=name, kind=kind, **(values | more))


def word_feed(feed_id: int = 2, name: str = "door", **more: Any) -> Feed:
    return feed(feed_id, name, Kind.TEXT, **more)


def seconds(*offsets: float) -> list[int]:
    """Instants so many seconds before NOW."""
    return [NOW - round(offset * SECOND) for offset in offsets]


def numbers(of: Feed, at: Sequence[int], values: Sequence[float]) -> Series:
    return Series(of, list(at), list(values), [None] * len(values))


def words(of: Feed, at: Sequence[int], said: Sequence[str]) -> Series:
    return Series(of, list(at), [None] * len(said), list(said))


def summed(of: Feed, at: Sequence[int], low: Sequence[float], mean: Sequence[float], high: Sequence[float]) -> Series:
    """Buckets of ten seconds."""
    count = len(at)
    return Series(of, list(at), list(mean), [None] * count, list(low), list(high), [9] * count, 10 * SECOND)


def a_channel(*feeds: Feed, **more: Any) -> Channel:
    values = {
        "id": 7,
        "name": "Otter kiln",
        "description": "",
        "visibility": Visibility.PUBLIC,
        "accepts_new_feeds": True,
        "is_rehearsal": False,
        "expected_interval_s": None,
        "cursor": 5,
        "version": 1,
        "created_at": NOW,
        "feeds": feeds,
    }
    return Channel(**(values | more))


def overview(*feeds: Feed, latest: dict[int, Point] | None = None, pulse: Pulse | None = None, **more: Any) -> Overview:
    return Overview(a_channel(*feeds, **more), pulse or Pulse(NOW, 1.0), latest or {}, "http")


def a_look(shown: Overview, *series: Series, span: TimeSpan = SPAN) -> Look:
    """A channel's look over the span, as of NOW."""
    return Look(shown, Snapshot(shown.channel.id, 1, series), span, NOW)


def fresh(*rows: tuple[int, int, float | None, str | None], first: int = 6, last: int = 6) -> FreshReadings:
    return FreshReadings(7, first, last, NOW, tuple(rows))


def as_json(part: Any) -> Any:
    """A component or Patch as the browser receives it."""
    return json.loads(to_json(part))


def texts(part: Any) -> list[str]:
    """All words in a component, in order."""
    if isinstance(part, dict):
        return texts(part.get("props", {}).get("children"))
    if isinstance(part, list):
        return [text for each in part for text in texts(each)]
    return [str(part)] if part is not None else []


def patched(before: Any, patch: Patch) -> Any:
    """What the browser has after the patch: Dash's renderer, for the operations used here."""
    after = copy.deepcopy(before)
    for step in as_json(patch)["operations"]:
        *way, last = step["location"] or [None]
        holder = after
        for key in way:
            holder = holder[key]
        value = step["params"].get("value")
        if step["operation"] == "Assign":
            holder[last] = value
        elif step["operation"] == "Add":
            holder[last] += value
        elif step["operation"] == "Extend":
            (holder if last is None else holder[last]).extend(value)
        elif step["operation"] == "Prepend":
            (holder if last is None else holder[last]).insert(0, value)
        else:
            raise AssertionError(f"no test needed {step['operation']} so far")
    return after
