from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.histograms import MOST_BINS, equal_edges, round_edges

NUMBERS = st.lists(
    st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(-100, 100)
    | st.sampled_from([0.0, 0.1, 0.3, 0.7, 0.29, 20.0, -127.0]),
    min_size=1,
    max_size=40,
)


def ascends(edges) -> bool:
    return all(low < high for low, high in pairwise(edges))


class TestEqualEdges:
    @given(NUMBERS, st.integers(1, MOST_BINS))
    def test_they_hold_every_number_and_no_more(self, numbers, bins):
        low, high = min(numbers), max(numbers)
        edges = equal_edges(low, high, bins)
        assert (edges[0], edges[-1]) == (low, high)
        assert len(edges) - 1 <= bins
        assert low == high or ascends(edges)

    def test_there_are_as_many_bins_as_asked_for(self):
        assert equal_edges(0, 10, 4) == (0, 2.5, 5, 7.5, 10)

    def test_one_number_has_one_bin(self):
        assert equal_edges(3.5, 3.5, 20) == (3.5, 3.5)


class TestRoundEdges:
    @given(NUMBERS)
    def test_they_hold_every_number(self, numbers):
        low, high = min(numbers), max(numbers)
        edges = round_edges(low, high, len(numbers), numbers)
        assert edges[0] <= low
        assert edges[-1] >= high
        assert len(edges) - 1 <= MOST_BINS
        assert all(map(math.isfinite, edges))
        assert low == high or ascends(edges)

    def test_they_are_the_floats_next_to_round_decimals(self):
        sample = [each / 100 for each in range(100)]
        edges = round_edges(0, 0.99, 100, sample)
        assert edges == (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
        assert 0.3 in round_edges(0, 0.99, 10_000, sample)

    def test_the_more_there_is_the_finer_they_are(self):
        sample = [float(each % 100) for each in range(1_000)]
        few, many = (round_edges(0, 99, n, sample) for n in (100, 100_000))
        assert len(many) > len(few)

    def test_whole_numbers_have_a_bin_each(self):
        """The last one as well: ten does not fall in with nine."""
        assert round_edges(0, 10, 1_000, [float(each % 11) for each in range(1_000)]) == tuple(range(12))

    def test_where_the_quartiles_are_the_same_there_are_still_bins(self):
        edges = round_edges(-127, 21, 100, [20.0] * 99 + [-127.0])
        assert 5 <= len(edges) <= 20
