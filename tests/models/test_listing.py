"""Readings page by page, beside a list of all of them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.channels import Visibility
from domain.errors import NotFound
from domain.roles import Viewer
from domain.timespan import SECOND, TimeSpan
from models import listing
from tests.builders import ALWAYS, NOW, append, entry, make_channel, reread

VISITOR = Viewer.visitor()
ON_STORED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def page(store, channel, feeds=(), span=ALWAYS, limit=100, **more):
    more.setdefault("newest_first", False)
    return store.ask(listing.page, VISITOR, channel.id, feeds, span, limit, **more)


def told(found) -> list[tuple]:
    return [(row.at - NOW, row.feed.name, row.text if row.value is None else row.value) for row in found.rows]


class TestPage:
    def test_it_is_in_the_order_of_time_and_of_coming(self, store, channel):
        append(store, channel, entry(NOW + 2, door="second"))
        append(store, reread(store, channel), entry(NOW + 2, temperature=2), entry(NOW, temperature=0))
        assert told(page(store, channel)) == [(0, "temperature", 0.0), (2, "door", "second"), (2, "temperature", 2.0)]

    def test_it_holds_the_named_feeds_alone_within_the_span(self, store, channel):
        append(store, channel, *[entry(NOW + each, temperature=each, door="open") for each in range(4)])
        found = page(store, channel, ["temperature"], TimeSpan(NOW + 1, NOW + 3))
        assert told(found) == [(1, "temperature", 1.0), (2, "temperature", 2.0)]

    def test_a_feed_that_is_not_there_is_named(self, store, channel):
        with pytest.raises(NotFound, match="doors"):
            page(store, channel, ["door", "doors"])

    def test_a_channel_that_one_may_not_see_is_not_there(self, store, noise):
        hidden = make_channel(store, visibility=Visibility.MEMBERS)
        with pytest.raises(NotFound):
            page(store, hidden)

    def test_without_readings_it_is_empty(self, store, channel):
        assert (page(store, channel).rows, page(store, channel).rest) == ((), None)

    def test_what_comes_in_the_meantime_moves_nothing(self, store, channel):
        append(store, channel, *[entry(NOW + each * SECOND, temperature=each) for each in range(4)])
        first = page(store, channel, limit=2)
        append(store, reread(store, channel), entry(NOW - SECOND, temperature=-1))
        assert told(page(store, channel, limit=2, after=first.rest)) == [
            (2 * SECOND, "temperature", 2.0),
            (3 * SECOND, "temperature", 3.0),
        ]

    @ON_STORED
    @given(
        entries=st.lists(
            st.tuples(st.integers(0, 6), st.sampled_from(["temperature", "door"])), unique=True, max_size=14
        ),
        limit=st.integers(1, 5),
        newest_first=st.booleans(),
    )
    def test_the_pages_together_are_the_whole(self, store, entries, limit, newest_first):
        channel = make_channel(store, feeds=("temperature", "door:text"))
        for at, feed in entries:
            append(store, reread(store, channel), entry(NOW + at, **{feed: 1.0 if feed == "temperature" else "open"}))
        whole, rows, rest = page(store, channel, newest_first=newest_first).rows, [], None
        while True:
            found = page(store, channel, limit=limit, newest_first=newest_first, after=rest)
            rows += found.rows
            assert len(found.rows) <= limit
            if found.rest is None:
                break
            rest = found.rest
        assert rows == list(whole)
        assert len(rows) == len(entries)
