"""What an address of ThingSpeak does not take is refused in ThingSpeak's words, and nothing comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from werkzeug.test import Client

from tests.dialects.thingspeak.boards import enrol
from tests.lab import Lab, opened_lab

WRONG = [
    ("PUT", "/update", "GET, OPTIONS, POST"),
    ("DELETE", "/update.json", "GET, OPTIONS, POST"),
    ("PATCH", "/s/update.xml", "GET, OPTIONS, POST"),
    ("POST", "/channels/1/feeds.json", "DELETE, GET, OPTIONS"),
    ("PUT", "/channels/1/feeds.csv", "GET, OPTIONS"),
    ("PUT", "/channels/1/fields/1/last", "GET, OPTIONS"),
    ("POST", "/channels/1/status.xml", "GET, OPTIONS"),
    ("GET", "/channels/1/bulk_update.json", "OPTIONS, POST"),
    ("GET", "/channels/1/bulk_update.csv", "OPTIONS, POST"),
    ("PUT", "/channels/1/bulk_update.json", "OPTIONS, POST"),
    ("POST", "/channels/1.json", "DELETE, GET, OPTIONS, PUT"),
    ("PATCH", "/channels/1.xml", "DELETE, GET, OPTIONS, PUT"),
    ("PUT", "/channels.json", "GET, OPTIONS, POST"),
    ("PUT", "/talkbacks/1/commands.json", "DELETE, GET, OPTIONS, POST"),
    ("PUT", "/talkbacks/1/commands/execute.json", "GET, OPTIONS, POST"),
    ("POST", "/talkbacks/1/commands/5.json", "DELETE, GET, OPTIONS, PUT"),
    ("POST", "/users/user1.json", "GET, OPTIONS"),
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.mark.parametrize(("method", "path", "taken"), WRONG)
def test_a_method_that_is_not_taken_is_405_in_the_form_that_was_asked_for(lab, method, path, taken):
    before = lab.count_rows()
    answer = lab.client.open(path, method=method, data={"api_key": enrol(lab).key, "field1": "1"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, taken)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert lab.count_rows()["reading"] == before["reading"]
    if path.endswith(".json"):
        assert answer.json["status"] == "405"
        assert answer.json["error"]["error_code"] == "error_method_invalid"
        assert answer.json["error"]["message"] == "Method Not Allowed"
    elif path.endswith(".xml"):
        assert ElementTree.fromstring(answer.text).findtext("error/error-code") == "error_method_invalid"
    elif not path.endswith("bulk_update.csv"):
        assert answer.text == "error_method_invalid"


@pytest.mark.parametrize("path", ["/channels/1/feeds.json", "/channels/1/fields/1/last", "/channels.json"])
def test_a_look_at_the_head_is_not_taken_and_says_what_is(lab, path):
    answer = lab.client.head(path)
    assert (answer.status_code, "GET" in answer.headers["Allow"]) == (405, True)


@pytest.mark.parametrize(("path", "method"), [("/api/v1/channels", "DELETE"), ("/healthz", "POST"), ("/", "POST")])
def test_other_addresses_refuse_in_our_words(lab, path, method):
    answer = lab.client.open(path, method=method)
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_a_method_that_a_header_or_a_form_names_counts_for_nothing(lab, header):
    board = enrol(lab)
    lab.client.get(f"/update?api_key={board.key}&field1=1")
    for path in (f"/channels/{board.channel_id}/feeds.json", f"/channels/{board.channel_id}.json"):
        lab.client.get(f"{path}?api_key={board.key}&_method=delete", headers={header: "DELETE"})
    assert board.stored() == [("temperature", 1)]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("ending", ["", ".txt", ".json", ".xml"])
def test_nobody_signs_in_with_a_password_and_is_told_what_to_send(lab, method, ending):
    answer = lab.client.open(f"/users/api_login{ending}", method=method, data={"login": "ada", "password": "x"})
    assert answer.status_code == 401
    assert "error_auth_required" in answer.text
    assert "personal token as api_key" in answer.text


@pytest.mark.parametrize(
    ("method", "path", "sentence"),
    [
        ("POST", "/alerts/send", "this server sends no mail"),
        ("GET", "/alerts/history", "this server sends no mail"),
        ("GET", "/apps/thinghttp/send_request", "this server calls no other"),
        ("POST", "/apps/thinghttp/send_request", "this server calls no other"),
    ],
)
@pytest.mark.parametrize("ending", ["", ".json", ".xml"])
def test_what_is_not_here_says_so(lab, method, path, ending, sentence):
    answer = lab.client.open(f"{path}{ending}", method=method)
    assert answer.status_code == 404
    assert "error_resource_not_found" in answer.text
    assert sentence in answer.text


@pytest.mark.parametrize("ending", ["", ".txt", ".json", ".xml"])
def test_an_update_to_a_host_with_a_slash_at_its_end_is_no_redirect(lab, ending):
    board = enrol(lab)
    asked = {"PATH_INFO": f"//update{ending}", "QUERY_STRING": f"api_key={board.key}&field1=1"}
    assert Client(lab.app).get("/update", environ_overrides=asked).status_code == 200
    assert board.stored() == [("temperature", 1)]
