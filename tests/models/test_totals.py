"""Totals of numbers over any span, from summaries and the readings at its edges."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.timespan import DAY, HOUR, MINUTE, ROLLUP_WIDTHS, SECOND, TimeSpan
from models import totals
from tests import naive
from tests.builders import ALWAYS, NOW, append, entry, make_channel

ON_STORED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
INSTANTS = st.builds(
    lambda day, hour, tenth: NOW + day * DAY + hour * HOUR + tenth * SECOND // 10,
    st.integers(-2, 1),
    st.sampled_from([0, 0, 0, 1, 6]),
    st.integers(-900, 900),
)
ROWS = st.dictionaries(INSTANTS, st.floats(-1e4, 1e4) | st.just(0.0), max_size=50).map(
    lambda rows: sorted(rows.items())
)
SPANS = st.builds(lambda one, other: TimeSpan(min(one, other), max(one, other)), INSTANTS, INSTANTS)


class TestTotal:
    @ON_STORED
    @given(ROWS, st.lists(SPANS, min_size=1, max_size=5))
    def test_it_equals_a_naive_look_at_all_readings(self, store, rows, spans):
        channel = make_channel(store)
        append(store, channel, *[entry(at, temperature=number) for at, number in rows])
        for span in spans:
            found = store.ask(totals.total, channel.feeds[0].id, span)
            inside = naive.within(rows, span)
            numbers = [number for _, number in inside]
            if not numbers:
                assert found is None
                continue
            assert (found.n, found.low, found.high) == (len(numbers), min(numbers), max(numbers))
            assert (found.first_at, found.first, found.last_at, found.last) == (*inside[0], *inside[-1])
            assert [found.mean] == naive.close([naive.mean(numbers)])

    def test_words_are_not_counted(self, store, channel):
        append(store, channel, entry(temperature=1, door="open"))
        assert store.ask(totals.total, channel.feeds[1].id, ALWAYS) is None

    def test_a_long_span_costs_few_statements(self, store, channel, statements):
        append(store, channel, *[entry(NOW + hour * HOUR, temperature=hour) for hour in range(200)])
        with statements() as said:
            found = store.ask(totals.total, channel.feeds[0].id, TimeSpan(NOW + 1, NOW + 150 * HOUR))
        assert found.n == 149
        assert len([statement for statement in said if statement.startswith("SELECT")]) <= 5

    def test_numbers_too_great_to_be_added_up_have_no_mean(self, store, channel):
        append(store, channel, entry(temperature=1.7e308), entry(NOW + HOUR, temperature=-1.7e308))
        assert store.ask(totals.total, channel.feeds[0].id, TimeSpan(NOW, NOW + DAY)).mean == 0
        if store.is_sqlite:  # PostgreSQL stores no sum beyond a float
            append(store, channel, entry(NOW + 1, temperature=1.7e308))
            assert store.ask(totals.total, channel.feeds[0].id, TimeSpan(NOW, NOW + DAY)).mean is None


class TestPieces:
    @given(st.integers(0, 3 * DAY), st.integers(0, 40 * DAY))
    def test_they_cover_the_span_once(self, start, length):
        span = TimeSpan(NOW + start, NOW + start + length)
        edges, whole = totals.pieces(span)
        covered = sorted([*edges, *(piece for _, piece in whole)], key=lambda piece: piece.start)
        assert sum(piece.length for piece in covered) == length
        for before, after in pairwise(covered):
            assert before.end == after.start
        assert not length or (covered[0].start, covered[-1].end) == (span.start, span.end)

    @given(st.integers(0, 3 * DAY), st.integers(0, 40 * DAY))
    def test_summaries_are_whole_and_few(self, start, length):
        edges, whole = totals.pieces(TimeSpan(NOW + start, NOW + start + length))
        assert all(piece.start % width == piece.end % width == 0 for width, piece in whole)
        assert sum(piece.length // width for width, piece in whole) <= 2 * (6 + 10 + 6 + 6 + 4) + 40
        assert all(edge.length < 2 * ROLLUP_WIDTHS[0] for edge in edges)

    def test_a_minute_of_the_clock_is_one_summary(self):
        assert totals.pieces(TimeSpan(NOW, NOW + MINUTE)) == ([], [(MINUTE, TimeSpan(NOW, NOW + MINUTE))])
