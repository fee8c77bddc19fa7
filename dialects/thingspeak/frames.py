"""What charts and tiles in frames show: a channel's entries as this language reads them, for pages that draw.

Pages know nothing of this language: `server` hands them a `Frames`. What is asked is the query string of the frame's
own address; its key decides, or who is signed in where it has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import context
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.feeds import told
from dialects.thingspeak.fields import shown
from dialects.thingspeak.instants import zone_of
from dialects.thingspeak.picking import MOST, Pick, entries
from dialects.thingspeak.viewing import viewer
from dialects.thingspeak.withheld import MOST_NUMBER
from domain.channels import Channel
from domain.errors import Invalid, NotFound
from domain.frames import FramedField
from domain.readings import Feed
from domain.roles import Viewer
from domain.timespan import TimeSpan
from models import channels, entry_rows

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Frames:
    """Each question raises NotFound where the key shows nothing, and Invalid for a query that is no UTF-8."""

    averages_by_rows: bool = False

    def viewer(self, query: str) -> Viewer:
        """Who looks at a frame with this query string."""
        return _viewer(_asked(query))

    def channel(self, query: str, channel_id: int) -> Channel:
        return _looked_up(_asked(query), channel_id, channels.find)

    def feed(self, query: str, channel_id: int, number: int) -> Feed:
        return _feed(self.channel(query, channel_id), number)

    def zone(self, query: str) -> ZoneInfo | None:
        """The zone that the query names; hours from UTC as the zone that keeps them all year."""
        return _zone(_asked(query))

    def latest(self, query: str, channel_id: int, number: int) -> FramedField:
        """The field with the newest entry that has a value for it, if any has."""
        asked = _asked(query)
        feed = _feed(_looked_up(asked, channel_id, channels.find), number)
        found = _looked_up(asked, channel_id, entry_rows.last, feed.id)
        rows = tuple((row.at, row.values.get(feed.id)) for row in found.rows)
        return FramedField(found.channel, feed, rows, _zone(asked))

    def field(self, query: str, channel_id: int, number: int, since: int | None = None) -> FramedField:
        """The field with the entries that the query asks for, as `/fields/<n>` tells them.

        `since`: from this instant on in any case, and as many as there are (8000 at most), as of a chart that grows.
        """
        asked = _asked(query)
        pick = Pick.of(asked, context.now())
        if since is not None and pick.numbers is None:
            pick = replace(pick, span=TimeSpan(since, max(since, pick.span.end)), limit=MOST)
        found = entries(asked, channel_id, pick, _looked_up)
        feed = _feed(found.channel, number)
        _, rows = told(asked, found, number, averages_by_rows=self.averages_by_rows)
        begins_at = found.rows[0].at if found.rows else None
        return FramedField(found.channel, feed, tuple((row.at, row.values[0]) for row in rows), _zone(asked), begins_at)


def _asked(query: str) -> Asked:
    """Raises Invalid."""
    in_bytes = query.lstrip("?").encode("utf-8", "replace")
    asked = Asked.heard({"QUERY_STRING": in_bytes.decode("latin-1")}, max_body_bytes=0)
    if asked.fault is not None:
        raise Invalid(asked.fault.details, hint=asked.fault.cure or None)
    return asked


def _viewer(asked: Asked) -> Viewer:
    """With a key what that is good for, and no more; without one who is signed in, if anybody is."""
    return context.viewer() if asked.key is None else viewer(asked)


def _looked_up(
    asked: Asked, channel_id: int, question: Callable[..., Found], *more: Any, is_long: bool = False
) -> Found:
    """What `question(connection, viewer, channel_id, *more)` finds. Raises NotFound."""
    if channel_id > MOST_NUMBER:
        raise NotFound
    store = context.store()
    return (store.ask_long if is_long else store.ask)(question, _viewer(asked), channel_id, *more)


def _feed(channel: Channel, number: int) -> Feed:
    found = shown(channel).get(number)
    if found is None:
        raise NotFound
    return found


def _zone(asked: Asked) -> ZoneInfo | None:
    if not asked.text("timezone", "offset"):
        return None
    found = zone_of(asked)
    if isinstance(found, ZoneInfo):
        return found
    hours = (found.utcoffset(None) or timedelta()) // timedelta(hours=1)
    return ZoneInfo(f"Etc/GMT{-hours:+d}" if hours and -12 <= hours <= 14 else "UTC")
