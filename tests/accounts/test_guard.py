"""One guard before every request: what nobody has declared open does not exist."""

from __future__ import annotations

import pytest
from flask import Flask

from accounts import guard
from api import problems


@pytest.fixture
def client():
    app = Flask("guarded")
    problems.register(app)
    app.add_url_rule("/open", "open", lambda: "come in")
    app.add_url_rule("/forgotten", "forgotten", lambda: "nobody thought of this", methods=["GET", "POST"])
    guard.register(app, {"open"})
    return app.test_client()


class TestGuard:
    def test_what_is_declared_open_is_served(self, client):
        assert client.get("/open").text == "come in"

    @pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "OPTIONS"])
    def test_what_is_not_does_not_exist(self, client, method):
        assert client.open("/forgotten", method=method).status_code == 404

    def test_it_looks_like_what_never_was(self, client):
        assert client.get("/forgotten").json == client.get("/never").json

    def test_an_address_that_is_not_there_stays_not_found(self, client):
        assert client.get("/never").status_code == 404

    def test_a_method_that_is_not_taken_stays_so(self, client):
        assert client.post("/open").status_code == 405
