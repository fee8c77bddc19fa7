"""Smoothed lines of a channel: from readings or from summaries, they equal the definition over all readings."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import NotFound
from domain.roles import Viewer
from domain.selection import Smooth, Smoothing
from domain.timespan import DAY, HOUR, MINUTE, ROLLUP_WIDTHS, SECOND, TimeSpan
from models import smoothing
from models.smoothing import plan_for
from tests import naive
from tests.builders import NOW, append, entry, make_channel

VISITOR = Viewer.visitor()
ON_STORED = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
POINTS = 3

# Close together, in neighbouring buckets and far apart.
INSTANTS = st.builds(
    lambda day, hour, tenth: NOW + day * DAY + hour * HOUR + tenth * SECOND // 10,
    st.integers(-2, 1),
    st.sampled_from([0, 0, 0, 1, 6]),
    st.integers(-900, 900),
)
ROWS = st.dictionaries(INSTANTS, st.floats(-1e4, 1e4), min_size=1, max_size=60).map(lambda rows: sorted(rows.items()))
SPANS = st.builds(
    lambda start, length: TimeSpan(start, start + length),
    INSTANTS,
    st.sampled_from([7 * SECOND, MINUTE + 1, 10 * MINUTE, 3 * HOUR, 3 * DAY]),
)
WINDOWS = st.sampled_from([1, SECOND, 15 * SECOND, MINUTE, 90 * SECOND, 10 * MINUTE, HOUR + SECOND, 6 * HOUR, 2 * DAY])
WAYS = st.sampled_from([Smooth.MEAN, Smooth.RATE])


def every_second(count: int, start: int = NOW) -> list[tuple[int, float]]:
    return [(start + second * SECOND, float(second % 7)) for second in range(count)]


@pytest.fixture
def draw(store, noise):
    """A function: stores rows (at, number) in a new channel and gives its smoothed line and the note."""

    def look(rows, span: TimeSpan, how: Smooth, window: int, points: int = POINTS) -> tuple:
        channel = make_channel(store)
        append(store, channel, *[entry(at, temperature=number) for at, number in rows])
        found = store.ask(smoothing.lines, VISITOR, channel.id, span, Smoothing(how, window), points)
        return found.lines[channel.feeds[0].id], found.note

    return look


@pytest.fixture
def few_are_read(monkeypatch):
    """So few readings are looked through that a few dozen are too many."""
    monkeypatch.setattr(smoothing, "MOST_READ", 0)
    monkeypatch.setattr(smoothing, "RAW_PER_POINT", 0)


class TestFromReadings:
    @ON_STORED
    @given(ROWS, SPANS, st.sampled_from(Smooth), WINDOWS)
    def test_every_reading_in_view_has_the_value_of_its_window(self, draw, rows, span, how, window):
        line, note = draw(rows, span, how, window, points=100)
        inside = [at for at, _ in naive.within(rows, span)]
        assert (line.at, note) == (inside, "")
        assert line.value == [naive.smoothed_at(rows, at, how, window) for at in inside]

    def test_many_are_thinned_with_nothing_lost(self, draw):
        rows = [(at, 50.0 if place == 77 else number) for place, (at, number) in enumerate(every_second(100))]
        line, _ = draw(rows, TimeSpan(NOW, NOW + 100 * SECOND), Smooth.MEDIAN, 1)
        assert len(line) <= 2 * (POINTS + 1) + 1
        assert max(line.value) == 50.0


class TestFromSummaries:
    @ON_STORED
    @given(ROWS, SPANS, WAYS, WINDOWS)
    def test_every_point_is_true_of_the_window_that_ends_there(self, draw, few_are_read, rows, span, how, window):
        line, _ = draw(rows, span, how, window)
        whole = plan_for(span, window, POINTS).window
        expected = [naive.smoothed_at(rows, at, how, whole) for at in line.at]
        assert line.value == naive.close(expected)

    @ON_STORED
    @given(ROWS, SPANS, WAYS, WINDOWS)
    def test_every_stretch_with_a_reading_in_view_has_one_point(self, draw, few_are_read, rows, span, how, window):
        line, _ = draw(rows, span, how, window)
        every = plan_for(span, window, POINTS).every
        stretches = sorted({at // every for at, _ in naive.within(rows, span)})
        assert [at // every for at in line.at] == stretches
        assert all(span.start <= at < span.end for at in line.at)

    def test_a_median_is_not_made_of_summaries(self, draw, few_are_read):
        line, note = draw(every_second(100), TimeSpan(NOW, NOW + 100 * SECOND), Smooth.MEDIAN, MINUTE)
        assert (len(line), "zoom in" in note) == (0, True)

    def test_a_window_narrower_than_a_point_is_said(self, draw, few_are_read):
        _, note = draw(every_second(100), TimeSpan(NOW, NOW + 100 * SECOND), Smooth.MEAN, SECOND)
        assert note == "In this range each point is over 30 seconds: for 1 second, zoom in."

    def test_a_window_that_is_no_whole_number_of_summaries_is_said(self, draw, few_are_read):
        _, note = draw(every_second(100), TimeSpan(NOW, NOW + 100 * SECOND), Smooth.MEAN, 61 * SECOND)
        assert note == "In this range the window is 70 seconds: for 61 seconds, zoom in."

    def test_numbers_too_great_to_be_added_up_draw_nothing(self, draw, few_are_read, store):
        if store.is_sqlite:  # PostgreSQL stores no such sum
            rows = [(NOW, 1e308), (NOW + 1, 1e308)]
            assert len(draw(rows, TimeSpan(NOW - DAY, NOW + DAY), Smooth.MEAN, HOUR)[0]) == 0


class TestPlan:
    @given(SPANS, st.integers(1, 31 * DAY), st.integers(1, 2_000))
    def test_the_window_is_the_next_whole_one(self, span, window, points):
        plan = plan_for(span, window, points)
        assert plan.stored in ROLLUP_WIDTHS
        assert plan.every % plan.stored == plan.window % plan.stored == 0
        assert 0 <= plan.window - max(window, plan.every) < plan.stored

    @given(st.integers(MINUTE, 400 * DAY), st.integers(1, 31 * DAY), st.integers(100, 2_000))
    def test_the_cost_is_bounded(self, length, window, points):
        span = TimeSpan(NOW, NOW + length)
        plan = plan_for(span, window, points)
        assert 2 * length // plan.stored <= max(smoothing.MOST_SUMMARIES, 20 * points)

    @pytest.mark.parametrize("window", [HOUR, 6 * HOUR, DAY, 7 * DAY])
    def test_usual_windows_stay_as_they_are(self, window):
        for length in (MINUTE, HOUR, DAY, 7 * DAY):
            assert plan_for(TimeSpan(NOW, NOW + length), window, 300).window == window


class TestWho:
    def test_a_hidden_channel_is_not_found(self, store, noise):
        with pytest.raises(NotFound):
            store.ask(smoothing.lines, VISITOR, noise[1].id, TimeSpan(0, NOW), Smoothing(Smooth.MEAN, HOUR), POINTS)

    def test_words_and_feeds_left_out_have_no_line(self, store, channel):
        temperature, _door = channel.feeds
        append(store, channel, entry(temperature=1, door="open"))
        ask = (smoothing.lines, VISITOR, channel.id, TimeSpan(0, NOW + 1), Smoothing(Smooth.MEAN, HOUR), POINTS)
        assert list(store.ask(*ask).lines) == [temperature.id]
        assert store.ask(*ask, {"temperature"}).lines == {}
