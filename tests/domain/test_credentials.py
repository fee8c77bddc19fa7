"""Every place a key may stand in."""

from __future__ import annotations

from base64 import b64encode

import pytest

from domain.credentials import key_in_fields, key_in_headers

KEY = "0123456789ABCDEF"


def basic(words: str) -> str:
    return "Basic " + b64encode(words.encode()).decode()


class TestKeyInHeaders:
    @pytest.mark.parametrize(
        ("x_api_key", "authorization"),
        [
            (KEY, ""),
            (f"  {KEY}\r\n", ""),
            ("", f"Bearer {KEY}"),
            ("", f"bearer   {KEY}  "),
            ("", f"BEARER {KEY}\n"),
            ("", basic(f"board:{KEY}")),
            ("", basic(f":{KEY}")),
            ("", basic(f"board: {KEY}\n")),
            ("", f"  Bearer {KEY}"),
            ("   ", f"Bearer {KEY}"),
            (KEY, "Bearer SOMETHING-ELSE"),
        ],
    )
    def test_it_is_found(self, x_api_key, authorization):
        assert key_in_headers(x_api_key, authorization) == KEY

    @pytest.mark.parametrize(
        "authorization",
        [
            "",
            "Bearer",
            "Bearer   ",
            "Basic",
            "Basic %%%",
            "Basic é",
            "Basic \x00",
            basic("no colon"),
            basic("board:"),
            basic("board:   "),
            "Basic " + b64encode(b"board:\xff\xfe").decode(),
            f"Digest {KEY}",
            KEY,
        ],
    )
    def test_there_is_none(self, authorization):
        assert key_in_headers("", authorization) is None

    def test_a_password_may_contain_colons(self):
        assert key_in_headers("", basic("board:a:b")) == "a:b"


class TestKeyInFields:
    def test_it_is_found_among_the_others(self):
        assert key_in_fields([("temperature", "21"), ("api_key", f" {KEY}\n")]) == KEY

    @pytest.mark.parametrize("fields", [[], [("api_key", "")], [("api_key", "  ")], [("API_KEY", KEY)]])
    def test_there_is_none(self, fields):
        assert key_in_fields(fields) is None
