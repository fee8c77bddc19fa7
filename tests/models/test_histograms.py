"""How readings are spread, compared with a naive counting of everything that is stored."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.channels import Visibility
from domain.errors import NotFound
from domain.histograms import Histogram, WordShares
from domain.readings import Kind
from domain.roles import Viewer
from domain.timespan import SECOND, TimeSpan
from models import channels, histograms
from models.channels import NewFeed
from tests.builders import ALWAYS, NOW, append, entry, make_channel

VISITOR = Viewer.visitor()
ON_STORED = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

INSTANTS = st.integers(-90, 90).map(lambda half: NOW + half * SECOND // 2)
VALUES = (
    st.floats(-1e6, 1e6) | st.integers(0, 40).map(lambda tenths: tenths / 10) | st.sampled_from([0.0, 1e300, -1e-300])
)
WORDS = st.sampled_from(["open", "shut", "", "Öffnung"])
ROWS = st.dictionaries(INSTANTS, st.tuples(VALUES, WORDS), max_size=40)
SPANS = st.tuples(INSTANTS, INSTANTS).map(lambda ends: TimeSpan(min(ends), max(ends)))
BINS = st.none() | st.integers(1, 80)


def stored(store, rows: dict):
    made = make_channel(store, feeds=("temperature", "door:text"))
    if rows:
        append(store, made, *[entry(at, temperature=value, door=word) for at, (value, word) in rows.items()])
    return made


def found_in(store, channel, span=ALWAYS, *, viewer=VISITOR, **more):
    return store.ask(histograms.of, viewer, channel.id, span, **more)


def naively(values: list[float], edges) -> list[int]:
    """How many fall between each two edges; the last bin holds its upper edge as well."""
    counts = [0] * (len(edges) - 1)
    for value in values:
        counts[min(max(0, bisect_right(edges, value) - 1), len(counts) - 1)] += 1
    return counts


class TestOf:
    @ON_STORED
    @given(ROWS, SPANS, BINS)
    def test_every_reading_is_in_its_bin(self, store, rows, span, bins):
        numbers, _ = found_in(store, stored(store, rows), span, bins=bins)
        values = [value for at, (value, _) in rows.items() if span.start <= at < span.end]
        assert numbers.n == len(values) == sum(numbers.counts)
        assert (numbers.edges == ()) is (values == [])
        if values:
            assert numbers.edges[0] <= min(values)
            assert numbers.edges[-1] >= max(values)
            assert list(numbers.counts) == naively(values, numbers.edges)

    @ON_STORED
    @given(ROWS, SPANS)
    def test_every_word_is_counted(self, store, rows, span):
        _, words = found_in(store, stored(store, rows), span)
        said = Counter(word for at, (_, word) in rows.items() if span.start <= at < span.end)
        assert (words.n, words.distinct, dict(words.words)) == (said.total(), len(said), dict(said))
        assert [count for _, count in words.words] == sorted(said.values(), reverse=True)

    @ON_STORED
    @given(ROWS)
    def test_where_they_are_many_a_sample_of_them_says_how_wide_bins_are(self, store, rows):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(histograms, "SAMPLE", 3)
            numbers, _ = found_in(store, stored(store, rows))
        assert sum(numbers.counts) == len(rows)

    def test_a_number_on_an_edge_belongs_to_the_bin_above(self, store):
        tenths = [each / 10 for each in range(10)]
        channel = stored(store, {NOW + place: (value, "") for place, value in enumerate(tenths)})
        numbers, _ = found_in(store, channel, bins=9)
        assert (numbers.counts[0], numbers.counts[-1]) == (1, 2)

    def test_one_number_has_a_bin_of_its_own(self, store):
        numbers, words = found_in(store, stored(store, {NOW: (0.0, "open")}))
        assert (numbers.edges, numbers.counts) == ((0.0, 0.0), (1,))
        assert (words.n, words.words) == (1, (("open", 1),))

    def test_noise_is_not_counted(self, store, channel, noise):
        assert [spread.n for spread in found_in(store, channel)] == [0, 0]

    def test_hidden_feeds_are_left_out(self, store, channel):
        assert [spread.feed.name for spread in found_in(store, channel, hidden={"door"})] == ["temperature"]

    def test_too_many_are_not_counted_and_it_is_said(self, store, monkeypatch):
        channel = stored(store, {NOW + each: (float(each), "open") for each in range(5)})
        monkeypatch.setattr(histograms, "MOST_COUNTED", 8)
        numbers, words = found_in(store, channel)
        assert (numbers.n, numbers.is_counted) == (5, False)
        assert (words.n, words.words) == (5, ())

    def test_beyond_a_dozen_words_the_others_are_only_counted(self, store):
        channel = stored(store, {NOW + each: (0.0, f"word {each}") for each in range(15)})
        _, words = found_in(store, channel)
        assert (words.distinct, len(words.words)) == (15, 12)

    def test_a_mixed_feed_has_both(self, store):
        made = store.tell(channels.create, name="Mixed", now=NOW, feeds=(NewFeed("level", Kind.MIXED),))
        append(store, made, entry(NOW, level=2.0), entry(NOW + 1, level="full"), entry(NOW + 2, level=0.0))
        numbers, words = found_in(store, made)
        assert isinstance(numbers, Histogram)
        assert isinstance(words, WordShares)
        assert (numbers.n, sum(numbers.counts), words.words) == (2, 2, (("full", 1),))

    def test_what_one_may_not_see_does_not_exist(self, store, noise):
        hidden = make_channel(store, visibility=Visibility.MEMBERS)
        with pytest.raises(NotFound):
            found_in(store, hidden)
        assert found_in(store, hidden, viewer=Viewer.with_key_of(hidden.id))[0].n == 0
