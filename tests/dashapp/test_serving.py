"""What Dash's own addresses answer to nonsense: 400 or 404, never 200 and never 500."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab import Lab, opened_lab
from tests.tab import Tab, post


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def tab(lab) -> Tab:
    return Tab(lab.client, "/")


@pytest.fixture
def asked(tab) -> Any:
    """What the wall asks to be drawn."""
    return next(each for each in tab.asked if "wall-grid" in each["output"])


def expect_malformed(answer) -> None:
    assert (answer.status_code, answer.json["type"]) == (400, "/problems/malformed")


class TestCallbacks:
    def test_as_the_page_asks_it_is_answered(self, tab, asked):
        assert post(tab.client, asked).status_code == 200

    @pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b"nonsense"])
    def test_what_is_no_json_is_refused(self, tab, body):
        token = tab.client.get_cookie("_csrf_token").value
        headers = {"Origin": "http://localhost", "X-CSRFToken": token, "Content-Type": "application/json"}
        expect_malformed(tab.client.post("/_dash-update-component", data=body, headers=headers))

    @pytest.mark.parametrize("payload", [7, [], "text", {}, {"output": None}, {"output": 7}, {"output": "none.such"}])
    def test_what_asks_for_no_callback_is_refused(self, tab, payload):
        expect_malformed(post(tab.client, payload))

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("inputs", None),
            ("inputs", []),
            ("inputs", {}),
            ("inputs", ["text"]),
            ("inputs", [{}]),
            ("inputs", [{"id": "wall-grid", "property": "children"}]),
            ("state", None),
            ("state", []),
            ("state", [[[]]]),
            ("outputs", None),
            ("outputs", []),
            ("outputs", {"id": "wall-grid", "property": "children"}),
            ("outputs", [{"id": "notice", "property": "children"}] * 4),
            ("changedPropIds", None),
            ("changedPropIds", [7]),
        ],
    )
    def test_what_is_not_what_the_callback_takes_is_refused(self, tab, asked, name, value):
        expect_malformed(post(tab.client, asked | {name: value}))

    @pytest.mark.parametrize("name", ["output", "outputs", "inputs", "state"])
    def test_what_lacks_a_part_is_refused(self, tab, asked, name):
        expect_malformed(post(tab.client, {key: value for key, value in asked.items() if key != name}))


class TestFiles:
    @pytest.mark.parametrize(
        "path",
        [
            "/_dash-component-suites/../../etc/passwd",
            "/_dash-component-suites/dash/../../../../etc/passwd",
            "/_dash-component-suites/dash/%2e%2e/%2e%2e/etc/passwd",
            "/_dash-component-suites/dash/..%2f..%2fetc%2fpasswd",
            "/_dash-component-suites/os/path.py",
            "/_dash-component-suites/dash/dash.py",
            "/_dash-component-suites/dash/\x00",
            "/assets/../server.py",
            "/assets/..%2fserver.py",
            "/assets//etc/passwd",
            "/bootstrap/static/../../etc/passwd",
        ],
    )
    def test_nothing_but_what_pages_load_is_found(self, lab, path):
        answer = lab.client.get(path)
        assert answer.status_code in (400, 404)
        assert "root:" not in answer.text


class TestPages:
    @pytest.mark.parametrize(
        "path", ["/no/such/page", "/channels/none", "/channels/%0a/keys", "/channels/7%00", "/%e2%80%ae"]
    )
    def test_what_leads_nowhere_is_404(self, lab, path):
        assert lab.client.get(path).status_code == 404
