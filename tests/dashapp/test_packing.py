from __future__ import annotations

import gzip

import pytest
from flask import Flask

from dashapp.packing import Packer
from dashapp.serving import CALLBACKS, SUITES

LONG = "0123456789 " * 200
GZIP = {"Accept-Encoding": "gzip, br"}


@pytest.fixture
def client():
    app = Flask("packing")
    answers = {
        "/data": (CALLBACKS, LONG),
        "/script": (SUITES, LONG),
        "/other": ("other", LONG),
        "/short": ("/_dash-layout", "1"),
    }
    for path, (endpoint, body) in answers.items():
        app.add_url_rule(path, endpoint, lambda body=body: body)
    app.after_request(Packer().pack)
    return app.test_client()


class TestPack:
    @pytest.mark.parametrize("path", ["/data", "/script"])
    def test_what_is_packed_is_what_was_said(self, client, path):
        answer = client.get(path, headers=GZIP)
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(answer.data).decode() == LONG
        assert len(answer.data) == answer.content_length < len(LONG) / 10

    def test_a_browser_that_does_not_take_it_gets_it_plain(self, client):
        answer = client.get("/data")
        assert (answer.text, answer.headers["Vary"]) == (LONG, "Accept-Encoding")
        assert "Content-Encoding" not in answer.headers

    @pytest.mark.parametrize("path", ["/other", "/short", "/nowhere"])
    def test_all_else_goes_as_it_is(self, client, path):
        assert "Content-Encoding" not in client.get(path, headers=GZIP).headers

    def test_a_script_is_packed_once(self, client):
        packer = Packer()
        assert packer._packed_part(b"1" * 99) is packer._packed_part(b"1" * 99)
