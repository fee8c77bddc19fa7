"""Keys and tokens found where others could read them."""

from __future__ import annotations

import random

import pytest

from domain.errors import Invalid
from domain.keys import new_key
from domain.leaks import is_leaking, masked, refuse_leak
from domain.tokens import new_token

KEY = new_key(random.Random(1).choice)  # samples, not secrets
TOKEN = new_token(random.Random(1).choice)


class TestIsLeaking:
    @pytest.mark.parametrize(
        "text", [KEY, TOKEN, f"The key is {KEY}.", f"key={KEY}&x=1", f'"{TOKEN}"', f"a\n{TOKEN}\nb", f"é{KEY}é"]
    )
    def test_a_key_or_a_token_in_a_text_is_found(self, text):
        assert is_leaking(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "Greenhouse 3",
            KEY[:-1],
            KEY + "0",
            KEY.lower(),
            "WRONGWRONGWRONG1",
            TOKEN[:-1],
            f"x{TOKEN}",
            TOKEN[:20] + "?" + TOKEN[21:],
        ],
    )
    def test_other_words_are_none(self, text):
        assert not is_leaking(text)

    @pytest.mark.parametrize("text", ["A" * 100_000, "lfp_" * 25_000, "0" * 15 + " " + "lfp_" + "a" * 100_000])
    def test_what_almost_looks_like_one_costs_nothing(self, text):
        assert not is_leaking(text)


class TestRefuseLeak:
    def test_the_text_comes_back_when_all_is_well(self):
        assert refuse_leak("Greenhouse 3") == "Greenhouse 3"

    @pytest.mark.parametrize("secret", [KEY, TOKEN])
    def test_the_refusal_does_not_repeat_the_secret(self, secret):
        with pytest.raises(Invalid) as refused:
            refuse_leak(f"My key: {secret}")
        assert secret not in str(refused.value.to_problem())


class TestMasked:
    @pytest.mark.parametrize(
        ("text", "left"),
        [
            (f"/update?api_key={KEY}&field1=21.4", "/update?api_key=…&field1=21.4"),
            (f"/update/API_key={KEY}/mac=6c:rf/field=1/data=3", "/update/API_key=…/mac=6c:rf/field=1/data=3"),
            (f"api_key={TOKEN} {KEY}", "api_key=… …"),
            ("ABCDEFGHIJKLMNOP", "…"),
            ("Greenhouse 3 has no key", "Greenhouse 3 has no key"),
        ],
    )
    def test_keys_and_what_looks_like_them_go(self, text, left):
        assert masked(text) == left
