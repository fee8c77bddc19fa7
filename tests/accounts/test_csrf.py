"""Nobody else's page acts for somebody: every unsafe method of every address, from every kind of wrong sender."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

import context
from accounts import csrf
from tests.accounts.rights_table import ADDRESSES, By
from tests.lab import Lab, opened_lab
from tests.people import make_person, sign_in

HERE = "http://localhost"
FOREIGN = (
    "https://evil.example",
    "http://localhost.evil.example",
    "http://evil-localhost",
    "http://sub.localhost",
    "http://localhost:8001",
    "https://localhost",
    "http://localhost/",
    "null",
    "",
)

UNSAFE = [(endpoint, method) for endpoint, row in ADDRESSES.items() for method in sorted(row.unsafe)]
BY_COOKIE = [each for each in UNSAFE if ADDRESSES[each[0]].by is not By.KEY]
BY_KEY = [each for each in UNSAFE if ADDRESSES[each[0]].by is By.KEY]


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def client(lab) -> FlaskClient:
    """Somebody's browser that has loaded a page of ours."""
    client = sign_in(lab.client, lab.store, make_person(lab.store), context.now())
    client.get("/")
    return client


def token_of(client: FlaskClient) -> str:
    cookie = client.get_cookie(csrf.COOKIE)
    assert cookie is not None
    return cookie.value


def filled(rule: str, channel_id: int, feed: str = "door") -> str:
    """An address of this rule; whatever else it names is the first there is."""
    path = re.sub(r"<(int:)?channel>", str(channel_id), rule).replace("<feed>", feed)
    return re.sub(r"<[^>]+>", "1", path)


def ask(lab: Lab, client: FlaskClient, endpoint: str, method: str, **options: Any):
    """The request of our own page, but for what `options` make different; None leaves a header out."""
    rule = next(rule.rule for rule in lab.app.url_map.iter_rules() if rule.endpoint == endpoint)
    path = filled(rule, 1)
    headers = {"Origin": HERE, csrf.HEADER: token_of(client)} | options.pop("headers", {})
    sent = {name: value for name, value in headers.items() if value is not None}
    return client.open(path, method=method, headers=sent, **({"json": {}} | options))


def expect_refused(answer) -> None:
    """With a problem document, or where a person reads it with a page."""
    assert answer.status_code == 403
    assert answer.mimetype == "text/html" or answer.json["type"] == "/problems/foreign-page"


@pytest.mark.parametrize(("endpoint", "method"), BY_COOKIE)
class TestWhatACookieAllows:
    def test_our_own_page_is_heard(self, lab, client, endpoint, method):
        assert ask(lab, client, endpoint, method).status_code != 403

    @pytest.mark.parametrize("origin", FOREIGN)
    def test_a_page_of_another_origin_is_refused(self, lab, client, endpoint, method, origin):
        expect_refused(ask(lab, client, endpoint, method, headers={"Origin": origin}))

    def test_a_sender_without_origin_is_refused(self, lab, client, endpoint, method):
        expect_refused(ask(lab, client, endpoint, method, headers={"Origin": None}))

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
    def test_what_the_browser_says_came_from_elsewhere_is_refused(self, lab, client, endpoint, method, site):
        expect_refused(ask(lab, client, endpoint, method, headers={"Sec-Fetch-Site": site}))

    @pytest.mark.parametrize("token", [None, "", "nonsense", "a.b", ".", "é"])
    def test_without_the_token_it_is_refused(self, lab, client, endpoint, method, token):
        expect_refused(ask(lab, client, endpoint, method, headers={csrf.HEADER: token}))

    def test_a_token_that_differs_by_a_letter_is_refused(self, lab, client, endpoint, method):
        other = token_of(client)[:-1] + ("0" if token_of(client)[-1] != "0" else "1")
        client.set_cookie(csrf.COOKIE, other)
        expect_refused(ask(lab, client, endpoint, method))

    def test_the_token_of_another_session_is_refused(self, lab, client, endpoint, method):
        other = sign_in(lab.client, lab.store, make_person(lab.store, "Ben Wren"), context.now())
        other.get("/")
        client.set_cookie(csrf.COOKIE, token_of(other))
        expect_refused(ask(lab, client, endpoint, method))

    def test_a_visitor_s_token_is_none_of_somebody_s(self, lab, client, endpoint, method):
        visitor = lab.client
        visitor.get("/")
        client.set_cookie(csrf.COOKIE, token_of(visitor))
        expect_refused(ask(lab, client, endpoint, method))

    def test_json_that_calls_itself_text_is_refused(self, lab, client, endpoint, method):
        options = {"json": None, "data": b'{"_csrf_token": "x"}', "content_type": "text/plain"}
        expect_refused(ask(lab, client, endpoint, method, headers={csrf.HEADER: None}, **options))

    def test_after_a_refusal_the_browser_has_the_right_token(self, lab, client, endpoint, method):
        client.set_cookie(csrf.COOKIE, "old")
        expect_refused(ask(lab, client, endpoint, method))
        assert ask(lab, client, endpoint, method).status_code != 403


