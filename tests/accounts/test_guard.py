"""One guard before every request: what nobody has declared open does not exist, a closed page asks to sign in."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

import context
from accounts import guard
from api import problems
from tests.lab import opened_lab
from tests.people import make_person, sign_in


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


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


class TestClosedPages:
    @pytest.mark.parametrize("path", ["/mine", "/mine/", "/mine/new", "/channels/7/keys", "/channels/7/keys?a=b&c=%2F"])
    def test_a_visitor_is_led_to_the_way_in_and_comes_back_from_there(self, lab, path):
        answer = lab.client.get(path)
        led = urlsplit(answer.headers["Location"])
        assert (answer.status_code, led.path, led.netloc) == (302, "/sign-in", "")
        assert parse_qs(led.query) == {"next": [path]}
        assert answer.headers["Cache-Control"] == "no-store"

    def test_who_is_signed_in_is_let_in(self, lab):
        client = sign_in(lab.client, lab.store, make_person(lab.store), context.now())
        assert client.get("/mine").status_code == 200

    @pytest.mark.parametrize("path", ["/", "/sign-in"])
    def test_an_open_page_is_shown_to_visitors(self, lab, path):
        assert lab.client.get(path).status_code == 200

    def test_what_leads_nowhere_is_not_found_rather_than_closed(self, lab):
        assert lab.client.get("/no/such/page").status_code == 404
