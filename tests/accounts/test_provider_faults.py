"""A provider that is away, refuses or talks nonsense: a page with one sentence and a way on, and never a way in."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest
from flask import Response, jsonify, redirect

import context
from accounts import providers
from domain.errors import Busy
from tests.accounts.browsing import START, Browser, count_sessions
from tests.lab import opened_lab
from tests.processes import find_free_port
from tests.provider.strict import Behaviour, html

METADATA = "/.well-known/openid-configuration"


def says(body: str, status: int = 200, kind: str = "application/json") -> Callable[[], Response]:
    return lambda: Response(body, status, content_type=kind)


def metadata_with(**changed: object) -> Callable[[Behaviour], None]:
    def change(behaviour: Behaviour) -> None:
        behaviour.metadata = lambda said: {
            name: value for name, value in {**said, **changed}.items() if value is not None
        }

    return change


def instead(path: str, view: Callable[[], object]) -> Callable[[Behaviour], None]:
    def change(behaviour: Behaviour) -> None:
        behaviour.instead[path] = view

    return change


NONSENSE = {
    "a page": html,
    "nothing": says(""),
    "a fault": says("oops", 500),
    "nothing there": says("no", 404),
    "too many": says("slowly", 429),
    "a list": says("[]"),
    "a word": says('"hello"'),
    "null": says("null"),
    "half a document": says('{"issuer": "http'),
    "bytes": says("\x00\xff"),
    "a way on": lambda: redirect("http://localhost:1/elsewhere"),
    "a deep document": says("[" * 100_000),
}

FAULTS: dict[str, Callable[[Behaviour], None]] = {
    **{f"its metadata is {name}": instead(METADATA, view) for name, view in NONSENSE.items()},
    **{f"its keys are {name}": instead("/keys", view) for name, view in NONSENSE.items()},
    **{f"its answer is {name}": instead("/token", view) for name, view in NONSENSE.items()},
    "it is another issuer": metadata_with(issuer="https://evil.example"),
    "it is no issuer": metadata_with(issuer=None),
    "it has no address for people": metadata_with(authorization_endpoint=None),
    "its address for people is no address": metadata_with(authorization_endpoint="javascript:alert(1)"),
    "it has no address for tokens": metadata_with(token_endpoint=7),
    "it has no keys": metadata_with(jwks_uri=""),
    "its error is a list": instead("/token", lambda: (jsonify(error=["x"], error_description={}), 400)),
    "its address for people is in no place": metadata_with(authorization_endpoint="http://[::1"),
    "its address for tokens is in no place": metadata_with(token_endpoint="http://[::1"),
}


def expect_a_page(answer, *statuses: int) -> None:
    """One sentence and a way on, no script, nothing from elsewhere, no word of how it is made."""
    assert answer.status_code in statuses
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    sentence = re.search(r"<h1>.+?</h1>\s*<p>(.+?)</p>", answer.text)[1]
    assert sentence.endswith(".")
    assert 'href="/sign-in' in answer.text
    for never in ("<script", "http://", "https://", "Traceback", "Error", "JSON"):
        assert never not in answer.text


class TestNonsense:
    @pytest.mark.parametrize("fault", FAULTS)
    def test_it_is_a_page_and_nobody_is_signed_in(self, fresh_lab, open_browser_at, behaviour, provider, fault):
        FAULTS[fault](behaviour)
        browser = open_browser_at(fresh_lab)
        answer = browser.start()
        if answer.status_code == 303:
            answer = browser.come_back(**browser.visit_provider(answer))
        expect_a_page(answer, 400, 503)
        assert (browser.carried, count_sessions(fresh_lab)) == ("", 0)

    @pytest.mark.parametrize("path", [METADATA, "/keys", "/token"])
    def test_once_it_is_well_again_people_sign_in(self, fresh_lab, open_browser_at, behaviour, provider, path):
        behaviour.instead[path] = html
        browser = open_browser_at(fresh_lab)
        started = browser.start()
        if started.status_code == 303:
            browser.come_back(**browser.visit_provider(started))
        provider.reset()
        assert browser.sign_in().status_code == 303

    def test_keys_that_are_none_of_its_own_sign_nobody_in(self, fresh_lab, open_browser_at, behaviour):
        behaviour.instead["/keys"] = lambda: jsonify(keys=[])
        expect_a_page(open_browser_at(fresh_lab).sign_in(), 403)


class TestAway:
    @pytest.fixture
    def lonely_lab(self, provider, tmp_path):
        nobody = f"http://localhost:{find_free_port()}"
        with opened_lab(tmp_path, **provider.settings | {"OIDC_ISSUER": nobody}) as lab:
            yield lab

    def test_a_provider_that_is_down_is_said_to_be(self, lonely_lab):
        answer = lonely_lab.client.get(f"{START}?next=/mine")
        expect_a_page(answer, 503)
        assert answer.headers["Retry-After"]
        assert f'href="{START}?next=/mine"' in answer.text

    @pytest.mark.parametrize("path", [METADATA, "/keys", "/token"])
    def test_a_slow_one_is_not_waited_for(self, provider, behaviour, open_browser_at, tmp_path, monkeypatch, path):
        monkeypatch.setattr(providers, "TIMEOUT_S", 0.2)
        until_the_end = threading.Event()
        behaviour.instead[path] = lambda: until_the_end.wait(30) and html()
        with opened_lab(tmp_path, **provider.settings) as lab:
            browser = open_browser_at(lab)
            answer = browser.start()
            if answer.status_code == 303:
                answer = browser.come_back(**browser.visit_provider(answer))
            until_the_end.set()
        expect_a_page(answer, 503)

    def test_who_is_signed_in_stays_so(self, fresh_lab, open_browser_at, behaviour):
        browser = open_browser_at(fresh_lab)
        browser.sign_in()
        for path in (METADATA, "/keys", "/token", "/authorize"):
            behaviour.instead[path] = says("down", 503)
        assert browser.client.get("/").status_code == 200
        assert browser.email == "ada@example.edu"


class TestRefusals:
    @pytest.mark.parametrize(
        ("error", "status"),
        [
            ("access_denied", 403), ("login_required", 403), ("consent_required", 403), ("server_error", 503),
            ("temporarily_unavailable", 503), ("invalid_scope", 400), ("unauthorized_client", 400), ("<b>x</b>", 400),
        ],
    )  # fmt: skip
    def test_each_is_a_page_of_its_status(self, browser, error, status):
        answer = browser.come_back(state=browser.visit_provider(browser.start())["state"], error=error)
        expect_a_page(answer, status)

    def test_its_own_words_are_not_shown(self, browser):
        sent_back = browser.visit_provider(browser.start())
        words = "<script>alert(1)</script> Call 555-0100 to unlock your account"
        answer = browser.come_back(state=sent_back["state"], error="access_denied", error_description=words)
        assert "555-0100" not in answer.text
        assert "alert" not in answer.text

    def test_a_way_in_that_is_not_there_is_a_page(self, lab):
        expect_a_page(lab.client.get("/sign-in/elsewhere"), 404)

    def test_a_database_that_is_busy_is_a_page(self, browser, monkeypatch):
        def busy(*_args, **_kwargs):
            raise Busy("The database is busy with another writer.")

        monkeypatch.setattr("models.sign_ins.begin", busy)
        expect_a_page(browser.start(), 503)

    def test_a_fault_of_ours_is_a_page_with_a_number(self, browser, monkeypatch):
        monkeypatch.setattr("models.sign_ins.begin", lambda *args, **kwargs: 1 / 0)
        answer = browser.start()
        assert answer.status_code == 500
        assert re.search(r"error [0-9a-f]{8}", answer.text)
        assert "ZeroDivision" not in answer.text

    def test_the_way_on_leads_back_to_the_same_page(self, browser, behaviour):
        behaviour.person["hd"] = "elsewhere.example"
        answer = browser.sign_in("/channels/7?from=now-2h")
        assert f'href="{START}?next=/channels/7%3Ffrom%3Dnow-2h"' in answer.text


class TestTwoApps:
    def test_each_knows_its_own_providers(self, lab, tmp_path):
        with opened_lab(tmp_path) as other:
            assert Browser(other, other.client).start().status_code == 404
            with other.app.app_context():
                assert context.parts().ways_in == ()
        with lab.app.app_context():
            assert [way.slug for way in context.parts().ways_in] == ["college"]
