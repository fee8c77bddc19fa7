"""What is withdrawn stops by itself, whichever process withdrew it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.servers import LabfeedServer


@contextmanager
def listening(labfeed: LabfeedServer, channel_id: int, key: str) -> Iterator[ClientConnection]:
    address = f"{labfeed.websocket_url}/ws/channels/{channel_id}"
    with connect(address, additional_headers={"X-API-Key": key}, open_timeout=20) as client:
        assert json.loads(client.recv(timeout=20))["type"] == "hello"
        yield client


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_stream_ends_with_its_key_and_with_no_other(start_labfeed, engine, request):
    database_url = request.getfixturevalue("postgres_url") if engine == "postgresql" else None
    labfeed = start_labfeed(database_url=database_url)
    channel = labfeed.create_channel("Greenhouse", visibility="members")
    other = labfeed.run_command("key", "create", str(channel.channel_id), "--right", "read").strip()
    with (
        listening(labfeed, channel.channel_id, channel.read_key) as mine,
        listening(labfeed, channel.channel_id, other) as theirs,
    ):
        labfeed.run_command("key", "revoke", channel.read_key)
        with pytest.raises(ConnectionClosed) as closed:
            mine.recv(timeout=20)
        assert closed.value.rcvd.code == 1008
        headers = {"X-API-Key": channel.write_key}
        sent = requests.post(f"{labfeed.url}/api/v1/readings", json={"temperature": 21.4}, headers=headers, timeout=20)
        assert sent.status_code == 201
        assert json.loads(theirs.recv(timeout=20))["entry_id"] == 1
