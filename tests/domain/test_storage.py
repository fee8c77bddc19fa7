"""How much is held, in words."""

from __future__ import annotations

import pytest

from domain.storage import Stored, count_in_words, short_count, size_in_words


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (1234, "1.2 kB"),
        (99_949, "99.9 kB"),
        (99_950, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1 MB"),
        (12_400_000, "12.4 MB"),
        (5_000_000_000_000_000, "5000 TB"),
    ],
)
def test_sizes_have_three_digits_at_most(size_bytes, words):
    assert size_in_words(size_bytes) == words


@pytest.mark.parametrize(("count", "words"), [(0, "0"), (999, "999"), (1_204_300, "1\u202f204\u202f300")])
def test_counts_stand_in_threes(count, words):
    assert count_in_words(count) == words


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0"), (999, "999"), (12_400, "12.4k"), (1_000_000, "1M"), (999_600, "1M")]
)
def test_in_narrow_columns_they_are_short(count, words):
    assert short_count(count) == words


def test_two_add_up():
    assert Stored(1, 2, 3) + Stored(10, 20, 30) == Stored(11, 22, 33)
