"""Readings counted from stored summaries: as many as there are, whatever the span."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.timespan import DAY, HOUR, MINUTE, SECOND, TimeSpan
from models import counting
from models.schema import reading
from tests.builders import NOW, append, entry, make_channel
from tests.models.test_rollups import ON_STORED

ENDS = st.builds(lambda day, second: NOW + day * DAY + second * SECOND // 2, st.integers(-3, 3), st.integers(-90, 90))


@pytest.fixture
def channel(store, noise):
    """Three days with readings close together and far apart: numbers, words, and both in one feed."""
    made = make_channel(store, feeds=("temperature", "door:text", "probe:mixed"))
    near = [NOW + each * SECOND // 2 for each in range(-60, 60)]
    far = [NOW + day * DAY + hour * HOUR for day in (-2, -1, 1) for hour in (0, 1, 6)]
    for number, at in enumerate(sorted({*near, *far})):
        append(store, made, entry(at, temperature=number, door="open", probe="off" if number % 3 else number))
    return made


class TestCount:
    @ON_STORED
    @given(ENDS, ENDS)
    def test_it_equals_a_naive_count(self, store, channel, one, other):
        span = TimeSpan(*sorted((one, other)))
        for feed in channel.feeds:
            within = (reading.c.feed_id == feed.id) & (reading.c.at >= span.start) & (reading.c.at < span.end)
            rows = store.ask(lambda connection, within=within: connection.execute(reading.select().where(within)).all())
            assert store.ask(counting.count, feed, span) == len(rows)

    def test_it_looks_at_few_rows_of_very_many(self, store, channel, statements):
        with statements() as said:
            store.ask(counting.count, channel.feeds[0], TimeSpan(0, NOW + 9 * DAY))
        assert not any("FROM reading" in each for each in said)

    def test_of_an_empty_feed_there_are_none(self, store):
        made = make_channel(store, "Empty")
        assert store.ask(counting.count, made.feeds[0], TimeSpan(0, 2**62)) == 0


class TestFirstAndLast:
    def test_they_are_the_ends_of_what_is_there(self, store, channel):
        feed = channel.feeds[0]
        assert store.ask(counting.first_and_last, feed.id, TimeSpan(NOW, NOW + MINUTE)) == (NOW, NOW + 59 * SECOND // 2)
        assert store.ask(counting.first_and_last, feed.id, TimeSpan(0, 1)) == (None, None)
