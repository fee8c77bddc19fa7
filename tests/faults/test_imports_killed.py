"""An import goes on after its server was killed in the middle, and stores every row once."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

import pytest
import requests
from sqlalchemy import func, select

from domain.tokens import Life, Scope, new_token
from models import tokens
from models.schema import reading, rollup
from models.store import Store
from models.vault import Vault
from tests.builders import SECRET
from tests.faults.stage import labfeed_with_channel
from tests.people import acting, make_member, make_person
from tests.processes import wait_until
from tests.tokens import bearing

ROWS = 75_000
START = datetime(2026, 3, 1, tzinfo=UTC)


def file() -> bytes:
    lines = (f"{(START + timedelta(seconds=place)).isoformat()},{place}\n" for place in range(ROWS))
    return ("time,number\n" + "".join(lines)).encode()


@pytest.fixture
def scene(tmp_path):
    with labfeed_with_channel(tmp_path) as scene:
        yield scene


@pytest.fixture
def token(scene) -> str:
    store, written, now = Store.open(scene.server.database_url), new_token(random.choice), time.time_ns() // 1000
    try:
        owner = make_person(store, now=now)
        make_member(store, scene.channel.channel_id, owner)
        store.tell(tokens.make, acting(owner, at=now), Vault(SECRET), "Import", list(Scope), Life.DAY_1, written)
    finally:
        store.close()
    return written


@pytest.mark.long
@pytest.mark.timeout(240)
@pytest.mark.parametrize("rows", ["all", "good"])
def test_it_goes_on_and_stores_every_row_once(scene, token, rows):
    def ask(method: str, path: str = "", **options) -> dict:
        address = f"{scene.server.url}/api/v1/channels/{scene.channel.channel_id}/imports{path}"
        return requests.request(method, address, headers=bearing(token), timeout=30, **options).json()

    query = f"?rows={rows}&columns=number%3Dimported&kinds=imported%3Dnumber"
    where = f"/{ask('POST', query, data=file())['id']}"
    for part in (0.1, 0.5):
        wait_until(lambda part=part: ask("GET", where)["stored"] >= part * ROWS, within_s=90, what="it is storing")
        scene.server.restart()
    wait_until(lambda: ask("GET", where)["state"] == "done", within_s=90, what="the rest is stored")
    told = ask("GET", where)
    assert (told["stored"], told["repeated"], told["rows"]) == (ROWS, 0, ROWS)
    store = Store.open(scene.server.database_url)
    try:
        count, distinct = store.ask(
            lambda connection: connection.execute(select(func.count(), func.sum(reading.c.value))).one()
        )
        summed = select(func.sum(rollup.c.n)).where(rollup.c.width == 10_000_000)
        assert (count, distinct) == (ROWS, ROWS * (ROWS - 1) / 2)
        assert store.ask(lambda connection: connection.execute(summed).scalar_one()) == ROWS
    finally:
        store.close()
