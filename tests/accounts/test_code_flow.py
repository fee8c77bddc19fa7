"""The way there and back (S7): whatever is missing, another's, used or old, nobody is signed in.

Each row does one thing wrong; the same steps without it sign in, in the same browser, right after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from werkzeug.test import TestResponse

import context
from tests.accounts.browsing import BACK, Browser, count_sessions, deeds_of
from tests.lab import Lab, opened_lab
from tests.provider.strict import Behaviour, StrictProvider

MINUTE = 60 * 1_000_000


@pytest.fixture(scope="module")
def lab(provider: StrictProvider, tmp_path_factory) -> Iterator[Lab]:
    """An app with two providers."""
    second = {f"{name}_2": value for name, value in provider.settings.items() if name.startswith("OIDC_")}
    settings = provider.settings | second | {"OIDC_NAME_2": "Other"}
    with opened_lab(tmp_path_factory.mktemp("lab"), **settings) as lab:
        yield lab


@dataclass
class Stage:
    """Who takes part: a browser that signs in, somebody else's, and the provider."""

    browser: Browser
    other: Browser
    behaviour: Behaviour
    monkeypatch: pytest.MonkeyPatch

    def sent_back(self) -> dict[str, str]:
        return self.browser.visit_provider(self.browser.start())


def without(name: str) -> Callable[[Stage], TestResponse]:
    def play(stage: Stage) -> TestResponse:
        sent_back = stage.sent_back()
        del sent_back[name]
        return stage.browser.come_back(**sent_back)

    return play


def instead(**parameters: str) -> Callable[[Stage], TestResponse]:
    return lambda stage: stage.browser.come_back(**stage.sent_back() | parameters)


def state_of_another_browser(stage: Stage) -> TestResponse:
    return stage.other.come_back(**stage.sent_back())


def state_of_another_browser_that_began_too(stage: Stage) -> TestResponse:
    stage.other.start()
    return stage.other.come_back(**stage.sent_back())


def browser_without_its_name(stage: Stage) -> TestResponse:
    sent_back = stage.sent_back()
    stage.browser.client.delete_cookie("labfeed-sign-in")
    return stage.browser.come_back(**sent_back)


def used_state(stage: Stage) -> TestResponse:
    sent_back = stage.sent_back()
    stage.browser.come_back(**sent_back | {"error": "access_denied"})
    return stage.browser.come_back(**sent_back)


def old_state(stage: Stage) -> TestResponse:
    sent_back, now = stage.sent_back(), context.now()
    with stage.monkeypatch.context() as patch:
        patch.setattr("context.now", lambda: now + 11 * MINUTE)
        return stage.browser.come_back(**sent_back)


def state_of_another_provider(stage: Stage) -> TestResponse:
    sent_back = stage.sent_back()
    return stage.browser.client.get("/sign-in/other/back", query_string=sent_back)


def nothing_at_all(stage: Stage) -> TestResponse:
    stage.browser.start()
    return stage.browser.come_back()


def posted(stage: Stage) -> TestResponse:
    return stage.browser.client.post(BACK, data=stage.sent_back())


def code_of_another_sign_in(stage: Stage) -> TestResponse:
    """A code that somebody else was given, slipped into this browser's own sign-in: PKCE says no."""
    stolen = stage.other.visit_provider(stage.other.start())["code"]
    return stage.browser.come_back(**stage.sent_back() | {"code": stolen})


def used_code(stage: Stage) -> TestResponse:
    used = stage.other.visit_provider(stage.other.start())
    stage.behaviour.token = lambda token: {**token, "id_token": ""}
    stage.other.come_back(**used)
    stage.behaviour.token = lambda token: token
    return stage.browser.come_back(**stage.sent_back() | {"code": used["code"]})


def claiming(**claims: object) -> Callable[[Stage], TestResponse]:
    def play(stage: Stage) -> TestResponse:
        stage.behaviour.claims = lambda said: {
            name: value for name, value in {**said, **claims}.items() if value is not None
        }
        return stage.browser.come_back(**stage.sent_back())

    return play


def answering(**token: object) -> Callable[[Stage], TestResponse]:
    def play(stage: Stage) -> TestResponse:
        stage.behaviour.token = lambda said: {
            name: value for name, value in {**said, **token}.items() if value is not None
        }
        return stage.browser.come_back(**stage.sent_back())

    return play


