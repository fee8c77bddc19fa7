"""The browser's chart library: the small bundle where it is installed and fits, the whole otherwise."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashapp import chart_library, create_dash
from live.sockets import Doors
from tests.lab import opened_lab
from tests.processes import ROOT

ADDRESS = "/_dash-component-suites/plotly/package_data/plotly.min.js"
IN_THE_BUNDLE = {"scatter", "bar"}
NO_TRACES = {"date", "line", "constant"}
"""Other things that a figure says the type of: axes, shapes, error bars."""


@pytest.fixture
def client() -> FlaskClient:
    server = Flask("labfeed", static_folder=None)
    create_dash(server, Doors())
    return server.test_client()


@pytest.fixture
def here() -> Path:
    found = chart_library.installed()
    if found is None:
        assert os.environ.get("CI") != "true", "tools/prepare installs it"
        pytest.skip("the charts' bundle is not installed here (tools/prepare test)")
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installed bundle of the version of the whole."""
    (tmp_path / chart_library.BUNDLE).write_text("window.Plotly = {};")
    (tmp_path / "package.json").write_text(json.dumps({"version": chart_library.version_of_whole()}))
    return tmp_path


class TestInstalled:
    def test_it_is_found(self, folder):
        assert chart_library.installed(folder) == folder / chart_library.BUNDLE

    def test_one_of_another_version_is_none(self, folder):
        (folder / "package.json").write_text(json.dumps({"version": "1.0.0"}))
        assert chart_library.installed(folder) is None

    def test_where_nothing_is_installed_there_is_none(self, tmp_path):
        assert chart_library.installed(tmp_path) is None

    def test_the_version_named_is_that_of_the_plotly_package(self):
        named = json.loads((ROOT / "package.json").read_text())["dependencies"]
        assert named == {"plotly.js-basic-dist-min": chart_library.version_of_whole()}


class TestPrefer:
    def test_the_bundle_is_served_at_the_address_of_the_whole(self, client, folder):
        chart_library.prefer(client.application, folder / chart_library.BUNDLE)
        assert client.get(ADDRESS).text == "window.Plotly = {};"

    def test_without_one_the_whole_is_served(self):
        server = Flask("labfeed", static_folder=None)
        server.add_url_rule("/<package_name>/<path:fingerprinted_path>", chart_library.SUITES, lambda **_: "whole")
        chart_library.prefer(server, None)
        assert server.test_client().get("/plotly/package_data/plotly.min.js").text == "whole"

    def test_other_scripts_are_served_as_before(self, client, folder):
        before = client.get("/_dash-component-suites/dash/dcc/async-graph.js").data
        chart_library.prefer(client.application, folder / chart_library.BUNDLE)
        assert client.get("/_dash-component-suites/dash/dcc/async-graph.js").data == before

    def test_what_is_installed_here_is_what_pages_get(self, client, here):
        assert client.get(ADDRESS).data == here.read_bytes()

    def test_it_goes_packed(self, client, here):
        answer = client.get(ADDRESS, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert int(answer.headers["Content-Length"]) < here.stat().st_size / 2

    def test_a_browser_that_has_it_is_told_so(self, client, here):
        etag = client.get(ADDRESS).headers["ETag"]
        assert client.get(ADDRESS, headers={"If-None-Match": etag}).status_code == 304


class TestEarly:
    @pytest.fixture
    def client(self, tmp_path: Path) -> Iterator[FlaskClient]:
        with opened_lab(tmp_path) as lab:
            yield lab.app.test_client()

    @pytest.mark.parametrize("path", ["/channels/7", "/embed/7"])
    def test_pages_with_charts_ask_for_it_in_their_head(self, client, path):
        head = client.get(path).text.partition("</head>")[0]
        assert f'<link rel="preload" as="script" href="{ADDRESS}">' in head

    @pytest.mark.parametrize("path", ["/", "/sign-in", "/channels/7/code"])
    def test_others_do_not(self, client, path):
        assert ADDRESS not in client.get(path).text.partition("</head>")[0]

    def test_what_they_ask_for_is_there(self, client):
        for link in chart_library.EARLY.split('href="')[1:]:
            with client.get(link.split('"')[0]) as answer:
                assert answer.status_code == 200


def test_figures_use_no_trace_that_the_bundle_lacks():
    found = {
        value.value
        for path in (ROOT / "dashapp" / "figures").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "type" and isinstance(value, ast.Constant)
    }
    assert found - NO_TRACES == IN_THE_BUNDLE
