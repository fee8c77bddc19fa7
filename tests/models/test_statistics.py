"""Statistics of what is in view: every one of them equals a naive computation over all readings."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import zones
from domain.errors import NotFound
from domain.readings import Kind, Point
from domain.roles import Viewer
from domain.statistics import hold_us
from domain.timespan import DAY, HOUR, MINUTE, SECOND, TimeSpan
from models import gaps, statistics
from models.channels import NewFeed, create
from tests import naive
from tests.builders import NOW, append, entry, make_channel

VISITOR = Viewer.visitor()
ON_STORED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAYS = TimeSpan(NOW - 5 * DAY, NOW + 5 * DAY)
LATER = NOW + 9 * DAY

INSTANTS = st.builds(
    lambda day, hour, tenth: NOW + day * DAY + hour * HOUR + tenth * SECOND // 10,
    st.integers(-2, 1),
    st.sampled_from([0, 0, 0, 1, 6]),
    st.integers(-900, 900),
)
NUMBERS = st.floats(-1e4, 1e4).map(lambda number: round(number, 9)) | st.sampled_from([0.0, -0.0, 20.1, 1e6 + 0.25])
WORDS = st.sampled_from(["open", "shut", "", "0"])
SPANS = st.builds(lambda one, other: TimeSpan(min(one, other), max(one, other)), INSTANTS, INSTANTS) | st.just(DAYS)


def rows_of(values):
    return st.dictionaries(INSTANTS, values, max_size=50).map(lambda rows: sorted(rows.items()))


@pytest.fixture
def work_out(store, noise):
    """A function: stores rows in a feed of its own and gives the statistics of it over the span."""

    def look(rows, span: TimeSpan, kind: Kind = Kind.NUMBER, now: int = LATER, **more):
        channel = store.tell(create, name="Kiln", now=NOW, feeds=[NewFeed("feed", kind)], **more)
        append(store, channel, *[entry(at, feed=value) for at, value in rows], received_at=LATER)
        [found] = store.ask(statistics.in_view, VISITOR, channel.id, span, now)
        return found

    return look


class TestNumbers:
    @ON_STORED
    @given(rows_of(NUMBERS), SPANS)
    def test_each_equals_a_naive_computation(self, work_out, rows, span):
        found, inside = work_out(rows, span), naive.within(rows, span)
        numbers = [number for _, number in inside]
        assert (found.n, found.words, found.left_out) == (len(inside), None, "")
        assert found.longest_gap == naive.longest_gap([at for at, _ in inside])
        if not inside:
            assert (found.numbers, found.last) == (None, None)
            return
        assert found.last == Point(*inside[-1], None)
        assert (found.numbers.low, found.numbers.high) == (min(numbers), max(numbers))
        assert found.numbers.rate == naive.rate(inside)
        assert [found.numbers.mean] == naive.close([naive.mean(numbers)])
        assert [found.numbers.deviation] == naive.close([naive.deviation(inside)])

    @pytest.mark.parametrize("zone", ["America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata"])
    @pytest.mark.parametrize("day", ["2026-03-08", "2026-03-29", "2026-10-04", "2026-10-25", "2026-11-01"])
    def test_a_day_is_a_day_of_its_zone(self, store, work_out, zone, day):
        span = zones.day(zones.date.fromisoformat(day), zones.zone_named(zone))
        inside = [(span.start, 4.0), (span.start + span.length // 2, 0.0), (span.end - 1, 2.0)]
        found = work_out([(span.start - 1, -99.0), *inside, (span.end, 99.0)], span)
        assert (found.n, found.numbers.mean, found.numbers.low, found.numbers.high) == (3, 2.0, 0.0, 4.0)
        assert found.longest_gap == naive.longest_gap([at for at, _ in inside])

    def test_the_deviation_of_numbers_far_from_zero_is_exact(self, work_out):
        rows = [(NOW + place, 1e9 + place % 2) for place in range(100)]
        assert work_out(rows, DAYS).numbers.deviation == pytest.approx(naive.deviation(rows), rel=1e-12)

    def test_one_reading_deviates_from_nothing(self, work_out):
        found = work_out([(NOW, 0.0)], DAYS)
        assert (found.n, found.numbers.mean, found.numbers.deviation, found.numbers.rate) == (1, 0.0, None, None)
        assert found.longest_gap is None

    def test_equal_numbers_deviate_by_zero(self, work_out):
        found = work_out([(NOW + each, 0.1) for each in range(7)], DAYS)
        assert (found.numbers.deviation, found.numbers.rate) == (0.0, 0.0)

    @pytest.mark.parametrize("numbers", [(1e200, -1e200), (1e-200, 3e-200)])
    def test_a_deviation_beyond_what_can_be_squared_is_none(self, work_out, numbers):
        found = work_out([(NOW + place, number) for place, number in enumerate(numbers)], DAYS)
        assert (found.numbers.deviation, found.numbers.high) == (None, max(numbers))


class TestGaps:
    @ON_STORED
    @given(rows_of(NUMBERS), SPANS)
    def test_asking_the_summaries_first_changes_nothing(self, work_out, monkeypatch, rows, span):
        monkeypatch.setattr(gaps, "SOON_LOOKED_THROUGH", 0)
        expected = naive.longest_gap([at for at, _ in naive.within(rows, span)])
        assert work_out(rows, span).longest_gap == expected

    def test_where_summaries_say_it_there_are_never_too_many(self, store, channel, monkeypatch):
        monkeypatch.setattr(gaps, "SOON_LOOKED_THROUGH", 0)
        rows = [(NOW + second * SECOND, 1.0) for second in [*range(20), *range(60, 80)]]
        append(store, channel, *[entry(at, temperature=value) for at, value in rows])
        found, _ = store.ask(statistics.in_view, VISITOR, channel.id, DAYS, LATER, (), 9)
        assert (found.longest_gap, found.numbers.deviation) == (41 * SECOND, None)
        assert found.left_out == "More than 9 readings: for the standard deviation, choose a shorter range."


class TestTooMany:
    @pytest.fixture
    def ask(self, store, channel):
        def look(most: int):
            append(store, channel, *[entry(NOW + each, temperature=each, door="open") for each in range(10)])
            return store.ask(statistics.in_view, VISITOR, channel.id, DAYS, LATER, (), most)

        return look

    def test_what_needs_a_look_at_each_is_left_out_and_said(self, ask):
        temperature, door = ask(9)
        assert (temperature.n, temperature.numbers.mean, temperature.numbers.high) == (10, 4.5, 9.0)
        assert (temperature.numbers.deviation, temperature.longest_gap) == (None, None)
        assert (door.n, door.words, door.last.text) == (10, None, "open")
        assert temperature.left_out == (
            "More than 9 readings: for the standard deviation and the longest gap, choose a shorter range."
        )
        assert door.left_out.startswith("More than 9 readings: for the share of time of each word and")

    def test_as_many_as_that_are_not_too_many(self, ask):
        assert [found.left_out for found in ask(10)] == ["", ""]


class TestWords:
    @ON_STORED
    @given(rows_of(WORDS), SPANS, st.sampled_from([None, 1.0, 3600.0]))
    def test_each_equals_a_naive_computation(self, work_out, rows, span, interval_s):
        found = work_out(rows, span, Kind.TEXT, expected_interval_s=interval_s)
        inside = naive.within(rows, span)
        hold = hold_us([at for at, _ in inside], interval_s)
        held = naive.held([row for row in rows if row[0] < span.end], span, hold, min(span.end, LATER + 1))
        assert (found.n, found.numbers) == (len(inside), None)
        assert found.longest_gap == naive.longest_gap([at for at, _ in inside])
        if not inside and not held:
            assert found.words is None
            return
        assert {share.word: share.held for share in found.words.shares if share.held} == held
        assert found.words.known == sum(held.values())
        assert found.words.n == len(inside)
        assert found.words.distinct == len({word for _, word in inside} | held.keys())

    def test_the_last_word_holds_until_now(self, work_out):
        found = work_out([(NOW, "open"), (NOW + SECOND, "shut")], DAYS, Kind.TEXT, NOW + 2 * SECOND - 1)
        assert [(share.word, share.held) for share in found.words.shares] == [("open", SECOND), ("shut", SECOND)]

    def test_what_was_said_before_holds_into_the_span(self, work_out):
        span = TimeSpan(NOW, NOW + MINUTE)
        found = work_out([(NOW - SECOND, "open")], span, Kind.TEXT, expected_interval_s=10.0)
        assert (found.n, found.last) == (0, None)
        assert [(share.word, share.n, share.held) for share in found.words.shares] == [("open", 0, 29 * SECOND)]

    def test_of_very_many_words_those_that_held_longest_are_told(self, work_out):
        rows = [(NOW + place * SECOND, f"word {place}") for place in range(40)]
        found = work_out(rows, TimeSpan(NOW, NOW + 40 * SECOND), Kind.TEXT)
        assert (found.words.distinct, len(found.words.shares), found.words.known) == (40, 12, 40 * SECOND)


class TestMixed:
    @ON_STORED
    @given(rows_of(NUMBERS | WORDS), SPANS)
    def test_numbers_and_words_are_told_apart(self, work_out, rows, span):
        found, inside = work_out(rows, span, Kind.MIXED), naive.within(rows, span)
        numbers = [(at, value) for at, value in inside if isinstance(value, float)]
        assert (found.n, found.numbers.n if found.numbers else 0) == (len(inside), len(numbers))
        assert (found.words.n if found.words else 0) == len(inside) - len(numbers)
        assert found.longest_gap == naive.longest_gap([at for at, _ in inside])
        if numbers:
            assert [found.numbers.mean] == naive.close([naive.mean([number for _, number in numbers])])


class TestWho:
    def test_a_hidden_channel_is_not_found(self, store, noise):
        with pytest.raises(NotFound):
            store.ask(statistics.in_view, VISITOR, noise[1].id, DAYS, LATER)

    def test_feeds_come_in_their_order_without_those_named(self, store, noise):
        channel = make_channel(store, feeds=("a", "b:text", "c"))
        found = store.ask(statistics.in_view, VISITOR, channel.id, DAYS, LATER, {"b"})
        assert [each.feed.name for each in found] == ["a", "c"]