CASES = {
    "no state": (400, without("state")),
    "an empty state": (400, instead(state="")),
    "a state that never was": (400, instead(state="x" * 30)),
    "a state and something behind it": (400, lambda stage: stage.browser.come_back(
        **(sent := stage.sent_back()) | {"state": sent["state"] + "x"})),
    "a very long state": (400, instead(state="x" * 5000)),
    "a state that is no text": (400, instead(state="\x00\udcff".encode("utf-8", "surrogateescape").decode("latin-1"))),
    "the state of another browser": (400, state_of_another_browser),
    "the state of another browser that began, too": (400, state_of_another_browser_that_began_too),
    "a browser without its name": (400, browser_without_its_name),
    "a used state": (400, used_state),
    "an old state": (400, old_state),
    "the state of another provider": (400, state_of_another_provider),
    "nothing at all": (400, nothing_at_all),
    "a form": (405, posted),
    "no code": (503, without("code")),
    "an empty code": (503, instead(code="")),
    "a code that never was": (400, instead(code="never")),
    "a code of another sign-in": (400, code_of_another_sign_in),
    "a used code": (400, used_code),
    "the nonce of another sign-in": (403, claiming(nonce="that of another")),
    "no nonce": (403, claiming(nonce=None)),
    "an empty nonce": (403, claiming(nonce="")),
    "no ID token": (403, answering(id_token=None)),
    "an empty ID token": (403, answering(id_token="")),
    "an ID token that is no text": (403, answering(id_token={"sub": "ada-1"})),
    "an answer of another issuer": (400, instead(iss="https://evil.example")),
    "an answer of no issuer": (400, instead(iss="")),
    "a no": (403, instead(error="access_denied")),
    "a no without a code": (403, lambda stage: stage.browser.come_back(
        state=stage.sent_back()["state"], error="access_denied")),
    "a provider that is too busy": (503, instead(error="temporarily_unavailable")),
    "a request that was wrong": (400, instead(error="invalid_scope")),
    "an error that is no word": (400, instead(error="<script>alert(1)</script>")),
}  # fmt: skip


@pytest.fixture
def stage(browser, open_browser_at, lab, behaviour, monkeypatch) -> Stage:
    return Stage(browser, open_browser_at(lab), behaviour, monkeypatch)


class TestNobodyIsSignedIn:
    @pytest.mark.parametrize("case", CASES)
    def test_in_any_bad_case(self, stage, lab, provider, case):
        status, play = CASES[case]
        before = count_sessions(lab)
        answer = play(stage)
        assert answer.status_code == status
        assert count_sessions(lab) == before
        assert (stage.browser.carried, stage.other.carried) == ("", "")
        assert "Traceback" not in answer.text
        assert "<script" not in answer.text
        provider.reset()
        assert stage.browser.sign_in().status_code == 303
        assert stage.browser.email == "ada@example.edu"

    def test_there_are_enough_cases(self):
        assert len(CASES) >= 24

    def test_a_finished_sign_in_cannot_be_finished_again(self, browser, open_browser_at, lab):
        sent_back = browser.visit_provider(browser.start())
        assert browser.come_back(**sent_back).status_code == 303
        carried, before = browser.carried, count_sessions(lab)
        assert browser.come_back(**sent_back).status_code == 400
        assert (browser.carried, count_sessions(lab)) == (carried, before)

    def test_a_promised_issuer_may_not_be_left_out(self, fresh_lab, open_browser_at, behaviour, provider):
        behaviour.metadata = lambda said: {**said, "authorization_response_iss_parameter_supported": True}
        browser = open_browser_at(fresh_lab)
        assert browser.sign_in().status_code == 400
        behaviour.sends_back = {"iss": provider.issuer}
        assert browser.sign_in().status_code == 303

    def test_a_wrong_secret_is_the_fault_of_whoever_runs_the_server(self, provider, open_browser_at, tmp_path):
        with opened_lab(tmp_path, **provider.settings | {"OIDC_CLIENT_SECRET": "another"}) as lab:
            browser = open_browser_at(lab)
            assert browser.sign_in().status_code == 400
            assert browser.carried == ""


class TestWhatIsWrittenDown:
    def test_a_refusal_that_the_provider_answered_for(self, fresh_lab, open_browser_at, behaviour):
        behaviour.person["hd"] = "elsewhere.example"
        open_browser_at(fresh_lab).sign_in()
        assert deeds_of(fresh_lab) == [("sign-in refused", '{"provider": "college", "reason": "hosted"}')]

    @pytest.mark.parametrize("parameters", [{}, {"state": "x"}, {"error": "access_denied"}, {"code": "x"}])
    def test_nothing_that_anybody_could_send(self, fresh_lab, open_browser_at, parameters):
        browser = open_browser_at(fresh_lab)
        sent_back = browser.visit_provider(browser.start())
        browser.come_back(**sent_back | parameters)
        assert not [deed for deed, _ in deeds_of(fresh_lab) if deed == "sign-in refused"]
