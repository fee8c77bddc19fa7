"""The server's clock, and whether it is well."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from sqlalchemy import text

from models.store import Store
from tests.lab import opened_lab


@pytest.fixture
def lab(tmp_path):
    with opened_lab(tmp_path) as lab:
        yield lab


class TestTime:
    def test_it_is_told_in_every_form_a_board_may_want(self, lab):
        before = time.time_ns()
        told = lab.client.get("/time").json
        after = time.time_ns()
        assert before // 10**9 <= told["epoch_s"] <= after // 10**9
        assert before // 10**6 <= told["epoch_ms"] <= after // 10**6
        assert datetime.fromisoformat(told["time"]).timestamp() == pytest.approx(told["epoch_ms"] / 1000, abs=0.01)
        assert told["time"].endswith("Z")


class TestHealthz:
    def test_the_process_answers(self, lab):
        assert lab.client.get("/healthz").json == {"status": "ok"}


class TestReadyz:
    def test_it_can_store_and_show(self, lab):
        assert lab.client.get("/readyz").json == {"status": "ready"}

    def test_without_the_tables_of_this_version_it_says_what_to_do(self, lab):
        lab.store.tell(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '0000'")))
        told = lab.client.get("/readyz")
        assert (told.status_code, told.json["type"]) == (503, "/problems/busy")
        assert "db upgrade" in told.json["detail"]

    def test_without_its_database_it_says_so(self, lab, monkeypatch):
        away = Store.open("postgresql+psycopg://labfeed@127.0.0.1:1/nothing")
        lab.store.close()
        monkeypatch.setattr(lab.store, "engine", away.engine)
        told = lab.client.get("/readyz")
        assert (told.status_code, told.json["type"]) == (503, "/problems/busy")
