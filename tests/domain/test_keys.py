"""The look of a key, and the typos it gives away."""

from __future__ import annotations

import random

import pytest

from domain.keys import ALPHABET, LENGTH, is_well_formed, new_key

SAMPLES = [new_key(random.Random(seed).choice) for seed in range(8)]  # sample keys, not secrets


class TestNewKey:
    @pytest.mark.parametrize("key", SAMPLES)
    def test_it_is_well_formed(self, key):
        assert len(key) == LENGTH
        assert is_well_formed(key)

    def test_every_character_is_chosen_anew(self):
        assert len(set(SAMPLES)) == len(SAMPLES)


class TestIsWellFormed:
    @pytest.mark.parametrize("key", SAMPLES)
    def test_every_change_of_one_character_is_noticed(self, key):
        for place, right in enumerate(key):
            for wrong in ALPHABET.replace(right, ""):
                assert not is_well_formed(key[:place] + wrong + key[place + 1 :])

    @pytest.mark.parametrize("key", SAMPLES)
    def test_every_swap_of_neighbours_is_noticed(self, key):
        for place in range(LENGTH - 1):
            first, second = key[place], key[place + 1]
            if first != second:
                assert not is_well_formed(key[:place] + second + first + key[place + 2 :])

    @pytest.mark.parametrize(
        "written",
        ["", SAMPLES[0][:-1], SAMPLES[0] + "0", SAMPLES[0].lower(), f" {SAMPLES[0][1:]}", "é" * LENGTH, "０" * LENGTH],
    )
    def test_other_lengths_and_characters_are_none(self, written):
        assert not is_well_formed(written)
