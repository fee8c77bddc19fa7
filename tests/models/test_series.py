"""What charts draw, at any width: every bucket equals a naive look at all readings in it, and none is left out."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.roles import Viewer
from domain.timespan import DAY, HOUR, MINUTE, SECOND, TimeSpan
from models import readings
from tests import naive
from tests.builders import NOW, append, entry, make_channel

VISITOR = Viewer.visitor()
ON_STORED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
INSTANTS = st.builds(
    lambda day, hour, tenth: NOW + day * DAY + hour * HOUR + tenth * SECOND // 10,
    st.integers(-2, 1),
    st.sampled_from([0, 0, 0, 1, 6]),
    st.integers(-900, 900),
)
NUMBERS = st.floats(-1e4, 1e4) | st.sampled_from([0.0, -0.0])
ROWS = st.dictionaries(INSTANTS, NUMBERS, max_size=60).map(lambda rows: sorted(rows.items()))
SPANS = st.builds(
    lambda start, length: TimeSpan(start, start + length),
    INSTANTS,
    st.sampled_from([1, SECOND, 7 * SECOND, MINUTE + 1, 10 * MINUTE, 3 * HOUR, 3 * DAY, 40 * DAY]),
)
POINTS = st.integers(1, 40)


@pytest.fixture
def draw(store, noise):
    """A function: stores rows (at, number) in a new channel and gives its series."""

    def look(rows, span: TimeSpan, points: int):
        channel = make_channel(store)
        append(store, channel, *[entry(at, temperature=number) for at, number in rows])
        return store.ask(readings.snapshot, VISITOR, channel.id, span, points).series[0]

    return look


def buckets_of(rows, span: TimeSpan, width: int) -> dict[int, list[float]]:
    """Start of each bucket that touches the span → all numbers in it."""
    found: dict[int, list[float]] = {}
    for at, number in rows:
        if span.start - span.start % width <= at - at % width < span.end:
            found.setdefault(at - at % width, []).append(number)
    return found


def expect_true(series, rows, span: TimeSpan) -> None:
    expected = buckets_of(rows, span, series.bucket_us)
    assert dict(zip(series.at, series.n, strict=True)) == {at: len(numbers) for at, numbers in expected.items()}
    assert series.at == sorted(expected)
    assert series.low == [min(expected[at]) for at in series.at]
    assert series.high == [max(expected[at]) for at in series.at]
    assert series.value == naive.close([naive.mean(expected[at]) for at in series.at])


class TestSeries:
    @ON_STORED
    @given(ROWS, SPANS, POINTS)
    def test_few_readings_are_just_those_in_the_span(self, draw, rows, span, points):
        series, inside = draw(rows, span, points + 60), naive.within(rows, span)
        assert (series.bucket_us, list(zip(series.at, series.value, strict=True))) == (0, inside)

    @ON_STORED
    @given(ROWS, SPANS, POINTS, st.sampled_from([0, 50_000]))
    def test_summaries_of_any_width_are_true_and_whole(self, draw, monkeypatch, rows, span, points, most_counted):
        monkeypatch.setattr(readings, "RAW_PER_POINT", 0)
        monkeypatch.setattr(readings, "MOST_COUNTED", most_counted)
        series = draw(rows, span, points)
        if series.bucket_us:
            expect_true(series, rows, span)
        else:
            assert naive.within(rows, span) == []

    @ON_STORED
    @given(ROWS, SPANS, POINTS)
    def test_the_smallest_and_largest_in_view_are_drawn(self, draw, monkeypatch, rows, span, points):
        monkeypatch.setattr(readings, "RAW_PER_POINT", 0)
        series, inside = draw(rows, span, points), naive.within(rows, span)
        if inside:
            numbers = [number for _, number in inside]
            assert min(series.low) <= min(numbers)
            assert max(series.high) >= max(numbers)
