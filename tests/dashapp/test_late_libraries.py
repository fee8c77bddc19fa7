"""Libraries that come late: no page carries their scripts; the callback that needs one names them, once asked."""

from __future__ import annotations

from typing import Any

import dash_ag_grid
import pytest
from flask import Flask, jsonify
from flask.testing import FlaskClient

from dashapp import create_dash, late_libraries
from live.sockets import Doors


@pytest.fixture
def client() -> FlaskClient:
    """Of a server with our pages, and an address that answers as a callback does."""
    server = Flask("labfeed", static_folder=None)
    create_dash(server, Doors())

    @server.get("/draw/<what>")
    def draw(what: str) -> Any:
        if what == "grid":
            late_libraries.bring(dash_ag_grid)
        return jsonify(response={"here": {"children": what}})

    return server.test_client()


def test_no_page_carries_their_scripts(client):
    assert "component-suites/dash_ag_grid" not in client.get("/").text


def test_the_answer_that_needs_one_names_where_it_is(client):
    said = client.get("/draw/grid").json
    assert said["response"] == {"here": {"children": "grid"}}
    [script] = said["dist"]
    assert script["type"] == "_js_dist"
    with client.get(script["url"]) as served:
        assert served.status_code == 200


def test_other_answers_name_none(client):
    client.get("/draw/grid")
    assert "dist" not in client.get("/draw/words").json


def test_what_it_loads_by_itself_is_served_too(client):
    with client.get("/_dash-component-suites/dash_ag_grid/async-community.js") as served:
        assert served.status_code == 200


def test_pages_stay_without_it_after_it_was_asked_for(client):
    client.get("/draw/grid")
    assert "component-suites/dash_ag_grid" not in client.get("/").text
