"""From which address somebody asks, where a proxy stands between."""

from __future__ import annotations

import pytest

from domain.roles import Right
from models.schema import key as key_table
from tests.lab import Lab, opened_lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with opened_lab(tmp_path_factory.mktemp("lab"), FORWARDED_ALLOW_IPS="10.0.0.0/8") as lab:
        yield lab


def noted_from(lab: Lab, peer: str) -> str:
    """The address from which a key was used, by what is kept, when this peer says that it asks for others."""
    board = lab.enrol()
    key = lab.make_key(board.channel_id, Right.READ)
    told = {"X-API-Key": key, "X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
    address = f"/api/v1/channels/{board.channel_id}/readings"
    lab.client.get(address, headers=told, environ_overrides={"REMOTE_ADDR": peer})
    lab.parts.uses.write_down()
    found = key_table.select().where(key_table.c.digest == lab.parts.vault.digest(key))
    return lab.store.ask(lambda connection: connection.execute(found).one()).last_used_from


def test_one_of_our_proxies_says_who_asks(lab):
    assert noted_from(lab, "10.1.2.3") == "203.0.113.7"


def test_nobody_else_does(lab):
    assert noted_from(lab, "127.0.0.1") == "127.0.0.1"
