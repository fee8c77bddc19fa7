"""Feeds of numbers and words: the numbers are summed up and drawn as a line, the words told beside them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from domain.describing import WantedFeed
from domain.errors import Conflict
from domain.readings import Kind, NewReading, Series
from domain.roles import Role, Viewer
from domain.timespan import DAY, HOUR, MINUTE, ROLLUP_WIDTHS, SECOND, TimeSpan
from models import feeds, readings
from models.schema import reading, rollup
from tests.builders import ALWAYS, NOW, append, entry, make_channel, reread
from tests.people import acting, make_new_member

ON_STORED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

INSTANTS = st.builds(
    lambda day, hour, second: NOW + day * DAY + hour * HOUR + second * SECOND // 2,
    st.integers(-2, 1),
    st.sampled_from([0, 0, 1, 6]),
    st.integers(-40, 40),
)
SAID = st.integers(-1000, 1000).map(float) | st.sampled_from(["error", "calibrating", ""])
MESSAGES = st.lists(st.lists(st.tuples(INSTANTS, SAID), min_size=1, max_size=12), min_size=1, max_size=6)


@pytest.fixture
def probe(store, noise):
    """A channel with one feed that takes both, among noise."""
    return make_channel(store, feeds=("probe:mixed",))


def send(store, channel, message: Sequence[tuple[int, float | str]]) -> None:
    with suppress(Conflict):
        append(store, channel, *[entry(at, probe=said) for at, said in message])


def rows_of(store, feed_id: int) -> list[tuple[int, float | None, str | None]]:
    columns = (reading.c.at, reading.c.value, reading.c.text)
    question = select(*columns).where(reading.c.feed_id == feed_id).order_by(reading.c.at)
    return [tuple(row) for row in store.ask(lambda connection: connection.execute(question).all())]


def drawn(store, channel, span: TimeSpan = ALWAYS, points: int = 300) -> Series:
    return store.ask(readings.snapshot, Viewer.visitor(), channel.id, span, points).series[0]


def summaries_of(store, feed_id: int, width: int) -> dict[int, tuple]:
    columns = [rollup.c[name] for name in ("bucket", "n", "sum", "min", "max", "first", "last", "first_at", "last_at")]
    question = select(*columns).where(rollup.c.feed_id == feed_id, rollup.c.width == width)
    return {row[0]: tuple(row[1:]) for row in store.ask(lambda connection: connection.execute(question).all())}


def expect_summaries_of_the_numbers(store, channel) -> None:
    feed_id = channel.feeds[0].id
    for width in ROLLUP_WIDTHS:
        buckets: dict[int, list[tuple[int, float]]] = {}
        for at, value, _ in rows_of(store, feed_id):
            if value is not None:
                buckets.setdefault(at - at % width, []).append((at, value))
        assert summaries_of(store, feed_id, width) == {
            start: (
                len(found),
                sum(value for _, value in found),
                min(value for _, value in found),
                max(value for _, value in found),
                found[0][1],
                found[-1][1],
                found[0][0],
                found[-1][0],
            )
            for start, found in buckets.items()
        }


class TestSummaries:
    @ON_STORED
    @given(MESSAGES)
    def test_they_count_the_numbers_alone(self, store, messages):
        channel = make_channel(store, feeds=("probe:mixed",))
        for message in messages:
            send(store, channel, message)
        expect_summaries_of_the_numbers(store, channel)

    @ON_STORED
    @given(MESSAGES, st.tuples(INSTANTS, st.integers(0, 2 * DAY)), MESSAGES)
    def test_so_they_do_after_a_deletion(self, store, messages, gone, later):
        channel = make_channel(store, feeds=("probe:mixed",))
        for message in messages:
            send(store, channel, message)
        store.tell(readings.delete_span, channel.id, [channel.feeds[0].id], TimeSpan(gone[0], sum(gone)))
        expect_summaries_of_the_numbers(store, channel)
        for message in later:
            send(store, channel, message)
        expect_summaries_of_the_numbers(store, channel)

    def test_a_word_alone_makes_none(self, store, probe):
        append(store, probe, entry(probe="error"))
        assert summaries_of(store, probe.feeds[0].id, MINUTE) == {}

    @pytest.mark.parametrize(("feed", "said"), [("probe", 21.5), ("probe:text", "open")])
    def test_a_feed_that_comes_to_take_both_has_true_ones(self, store, noise, feed, said):
        channel = make_channel(store, feeds=(feed,))
        owner = make_new_member(store, channel.id, "Olga Owner", Role.OWNER)
        append(store, channel, entry(NOW, probe=said), entry(NOW + DAY, probe=said))
        wanted = replace(feeds.as_wanted(channel.feeds[0]), kind=Kind.MIXED)
        store.tell(feeds.save, acting(owner), channel.id, [wanted, WantedFeed(None, "other")])
        expect_summaries_of_the_numbers(store, channel)
        send(store, reread(store, channel), [(NOW + SECOND, 7.0), (NOW + 2 * SECOND, "error")])
        expect_summaries_of_the_numbers(store, channel)


class TestSnapshot:
    def test_the_line_is_of_numbers_and_the_words_stand_beside_it(self, store, probe):
        append(store, probe, *[entry(NOW + at, probe=said) for at, said in enumerate([1, "error", 0, "ok"])])
        found = drawn(store, probe)
        assert (found.at, found.value) == ([NOW, NOW + 2], [1.0, 0.0])
        assert [(word.at, word.text) for word in found.words] == [(NOW + 1, "error"), (NOW + 3, "ok")]

    def test_a_number_with_a_spelling_of_its_own_is_no_word(self, store, probe):
        sent = entry(NOW)
        sent.readings.append(NewReading("probe", 21.5, "21.50"))
        append(store, probe, sent)
        assert (drawn(store, probe).value, drawn(store, probe).words) == ([21.5], [])

    @ON_STORED
    @given(st.lists(st.tuples(st.integers(0, 2000), SAID), unique_by=lambda row: row[0], max_size=120), st.data())
    def test_many_are_summed_up_and_no_word_is_lost(self, store, sent, data):
        channel = make_channel(store, feeds=("probe:mixed",))
        send(store, channel, [(NOW + second * SECOND, said) for second, said in sent])
        start = data.draw(st.integers(0, 1500))
        span = TimeSpan(NOW + start * SECOND, NOW + (start + data.draw(st.integers(60, 2000))) * SECOND)
        found = drawn(store, channel, span, points=5)
        words = {at: text for at, value, text in rows_of(store, channel.feeds[0].id) if value is None}
        inside = {at: text for at, text in words.items() if span.start <= at < span.end}
        assert sum(1 + word.others for word in found.words) == len(inside)
        assert all(inside[word.at] == word.text for word in found.words)
        assert max((word.at for word in found.words), default=None) == max(inside, default=None)

    def test_means_are_of_numbers_alone(self, store, probe):
        sent = [entry(NOW + second * SECOND, probe="error" if second % 2 else 10) for second in range(100)]
        append(store, probe, *sent)
        found = drawn(store, probe, TimeSpan(NOW, NOW + 100 * SECOND), points=10)
        assert found.bucket_us
        assert set(found.value) == {10.0}
        assert sum(found.n) == 50

    def test_other_feeds_words_stay_out(self, store, noise, probe):
        append(store, probe, *[entry(NOW + second * SECOND, probe=second) for second in range(60)])
        assert drawn(store, probe, TimeSpan(NOW - HOUR, NOW + HOUR), points=5).words == []
