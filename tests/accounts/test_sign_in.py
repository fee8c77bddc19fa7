"""Signing in as it should go, and out again: fresh sessions, nothing left behind, nothing to be replayed."""

from __future__ import annotations

import secrets
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import func, select

from accounts import csrf, kiosks
from models import sessions
from models.schema import sign_in
from tests.accounts.browsing import BACK, START, Browser, count_sessions, deeds_of
from tests.lab import opened_lab
from tests.people import begin_session, make_person
from tests.provider.strict import CLIENT_ID, KEY

MOST_COOKIE_BYTES = 1000


def sign_out(browser: Browser):
    """As the page's form does it: with the token that the page was given."""
    browser.client.get("/")
    token = browser.client.get_cookie(csrf.COOKIE)
    return browser.client.post(
        "/sign-out", data={csrf.FIELD: token and token.value}, headers={"Origin": "http://localhost"}
    )


def count_begun(lab) -> int:
    return lab.store.ask(lambda connection: connection.execute(select(func.count()).select_from(sign_in)).scalar_one())


def test_who_signs_in_on_a_screen_makes_it_an_ordinary_browser(browser):
    browser.client.set_cookie(kiosks.COOKIE, "a-secret-of-a-screen")
    browser.client.get("/")
    assert browser.client.get_cookie(kiosks.COOKIE)
    browser.sign_in()
    assert browser.email
    assert browser.client.get_cookie(kiosks.COOKIE) is None


class TestStarting:
    def test_the_provider_is_asked_with_pkce_state_and_nonce(self, browser, provider):
        asked = urlsplit(browser.start().location)
        assert f"{asked.scheme}://{asked.netloc}{asked.path}" == f"{provider.issuer}/authorize"
        said = {name: values[0] for name, values in parse_qs(asked.query).items()}
        assert (said["client_id"], said["response_type"], said["scope"]) == (CLIENT_ID, "code", "openid email profile")
        assert said["code_challenge_method"] == "S256"
        assert said["redirect_uri"] == f"http://localhost{BACK}"
        assert min(len(said[name]) for name in ("state", "nonce", "code_challenge")) >= 20

    def test_each_start_has_its_own(self, browser):
        said = [parse_qs(urlsplit(browser.start().location).query) for _ in range(2)]
        assert all(said[0][name] != said[1][name] for name in ("state", "nonce", "code_challenge"))

    def test_google_is_told_which_accounts_to_offer(self, browser):
        assert parse_qs(urlsplit(browser.start().location).query)["hd"] == ["*"]

    def test_a_provider_that_is_not_there_is_not_found(self, lab):
        assert lab.client.get("/sign-in/elsewhere").status_code == 404

    def test_the_address_to_come_back_to_is_that_of_the_public_url(self, provider, behaviour, tmp_path):
        with opened_lab(tmp_path, **provider.settings, PUBLIC_URL="https://labfeed.example.edu") as lab:
            answer = lab.client.get(START, headers={"Host": "evil.example"})
            asked = parse_qs(urlsplit(answer.location).query)
            assert asked["redirect_uri"] == ["https://labfeed.example.edu/sign-in/college/back"]
            assert "__Host-labfeed-sign-in=" in answer.headers["Set-Cookie"]
            assert all(
                word in answer.headers["Set-Cookie"] for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/")
            )


class TestSigningIn:
    def test_it_ends_with_a_session_of_that_person(self, browser):
        answer = browser.sign_in()
        assert (answer.status_code, answer.location) == (303, "/")
        assert browser.email == "ada@example.edu"

    def test_the_cookie_is_for_this_server_alone(self, browser):
        browser.sign_in()
        cookie = browser.client.get_cookie("labfeed")
        assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Lax", "/")
        assert cookie.max_age == timedelta(days=7).total_seconds()

    def test_the_person_is_as_the_provider_describes_them(self, browser, behaviour):
        behaviour.person |= {"email": "Ada.Finch@Example.EDU", "name": "Ada\n  Finch\x07"}
        browser.sign_in()
        found = browser.lab.store.ask(sessions.find, browser.carried, time.time_ns() // 1000).person
        assert (found.email, found.name, found.subject) == ("ada.finch@example.edu", "Ada Finch", "ada-1")

    def test_it_is_written_down(self, fresh_lab, open_browser_at, provider):
        open_browser_at(fresh_lab).sign_in()
        assert deeds_of(fresh_lab) == [("signed in", f'{{"issuer": "{provider.issuer}"}}')]

    def test_signing_in_again_is_the_same_person(self, browser, open_browser_at, lab):
        browser.sign_in()
        other = open_browser_at(lab)
        other.sign_in()
        now = time.time_ns() // 1000
        people = {lab.store.ask(sessions.find, each.carried, now).person.id for each in (browser, other)}
        assert len(people) == 1

    def test_two_tabs_may_sign_in_at_once(self, browser):
        one, other = browser.start("/mine"), browser.start("/courses")
        assert browser.come_back(**browser.visit_provider(other)).location == "/courses"
        assert browser.come_back(**browser.visit_provider(one)).location == "/mine"

    def test_flasks_own_session_is_not_used(self, browser):
        browser.sign_in()
        assert browser.client.get_cookie("session") is None

    def test_a_new_key_of_the_provider_is_fetched_once(self, browser, behaviour):
        browser.sign_in()
        new = RSAKey.generate_key(2048, {"kid": "next"})
        behaviour.keys = lambda: [KEY, new]
        behaviour.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "next"}, claims, new)
        behaviour.asked.clear()
        for _ in range(2):
            assert browser.sign_in().status_code == 303
        assert behaviour.asked.count("/keys") == 1

    def test_what_the_provider_says_of_itself_is_remembered(self, browser, behaviour):
        browser.sign_in()
        behaviour.asked.clear()
        browser.sign_in()
        assert behaviour.asked == ["/authorize", "/token"]


