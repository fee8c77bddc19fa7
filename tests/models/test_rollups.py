"""Stored summaries: whatever comes, late, repeated or deleted, they equal a naive summing up of all readings."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from domain.errors import Busy, Conflict
from domain.timespan import DAY, HOUR, MINUTE, ROLLUP_WIDTHS, SECOND, TimeSpan
from models import readings
from models.rollups import coarsen, summarise
from models.schema import reading as reading_table
from models.schema import rollup as rollup_table
from tests.builders import ALWAYS, NOW, append, entry, lose_patience, make_channel, opened_store, url_of

ON_STORED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

# Instants that lie close together, in neighbouring buckets and far apart, so that every width has full and sparse ones.
INSTANTS = st.builds(
    lambda day, hour, second: NOW + day * DAY + hour * HOUR + second * SECOND // 2,
    st.integers(-2, 1),
    st.sampled_from([0, 0, 1, 6]),
    st.integers(-40, 40),
)
VALUES = st.floats(-1e6, 1e6) | st.sampled_from([0.0, -0.0, 1e-300, 1e300])
WORDS = st.sampled_from(["open", "shut", ""])
MESSAGES = st.lists(st.lists(st.tuples(INSTANTS, VALUES, WORDS), min_size=1, max_size=12), min_size=1, max_size=6)


def summed_up(rows: Sequence[tuple[int, float | None]], width: int) -> dict[int, tuple]:
    """What the summaries of this width must be: rows are (at, value), in any order."""
    buckets: dict[int, list] = {}
    for at, value in sorted(rows):
        buckets.setdefault(at - at % width, []).append((at, value))
    return {start: summary(found) for start, found in buckets.items()}


def summary(rows: list[tuple[int, float | None]]) -> tuple:
    values = [value for _, value in rows if value is not None]
    ends = (rows[0][1], rows[-1][1], rows[0][0], rows[-1][0])
    if not values:
        return (len(rows), None, None, None, *ends)
    return (len(rows), pytest.approx(sum(values), rel=1e-9, abs=1e-3), min(values), max(values), *ends)


def stored_summaries(store, feed_id: int, width: int) -> dict[int, tuple]:
    names = ("n", "sum", "min", "max", "first", "last", "first_at", "last_at")
    question = select(rollup_table.c.bucket, *(rollup_table.c[name] for name in names)).where(
        rollup_table.c.feed_id == feed_id, rollup_table.c.width == width
    )
    rows = store.ask(lambda connection: connection.execute(question).all())
    return {row[0]: tuple(row[1:]) for row in rows}


def stored_rows(store, feed_id: int) -> list[tuple]:
    question = select(reading_table.c.at, reading_table.c.value).where(reading_table.c.feed_id == feed_id)
    return [tuple(row) for row in store.ask(lambda connection: connection.execute(question).all())]


def expect_true_summaries(store, channel) -> None:
    for feed in channel.feeds:
        rows = stored_rows(store, feed.id)
        for width in ROLLUP_WIDTHS:
            assert stored_summaries(store, feed.id, width) == summed_up(rows, width)


def send(store, channel, message) -> None:
    """Store a message; one that contradicts what is there leaves everything as it was."""
    with suppress(Conflict):
        append(store, channel, *[entry(at, temperature=value, door=word) for at, value, word in message])


class TestAdd:
    @ON_STORED
    @given(MESSAGES)
    def test_every_width_equals_a_naive_summing_up(self, store, messages):
        channel = make_channel(store, feeds=("temperature", "door:text"))
        for message in messages:
            send(store, channel, message)
        expect_true_summaries(store, channel)

    def test_a_repeat_is_not_counted_again(self, store, channel):
        for _ in range(2):
            append(store, channel, entry(temperature=20, door="open"))
        expect_true_summaries(store, channel)

    def test_a_refused_message_is_not_counted(self, store, channel):
        append(store, channel, entry(temperature=20))
        with pytest.raises(Conflict):
            append(store, channel, entry(NOW + 1, temperature=1), entry(temperature=21))
        expect_true_summaries(store, channel)

    def test_noise_stays_with_its_own_feed(self, store, channel, noise):
        append(store, channel, entry(temperature=20))
        for each in noise:
            expect_true_summaries(store, each)

    def test_a_late_reading_becomes_the_first_of_its_bucket(self, store, channel):
        append(store, channel, entry(NOW + 5, temperature=20))
        append(store, channel, entry(NOW + 1, temperature=30))
        [found] = stored_summaries(store, channel.feeds[0].id, DAY).values()
        assert found == (2, 50.0, 20.0, 30.0, 30.0, 20.0, NOW + 1, NOW + 5)

    def test_readings_before_1970_have_buckets_as_well(self, store, channel):
        append(store, channel, entry(-1, temperature=20))
        assert list(stored_summaries(store, channel.feeds[0].id, MINUTE)) == [-MINUTE]


class TestRebuild:
    @ON_STORED
    @given(MESSAGES, st.lists(st.tuples(INSTANTS, st.integers(0, 2 * DAY)), min_size=1, max_size=3), MESSAGES)
    def test_after_a_deletion_every_width_is_true(self, store, messages, spans, later):
        channel = make_channel(store, feeds=("temperature", "door:text"))
        for message in messages:
            send(store, channel, message)
        for start, length in spans:
            feeds = [feed.id for feed in channel.feeds]
            store.tell(readings.delete_span, channel.id, feeds, TimeSpan(start, start + length))
        expect_true_summaries(store, channel)
        for message in later:
            send(store, channel, message)
        expect_true_summaries(store, channel)

    def test_nobody_writes_into_the_channel_meanwhile(self, store, channel):
        """What another process stored between reading the readings and writing the summaries would not be counted."""

        def delete_and_look(connection) -> None:
            readings.delete_span(connection, channel.id, [channel.feeds[0].id], ALWAYS)
            with pytest.raises(Busy):
                append(other, channel, entry(temperature=1))

        with opened_store(url_of(store)) as other:
            other.tell(lose_patience)
            store.tell(delete_and_look)


class TestDeleteSpan:
    def test_it_tells_how_many_there_were(self, store, channel):
        append(store, channel, *[entry(NOW + each, temperature=each, door="open") for each in range(10)])
        feeds = [feed.id for feed in channel.feeds]
        assert store.tell(readings.delete_span, channel.id, feeds, TimeSpan(NOW + 2, NOW + 5)) == 6

    def test_the_end_is_not_included(self, store, channel):
        append(store, channel, entry(NOW, temperature=1), entry(NOW + 1, temperature=2))
        store.tell(readings.delete_span, channel.id, [channel.feeds[0].id], TimeSpan(NOW, NOW + 1))
        assert [at for at, _ in stored_rows(store, channel.feeds[0].id)] == [NOW + 1]

    def test_other_feeds_and_channels_keep_theirs(self, store, channel, noise):
        append(store, channel, entry(temperature=1, door="open"))
        store.tell(readings.delete_span, channel.id, [channel.feeds[0].id], ALWAYS)
        assert len(stored_rows(store, channel.feeds[1].id)) == 1
        assert all(len(stored_rows(store, feed.id)) == 12 for each in noise for feed in each.feeds)

    def test_a_deleted_instant_may_be_stored_again(self, store, channel):
        append(store, channel, entry(temperature=1))
        store.tell(readings.delete_span, channel.id, [channel.feeds[0].id], ALWAYS)
        assert append(store, channel, entry(temperature=2)).entry_id == 2


class TestSummaries:
    @given(st.lists(st.tuples(st.integers(0, 5 * DAY), VALUES), unique_by=lambda row: row[0], max_size=40))
    def test_coarser_ones_equal_those_made_from_readings(self, rows):
        finer = summarise((1, at, 1, value, None) for at, value in rows)
        for width in ROLLUP_WIDTHS[1:]:
            finer = coarsen(finer, width)
            assert {start: tuple(found) for (_, start), found in finer.items()} == summed_up(rows, width)
