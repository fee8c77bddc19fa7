"""What each message brought, for whoever watches the door of a channel."""

from __future__ import annotations

import pytest

from domain.errors import NotFound
from domain.roles import Viewer
from domain.timespan import MINUTE, SECOND
from models import entries
from tests.builders import NOW, append, entry, make_channel, reread


def arrivals(store, channel, since: int = NOW - MINUTE, viewer: Viewer | None = None, **more) -> list:
    return store.ask(entries.arrivals, viewer or Viewer.visitor(), channel.id, since=since, **more)


def values_of(arrival) -> dict:
    return {feed.name: point.text if point.value is None else point.value for feed, point in arrival.values}


class TestArrivals:
    def test_they_come_newest_first_with_their_door_and_values(self, store, channel):
        append(store, channel, entry(temperature=21.4, door="open"))
        append(store, channel, entry(NOW + SECOND, temperature=0), received_at=NOW + SECOND)
        newest, first = arrivals(store, channel)
        assert (newest.at, newest.door, newest.entries, values_of(newest)) == (
            NOW + SECOND,
            "http",
            1,
            {"temperature": 0},
        )
        assert values_of(first) == {"temperature": 21.4, "door": "open"}

    def test_of_a_message_of_many_entries_the_last_one_is_told(self, store, channel):
        append(store, channel, *[entry(NOW - number * SECOND, temperature=number) for number in (3, 2, 1)])
        [arrival] = arrivals(store, channel)
        assert (arrival.entries, values_of(arrival)) == (3, {"temperature": 1})

    def test_the_values_stand_in_the_order_of_the_feeds(self, store, channel):
        append(store, channel, entry(door="open", temperature=1))
        assert list(values_of(arrivals(store, channel)[0])) == ["temperature", "door"]

    def test_what_came_before_is_left_out(self, store, channel):
        append(store, channel, entry(temperature=1))
        assert arrivals(store, channel, since=NOW + 1) == []

    def test_there_are_at_most_so_many(self, store, channel):
        for number in range(4):
            append(store, channel, entry(NOW + number, temperature=number), received_at=NOW + number)
        assert [values_of(each)["temperature"] for each in arrivals(store, channel, limit=2)] == [3, 2]

    def test_a_channel_that_heard_nothing_has_none(self, store, channel):
        assert arrivals(store, channel) == []

    def test_a_channel_one_may_not_see_is_not_found(self, store, noise):
        hidden = reread(store, make_channel(store, "Hidden", visibility="members"))
        with pytest.raises(NotFound):
            arrivals(store, hidden)
