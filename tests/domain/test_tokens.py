"""The look of a personal token, the typos it gives away, and how far it reaches."""

from __future__ import annotations

import random

import pytest

from domain import keys
from domain.roles import Act
from domain.timespan import DAY
from domain.tokens import ALPHABET, LENGTH, PREFIX, Life, Scope, is_token, is_well_formed, new_token, reach_of

SAMPLES = [new_token(random.Random(seed).choice) for seed in range(4)]  # sample tokens, not secrets


class TestNewToken:
    @pytest.mark.parametrize("token", SAMPLES)
    def test_it_is_well_formed(self, token):
        assert len(token) == LENGTH == 50
        assert token.startswith("lfp_")
        assert is_well_formed(token)
        assert is_token(token)

    def test_every_character_is_chosen_anew(self):
        assert len(set(SAMPLES)) == len(SAMPLES)


class TestIsWellFormed:
    def test_the_form_is_published_and_stays(self):
        assert is_well_formed("lfp_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcd0omAup")

    @pytest.mark.parametrize("token", SAMPLES)
    def test_every_change_of_one_character_is_noticed(self, token):
        for place, right in enumerate(token):
            for wrong in ALPHABET.replace(right, ""):
                assert not is_well_formed(token[:place] + wrong + token[place + 1 :])

    @pytest.mark.parametrize("token", SAMPLES)
    def test_every_swap_of_neighbours_is_noticed(self, token):
        for place in range(LENGTH - 1):
            first, second = token[place], token[place + 1]
            if first != second:
                assert not is_well_formed(token[:place] + second + first + token[place + 2 :])

    @pytest.mark.parametrize(
        "written",
        ["", PREFIX, SAMPLES[0][:-1], SAMPLES[0] + "0", f"{SAMPLES[0]}\n", SAMPLES[0].lower(), SAMPLES[0].upper()],
    )
    def test_other_lengths_and_characters_are_none(self, written):
        assert not is_well_formed(written)


class TestIsToken:
    def test_no_key_of_a_channel_looks_like_one(self):
        assert not is_token(keys.new_key(random.choice))

    def test_one_with_a_typo_is_still_meant_as_one(self):
        assert is_token(SAMPLES[0][:-1] + "?")


class TestReachOf:
    @pytest.mark.parametrize(
        ("scopes", "acts"),
        [
            ([], set()),
            ([Scope.READ], {Act.SEE, Act.SEE_PEOPLE}),
            ([Scope.WRITE], {Act.CONTRIBUTE}),
            ([Scope.READ, Scope.WRITE], {Act.SEE, Act.SEE_PEOPLE, Act.CONTRIBUTE}),
            ([Scope.MANAGE], {Act.SEE, Act.SEE_PEOPLE, Act.CONTRIBUTE, Act.CONTROL}),
        ],
    )
    def test_each_scope_adds_its_acts(self, scopes, acts):
        assert reach_of(scopes) == acts

    def test_none_of_them_teaches_and_one_alone_controls_a_channel(self):
        assert Act.TEACH not in reach_of(list(Scope))
        assert Act.CONTROL not in reach_of([Scope.READ, Scope.WRITE])


class TestLife:
    def test_it_is_from_a_day_to_a_year(self):
        lengths = [life.length for life in Life]
        assert (lengths[0], lengths[-1]) == (DAY, 365 * DAY)
        assert lengths == sorted(lengths)

    @pytest.mark.parametrize("life", Life)
    def test_it_is_found_by_its_word(self, life):
        assert Life.from_word(life.word) is life

    @pytest.mark.parametrize("word", [None, "", "forever", "9999d"])
    def test_what_is_no_choice_is_30_days(self, word):
        assert Life.from_word(word) is Life.DAY_30
