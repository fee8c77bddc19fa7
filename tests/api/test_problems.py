"""How refusals look over HTTP: every one of them in the same form."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from flask import Flask, abort, redirect

from api import problems
from domain.errors import Busy, LabfeedError, family
from tests.lab import Lab, opened_lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def client():
    """A client of an app whose views raise everything there is."""
    app = Flask("refusing")
    problems.register(app)

    @app.get("/of-the-family/<code>")
    def of_the_family(code: str):
        raise family()[code](f"It is {code}.")

    @app.get("/of-the-framework/<int:status>")
    def of_the_framework(status: int):
        abort(status)

    @app.get("/unforeseen")
    @app.get("/unforeseen/<address>")
    def unforeseen(address=""):
        raise KeyError("a secret of the inside")

    @app.get("/elsewhere")
    def elsewhere():
        return redirect("/")

    @app.get("/busy")
    def busy():
        raise Busy("Come back.", retry_after_s=2.5)

    return app.test_client()


def expect_problem(response, status: int) -> dict:
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    problem = response.json
    assert {"type", "title", "status", "detail"} <= problem.keys()
    assert problem["status"] == status
    assert problem["type"].removeprefix("/problems/") in family()
    assert problem["detail"].endswith(".")
    return problem


class TestEveryRefusal:
    @pytest.mark.parametrize("code", family())
    def test_of_the_family_is_a_problem(self, client, code):
        problem = expect_problem(client.get(f"/of-the-family/{code}"), family()[code].status)
        assert (problem["type"], problem["detail"]) == (f"/problems/{code}", f"It is {code}.")

    @pytest.mark.parametrize("status", [400, 403, 404, 405, 408, 410, 413, 414, 415, 429, 431, 500, 503])
    def test_of_the_framework_is_one_too(self, client, status):
        expect_problem(client.get(f"/of-the-framework/{status}"), status)

    def test_an_address_that_is_not_there_is_one(self, client):
        assert expect_problem(client.get("/nowhere"), 404)["type"] == "/problems/not-found"

    def test_a_method_that_is_not_taken_tells_which_are(self, client):
        response = client.post("/busy")
        expect_problem(response, 405)
        assert "GET" in response.headers["Allow"]

    def test_when_to_come_back_is_told_twice(self, client):
        response = client.get("/busy")
        assert expect_problem(response, 503)["retry_after"] == 2.5
        assert response.headers["Retry-After"] == "3"

    def test_a_fault_of_ours_is_told_by_its_number_alone(self, client, caplog):
        with caplog.at_level(logging.ERROR):
            problem = expect_problem(client.get("/unforeseen"), 500)
        number = problem["detail"].partition("error ")[2].rstrip(").")
        assert number in caplog.text
        assert "a secret of the inside" in caplog.text
        assert "a secret of the inside" not in str(problem)

    def test_the_log_holds_no_key_of_an_address(self, client, caplog):
        with caplog.at_level(logging.ERROR):
            client.get("/unforeseen/API_key=ABCDEFGHIJKLMNOP")
        assert "API_key=…" in caplog.text
        assert "ABCDEFGHIJKLMNOP" not in caplog.text

    def test_an_address_makes_no_line_of_the_log(self, client, caplog):
        with caplog.at_level(logging.ERROR):
            client.get("/unforeseen/%0AERROR forged")
        assert "\nERROR forged" not in caplog.text
        assert "ERROR forged" in caplog.text

    def test_a_redirect_stays_what_it_is(self, client):
        assert client.get("/elsewhere").status_code == 302


class TestAbout:
    @pytest.mark.parametrize("code", family())
    def test_the_type_of_every_problem_leads_to_a_page_about_it(self, lab, code):
        told = lab.client.get(f"/problems/{code}")
        assert told.status_code == 200
        assert (told.json["code"], told.json["status"], told.json["title"]) == (
            code,
            family()[code].status,
            family()[code].title,
        )

    def test_another_is_not_found(self, lab):
        expect_problem(lab.client.get("/problems/bad-luck"), 404)


class TestTheInterface:
    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
    @pytest.mark.parametrize(
        "path", ["/api/v1/reading", "/api/v2/readings", "/api/v1/", "/api/v1/channels/7/nothing/at/all"]
    )
    def test_an_address_with_a_typo_is_no_page(self, lab, method, path):
        problem = expect_problem(lab.client.open(path, method=method), 404)
        assert problem["detail"] == "There is no such address."

    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [
            ("GET", "/api/v1/readings", "POST"),
            ("PUT", "/api/v1/channels/7/readings", "GET, POST"),
            ("POST", "/api/v1/write", "GET"),
            ("PUT", "/api/v1/channels/7/feeds/door", "DELETE, GET, PATCH, POST"),
        ],
    )
    def test_a_method_that_is_not_taken_tells_which_are(self, lab, method, path, allowed):
        response = lab.client.open(path, method=method)
        expect_problem(response, 405)
        assert response.headers["Allow"] == allowed

    def test_pages_are_drawn_elsewhere(self, lab):
        assert lab.client.get("/anything/else").content_type.startswith("text/html")

    def test_a_refusal_of_a_view_is_its_own(self, lab):
        assert issubclass(family()["not-found"], LabfeedError)
        problem = expect_problem(lab.client.get("/api/v1/channels/999/readings"), 404)
        assert problem["detail"] == "There is no channel 999 that you may see."
