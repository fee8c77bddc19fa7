"""Where the parts meet: a whole app, each time it is made, with nothing unguarded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy import select

import server
from config import EXIT_CONFIG
from domain.channels import Visibility
from domain.errors import ConfigError, NotFound
from models.schema import key
from models.store import Store
from tests.builders import refusals_of
from tests.lab import Lab, opened_lab
from tests.processes import ROOT


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


class TestTwoApps:
    def test_what_is_made_in_one_does_not_exist_in_the_other(self, lab, tmp_path):
        board = lab.enrol()
        board.post({"temperature": 1})
        with opened_lab(tmp_path) as other:
            path = f"/api/v1/channels/{board.channel_id}/readings"
            assert lab.client.get(path).status_code == 200
            assert other.client.get(path).status_code == 404
            assert (
                other.client.post("/api/v1/readings", json={"t": 1}, headers={"X-API-Key": board.key}).status_code
                == 401
            )

    def test_both_have_every_callback(self, lab, tmp_path):
        with opened_lab(tmp_path) as other:
            wired = [each.client.get("/_dash-dependencies").json for each in (lab, other)]
        assert wired[0] == wired[1]
        assert wired[0]

    def test_both_have_every_address(self, lab, tmp_path):
        with opened_lab(tmp_path) as other:
            assert endpoints(lab) == endpoints(other)


class TestGuard:
    def test_no_address_is_unguarded(self, lab):
        """Each is declared open by name, or known to be closed; a new one fails here until somebody thought of it."""
        assert {endpoint for endpoint in endpoints(lab) if is_hidden(lab, endpoint)} == KNOWN_TO_BE_CLOSED

    def test_every_name_declared_open_is_an_address(self, lab):
        assert server.OPEN_ENDPOINTS - endpoints(lab) == set()

    def test_an_address_added_later_does_not_exist(self, tmp_path):
        with opened_lab(tmp_path) as lab:
            lab.app.add_url_rule("/forgotten", "forgotten", lambda: "nobody thought of this")
            assert lab.client.get("/forgotten").status_code == 404


KNOWN_TO_BE_CLOSED = {"/_reload-hash"}  # Dash's, for development with its own server


def endpoints(lab: Lab) -> set[str]:
    return {rule.endpoint for rule in lab.app.url_map.iter_rules()}


def is_hidden(lab: Lab, endpoint: str) -> bool:
    """Whether the guard refuses a request for this endpoint."""
    with lab.app.test_request_context("/") as request:
        request.request.url_rule = next(rule for rule in lab.app.url_map.iter_rules() if rule.endpoint == endpoint)
        guards = lab.app.before_request_funcs[None]
        [guard] = [function for function in guards if function.__module__ == "accounts.guard"]
        try:
            guard()
        except NotFound:
            return True
    return False


class TestStart:
    def test_in_development_the_tables_are_made(self, tmp_path):
        with opened_lab(tmp_path, has_tables=False) as lab:
            assert lab.client.get("/readyz").status_code == 200

    def test_in_production_they_are_not(self, tmp_path):
        settings = {
            "LABFEED_ENV": "production",
            "PUBLIC_URL": "https://host.example",
            "SECRET_KEY": "Xq3vT8mZr1LwB6yNc4KdH9sJf2PgV7aE",
        }
        with opened_lab(tmp_path, **settings) as lab:
            assert lab.client.get("/readyz").status_code == 503
            lab.app.test_cli_runner().invoke(args=["db", "upgrade"])
            assert lab.client.get("/readyz").status_code == 200

    @pytest.mark.parametrize(
        ("name", "value"), [("RATE_LIMIT", "fast"), ("DATABASE_URL", "nonsense"), ("DATABASE_URL", "mysql://host/x")]
    )
    def test_a_setting_that_cannot_be_right_is_named(self, tmp_path, name, value):
        with pytest.raises(ConfigError, match=name), opened_lab(tmp_path, **{name: value}):
            pass

    @pytest.mark.parametrize(
        ("name", "value"),
        [("PORT", "http"), ("LABFEED_ENV", "production"), ("DATABASE_URL", "x"), ("RATE_LIMIT", "fast")],
    )
    def test_a_process_leaves_with_a_sentence_and_78(self, tmp_path, name, value):
        environment = {"PATH": "/usr/bin", "PYTHONPATH": str(ROOT), "DATA_DIR": str(tmp_path), name: value}
        done = subprocess.run(
            [sys.executable, "-c", "import wsgi"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == EXIT_CONFIG
        assert done.stderr.startswith("Labfeed cannot start: ")
        assert "Traceback" not in done.stderr


class TestBackground:
    def test_refusals_are_written_down_by_themselves(self, lab, eventually):
        board = lab.enrol()
        board.post({"temperature": "warm"})
        noted = eventually(lambda: lab.store.ask(refusals_of, board.channel_id))
        assert noted[0][1] == "invalid"

    def test_what_was_collected_is_written_down_at_the_end(self, tmp_path):
        with opened_lab(tmp_path) as lab:
            board = lab.enrol()
            board.post({"temperature": 1})
        store = Store.open(f"sqlite:///{tmp_path / 'labfeed.db'}")
        used = store.ask(lambda connection: connection.scalars(select(key.c.last_used_door)).all())
        store.close()
        assert used == ["http"]


class TestAnAddressWithoutAPage:
    def test_it_is_answered_404_with_the_page_that_says_so(self, lab):
        answer = lab.client.get("/no/such/page")
        assert answer.status_code == 404
        assert b"Labfeed" in answer.data

    def test_a_channel_is_found_or_not_like_one_that_never_was(self, lab):
        shown, hidden = lab.enrol(), lab.enrol(visibility=Visibility.MEMBERS)
        assert lab.client.get(f"/channels/{shown.channel_id}").status_code == 200
        assert lab.client.get(f"/channels/{hidden.channel_id}").status_code == 404
        assert lab.client.get("/channels/999999").status_code == 404