class TestManyStarts:
    """S11: unfinished sign-ins are kept here, not in the browser."""

    def test_a_hundred_clicks_do_not_hinder_the_next(self, browser):
        for _ in range(100):
            started = browser.start()
            assert len(started.headers.get("Set-Cookie", "")) < MOST_COOKIE_BYTES
        assert browser.sign_in().status_code == 303
        assert browser.email == "ada@example.edu"
        carried = "; ".join(f"{cookie.key}={cookie.value}" for cookie in browser.client._cookies.values())
        assert len(carried) < MOST_COOKIE_BYTES

    def test_they_are_forgotten_in_time(self, fresh_lab, open_browser_at, monkeypatch):
        open_browser_at(fresh_lab).start()
        later = time.time_ns() // 1000 + 11 * 60 * 1_000_000
        monkeypatch.setattr("context.now", lambda: later)
        assert count_begun(fresh_lab) == 1
        fresh_lab.do_chores()
        assert count_begun(fresh_lab) == 0


def fixation(lab, kind: int) -> str:
    """Twenty things that somebody may have put into a browser's session cookie before its owner signs in."""
    mallory = make_person(lab.store, "Mallory", email="mallory@example.edu")
    now = time.time_ns() // 1000
    live = begin_session(lab.store, mallory, now)
    if kind == 1:
        lab.store.tell(sessions.revoke_all, mallory.id, now)
    made_up = [
        secrets.token_urlsafe(32), "0" * 43, "A" * 43, "", " ", "admin", "1", "null", "true", "{}", "é" * 20,
        "x" * 4000, f"{live} ", f" {live}", f"{live}; labfeed=x", live[:-1], live + "A", live.upper(),
    ]  # fmt: skip
    return [live, live, *made_up][kind]


class TestFixation:
    """S4: whatever a browser carried before, it is not what it is known by afterwards."""

    @pytest.mark.parametrize("kind", range(20))
    def test_a_planted_session_is_never_the_one_signed_in(self, lab, browser, open_browser_at, kind):
        planted = fixation(lab, kind)
        browser.client.set_cookie("labfeed", planted)
        assert browser.sign_in().status_code == 303
        assert browser.carried != planted
        assert browser.email == "ada@example.edu"
        attacker = open_browser_at(lab)
        attacker.client.set_cookie("labfeed", planted)
        assert attacker.email is None

    def test_the_session_before_is_ended(self, browser, open_browser_at, lab):
        browser.sign_in()
        before = browser.carried
        browser.sign_in()
        other = open_browser_at(lab)
        other.client.set_cookie("labfeed", before)
        assert (other.email, browser.email) == (None, "ada@example.edu")

    def test_a_planted_name_of_the_browser_is_no_session(self, browser):
        browser.client.set_cookie("labfeed-sign-in", "A" * 43)
        browser.sign_in()
        assert browser.carried != "A" * 43


class TestSigningOut:
    """S5: a session that was ended is over, whoever kept its cookie."""

    def test_it_ends_the_session(self, browser, lab):
        browser.sign_in()
        carried = browser.carried
        answer = sign_out(browser)
        assert (answer.status_code, answer.location, browser.carried) == (303, "/", "")
        browser.client.set_cookie("labfeed", carried)
        assert browser.email is None
        assert deeds_of(lab)[-1] == ("signed out", "")

    def test_other_sessions_go_on(self, browser, open_browser_at, lab):
        other = open_browser_at(lab)
        other.sign_in()
        browser.sign_in()
        sign_out(browser)
        assert other.email == "ada@example.edu"

    def test_another_site_cannot_do_it(self, browser):
        browser.sign_in()
        answer = browser.client.post("/sign-out", headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
        assert browser.email == "ada@example.edu"

    def test_a_link_does_not_do_it(self, browser):
        browser.sign_in()
        browser.client.get("/sign-out")
        assert browser.email == "ada@example.edu"

    def test_twice_is_no_fault(self, browser):
        browser.sign_in()
        assert [sign_out(browser).status_code for _ in range(2)] == [303, 303]

    def test_no_session_is_left_over(self, fresh_lab, open_browser_at):
        browser = open_browser_at(fresh_lab)
        browser.sign_in()
        sign_out(browser)
        assert count_sessions(fresh_lab) == 1  # it stays for a day, ended
        assert browser.email is None
