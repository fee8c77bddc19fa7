"""The addresses of ThingSpeak: each ending by itself, none a redirect, each open to what a browser asks first."""

from __future__ import annotations

import pytest
from flask import Flask, Response
from werkzeug.test import TestResponse

from dialects.thingspeak.answering import Form, said
from dialects.thingspeak.asking import Asked
from dialects.thingspeak.door import Door
from dialects.thingspeak.failing import Failed, Failure
from domain.errors import Busy, Forbidden, Invalid, NotFound, StorageFull, TooFast

ENDINGS = ("", ".txt", ".json", ".xml", ".csv")


def opened(view) -> Flask:
    door, app = Door(1000), Flask("door")
    door.on("GET", "/channels/<int:channel>/feeds", "/channels/<int:channel>/feed")(view)
    door.on("DELETE", "/channels/<int:channel>/feeds")(remove)
    app.register_blueprint(door.routes)
    assert door.endpoints == {each for each in app.view_functions if each.startswith("thingspeak.")}
    return app


def show(asked: Asked, form: Form, channel: int) -> Response:
    return said(f"{form!r} {channel} {asked.text('x')}", form)


def remove(_asked: Asked, form: Form, channel: int) -> Response:
    return said(f"removed {channel}", form)


def get(view, path: str, **options) -> TestResponse:
    return opened(view).test_client().get(path, **options)


class TestAddresses:
    @pytest.mark.parametrize("ending", ENDINGS)
    @pytest.mark.parametrize("name", ["feeds", "feed"])
    @pytest.mark.parametrize("slash", ["", "/"])
    def test_each_ending_of_each_is_itself(self, name, ending, slash):
        response = get(show, f"/channels/7/{name}{ending}{slash}?x=1")
        form = Form(ending.removeprefix("."))
        assert (response.status_code, response.text) == (200, f"{form!r} 7 1")

    def test_methods_share_an_address(self):
        assert opened(show).test_client().delete("/channels/7/feeds.json").text == "removed 7"

    @pytest.mark.parametrize("ending", ENDINGS)
    def test_options_is_answered_empty(self, ending):
        response = opened(show).test_client().options(f"/channels/7/feeds{ending}")
        assert (response.status_code, response.data) == (200, b"")
        assert response.headers["Access-Control-Allow-Origin"] == "*"

    def test_head_is_not_taken(self):
        assert opened(show).test_client().head("/channels/7/feeds").status_code == 405

    @pytest.mark.parametrize("ending", ENDINGS)
    def test_another_method_is_told_what_is_taken(self, ending):
        response = opened(show).test_client().post(f"/channels/7/feed{ending}")
        assert (response.status_code, response.headers["Allow"]) == (405, "GET, OPTIONS")
        assert "error_method_invalid" in response.text


class TestRefusals:
    @pytest.mark.parametrize(
        ("error", "status", "word"),
        [
            (Failed(Failure.NOTHING_DONE), 421, "error_no_action"),
            (Invalid("no"), 400, "error_bad_request"),
            (Forbidden("no"), 401, "error_auth_required"),
            (NotFound("no"), 404, "error_resource_not_found"),
            (TooFast("no"), 429, "error_too_many_requests"),
            (Busy("no"), 503, "error_unavailable"),
            (StorageFull("no"), 500, "error_internal"),
            (ZeroDivisionError(), 500, "error_internal"),
        ],
    )
    def test_each_is_told_in_their_words(self, error, status, word):
        def refuse(asked: Asked, form: Form, channel: int) -> Response:
            raise error

        response = get(refuse, "/channels/7/feeds.json")
        assert (response.status_code, response.json["error"]["error_code"]) == (status, word)
        assert response.json["status"] == str(status)
        assert get(refuse, "/channels/7/feeds").text == word
        assert f"<error-code>{word}</error-code>" in get(refuse, "/channels/7/feeds.xml").text