AS_THINGSPEAK_HAS_IT = {
    "thingspeak.update": 400,
    "thingspeak.post_refuse_alerts": 404,  # of these there is nothing for any key
    "thingspeak.post_refuse_calls": 404,
}


@pytest.mark.parametrize(("endpoint", "method"), BY_KEY)
class TestWhatAKeyAllows:
    def test_a_cookie_allows_nothing(self, lab, client, endpoint, method):
        refused = AS_THINGSPEAK_HAS_IT.get(endpoint, 401)
        assert ask(lab, client, endpoint, method, json={"temperature": 1}).status_code == refused

    def test_a_program_needs_no_page(self, lab, endpoint, method):
        """A board's key sends readings; whatever else it asks for is refused for what the key may, not for the page."""
        board = lab.enrol()
        headers = {"X-API-Key": board.key, "Origin": "https://dashboard.example"}
        rule = next(rule.rule for rule in lab.app.url_map.iter_rules() if rule.endpoint == endpoint)
        path = filled(rule, board.channel_id, "temperature")
        body = {"value": 1} if "<feed>" in rule else {"temperature": 1}
        answer = lab.client.open(path, method=method, json=body, headers=headers)
        assert "/problems/foreign-page" not in answer.text
        assert answer.status_code == 201 or not endpoint.startswith("ingest.")


class TestWhoCarriesNothing:
    """A chart in another site's frame gets no cookies from its browser: it acts for nobody, nothing can be forged."""

    def ask(self, lab, origin: str | None, **more):
        client = lab.app.test_client(use_cookies=False)
        headers = {"Origin": origin, **more} if origin is not None else more
        return client.post("/_dash-update-component", json={}, headers=headers)

    def test_our_own_page_is_heard(self, lab):
        assert self.ask(lab, HERE).status_code == 400

    @pytest.mark.parametrize("origin", [None, *FOREIGN])
    def test_another_page_is_not(self, lab, origin):
        expect_refused(self.ask(lab, origin))

    def test_a_cookie_of_ours_without_its_token_is_not_heard(self, lab):
        client = lab.client
        client.get("/")
        expect_refused(client.post("/_dash-update-component", json={}, headers={"Origin": HERE}))


class TestTheToken:
    def test_json_alone_reaches_a_callback(self, lab, client):
        answer = ask(lab, client, "/_dash-update-component", "POST", json=None, data=b"{}", content_type="text/plain")
        assert answer.status_code == 415

    def test_a_form_carries_it_in_a_field(self, lab, client):
        data = {csrf.FIELD: token_of(client)}
        answer = client.post("/sign-out", data=data, headers={"Origin": HERE})
        assert answer.status_code == 303

    def test_a_page_keeps_the_token_its_browser_has(self, lab, client):
        assert "Set-Cookie" not in client.get("/").headers

    def test_it_goes_with_the_session(self, lab):
        client = lab.client
        client.get("/")
        before = token_of(client)
        sign_in(client, lab.store, make_person(lab.store), context.now())
        client.get("/")
        assert token_of(client) != before

    def test_on_https_it_is_for_this_host_alone(self, tmp_path):
        with opened_lab(tmp_path, PUBLIC_URL="https://labfeed.example.edu") as lab:
            answer = lab.client.get("/", base_url="https://labfeed.example.edu")
            [cookie] = [each for each in answer.headers.getlist("Set-Cookie") if "csrf" in each]
            assert cookie.startswith("__Host-csrf_token=")
            assert {"Secure", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
            assert "HttpOnly" not in cookie
            assert '"csrf_token_name":"__Host-csrf_token"' in answer.text
