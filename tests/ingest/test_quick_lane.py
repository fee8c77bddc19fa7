"""The quick lane answers exactly as the Flask view behind it."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from tests.ingest.refused_messages import FORM, READINGS, REFUSALS
from tests.lab import Board, Lab, opened_lab

GOOD: dict[str, dict] = {
    "an object": {"data": '{"temperature": 21.4, "door": "open"}'},
    "a list": {"data": '[{"temperature": 1}, {"temperature": 2}]'},
    "values": {"data": '{"at": "2026-01-01T00:00:00Z", "values": {"temperature": 1}, "status": "well"}'},
    "a form": {"data": "temperature=21.4", "content_type": FORM},
    "gzip": {"data": gzip.compress(b'{"temperature": 1}'), "headers": {"Content-Encoding": "gzip"}},
    "a new feed": {"data": '{"humidity": 40}'},
    "lenient": {"data": '[{"temperature": 1}, {"temperature": null}]', "headers": {"Prefer": "handling=lenient"}},
    "a parameter": {"data": '{"temperature": 1}', "query_string": {"x": "é"}},
}
REFUSED = [name for name, refusal in REFUSALS.items() if refusal.path.partition("?")[0] == READINGS]


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab"), RATE_LIMIT="1/h burst 10000") as lab:
        yield lab


@pytest.fixture
def quick(lab) -> Client:
    return Client(lab.app.wsgi_app)


@pytest.fixture
def view(lab) -> Client:
    """The app without anything before it."""
    return Client(partial(Flask.wsgi_app, lab.app))


def told(response: TestResponse) -> tuple[int, dict, dict]:
    """Status, body and headers, without what differs from one second to the next."""
    text = re.sub(r"server's clock \([^)]*\)", "server's clock", response.text)
    body = {name: value for name, value in json.loads(text).items() if name != "server_time"}
    headers = {name: value.partition("t=")[0] for name, value in response.headers if name != "Content-Length"}
    return response.status_code, body, headers


def post(client: Client, board: Board, *, headers: dict | None = None, path: str = READINGS, **options) -> TestResponse:
    return client.post(path, headers={"X-API-Key": board.key} | (headers or {}), **options)


class TestTheSameAnswer:
    @pytest.mark.parametrize("name", GOOD)
    def test_to_what_is_stored(self, lab, quick, view, name):
        answers = [told(post(client, lab.enrol(), **GOOD[name])) for client in (quick, view)]
        assert answers[0] == answers[1]
        assert answers[0][0] == 201

    @pytest.mark.parametrize("name", REFUSED)
    def test_to_what_is_refused(self, lab, quick, view, name):
        refusal = REFUSALS[name]

        def refused_by(client: Client) -> tuple[int, dict, dict]:
            board = lab.enrol()
            sender: Board = refusal.changes(board) or board
            body = {"data": refusal.body} if isinstance(refusal.body, bytes | str) else {"json": refusal.body}
            return told(post(client, sender, path=refusal.path, **body, **refusal.options))

        answers = [refused_by(client) for client in (quick, view)]
        assert answers[0] == answers[1]

    def test_to_a_full_queue(self, lab, quick, view, monkeypatch):
        monkeypatch.setattr(lab.parts.writer, "_queue_limit", 0)
        board = lab.enrol()
        answers = [told(post(client, board, data='{"temperature": 1}')) for client in (quick, view)]
        assert answers[0] == answers[1]
        assert answers[0][2]["Retry-After"] == "1"

    def test_to_a_fault_of_the_server(self, lab, quick, view, monkeypatch):
        monkeypatch.setattr(lab.parts.writer, "append", fail)
        board = lab.enrol()
        for client in (quick, view):
            answer = post(client, board, data='{"temperature": 1}')
            assert (answer.status_code, answer.content_type) == (500, "application/problem+json")


def fail(_submission) -> None:
    raise ZeroDivisionError


class TestWhatItTakes:
    @pytest.fixture
    def lane(self, lab) -> Callable[..., list[str]]:
        """A function: the paths that a request was handed on with."""
        from ingest import quick_lane

        def send(path: str, method: str) -> list[str]:
            handed_on = []

            def app(environ, start_response):
                handed_on.append(environ["PATH_INFO"])
                start_response("200 OK", [])
                return []

            Client(quick_lane.in_front_of(app, None, lambda: 0, 1000)).open(path, method=method)
            return handed_on

        return send

    @pytest.mark.parametrize(
        ("path", "method"),
        [(READINGS, "GET"), (READINGS, "OPTIONS"), (READINGS + "/", "POST"), ("/", "POST"), ("/api/v1/write", "GET")],
    )
    def test_everything_else_goes_on_to_the_app(self, lane, path, method):
        assert lane(path, method) == [path]
