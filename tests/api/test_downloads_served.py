"""Files taken from a real server, with a program that people use: cut, gone on with, broken off."""

from __future__ import annotations

import http.client
import json
import random
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from models import channels
from models.store import Store
from tests.processes import require_program
from tests.servers import LabfeedServer

ROWS = 60_000
FIRST = 1_780_000_000
NAME = "Long " * 40
"""So that the file is larger than what the connection takes in by itself."""

FIXED = f"from={FIRST}&to={FIRST + ROWS}&shape=tidy"


@pytest.fixture
def address(labfeed: LabfeedServer) -> str:
    """Of the readings of sixty thousand seconds, as a file."""
    made = labfeed.create_channel(NAME, feeds=["temperature:°C"])
    for body in bodies():
        request = urllib.request.Request(f"{labfeed.url}/api/v1/readings", body, {"X-API-Key": made.write_key})
        request.add_header("Content-Type", "application/json")
        assert urllib.request.urlopen(request, timeout=30).status == 201
    return f"{labfeed.url}/api/v1/channels/{made.channel_id}/download.csv"


def bodies() -> Iterator[bytes]:
    for start in range(0, ROWS, 4_000):
        rows = [{"at": FIRST + second, "temperature": second / 100} for second in range(start, start + 4_000)]
        yield json.dumps(rows).encode()


def curl(*words: str) -> int:
    """How it ended."""
    return subprocess.run([require_program("curl"), "--silent", "--fail", *words], timeout=60, check=False).returncode


class TestCurl:
    def test_it_goes_on_where_it_was_cut(self, address, tmp_path):
        whole, cut = tmp_path / "whole.csv", tmp_path / "cut.csv"
        assert curl("--output", str(whole), f"{address}?{FIXED}") == 0
        content = whole.read_bytes()
        assert content.count(b"\r\n") == ROWS + 1
        cut.write_bytes(content[: random.Random(len(content)).randrange(1, len(content))])
        assert curl("--continue-at", "-", "--output", str(cut), f"{address}?{FIXED}") == 0
        assert cut.read_bytes() == content

    def test_it_is_led_to_the_instants_and_the_name(self, address, tmp_path):
        command = ("--location", "--remote-name", "--remote-header-name", "--output-dir", str(tmp_path))
        assert curl(*command, f"{address}?shape=tidy") == 0
        (file,) = tmp_path.iterdir()
        assert file.name.startswith("long-long-")
        assert file.read_bytes().count(b"\r\n") == ROWS + 1

    def test_it_does_not_go_on_with_a_range_that_moves(self, address, tmp_path):
        cut = tmp_path / "cut.csv"
        cut.write_bytes(b"time_utc,channel\r\n")
        assert curl("--location", "--continue-at", "-", "--output", str(cut), f"{address}?shape=tidy") != 0
        assert cut.read_bytes() == b"time_utc,channel\r\n"


class TestBrokenOff:
    @pytest.mark.parametrize("version", [11, 10])
    def test_half_a_file_is_never_taken_for_a_whole_one(self, labfeed, address, version):
        parts = urlsplit(f"{address}?{FIXED}")
        connection = http.client.HTTPConnection(parts.netloc, timeout=60)
        connection._http_vsn, connection._http_vsn_str = version, f"HTTP/{version // 10}.{version % 10}"
        with closing(connection):
            connection.connect()
            connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
            connection.request("GET", f"{parts.path}?{parts.query}")
            with closing(connection.getresponse()) as answer:
                assert answer.status == 200
                take_away(labfeed, int(parts.path.split("/")[4]))
                with pytest.raises((http.client.IncompleteRead, ConnectionError)):
                    answer.read()


def take_away(labfeed: LabfeedServer, channel_id: int) -> None:
    """Delete a channel while the server is at work."""
    store = Store.open(labfeed.database_url)
    try:
        store.tell(channels.remove, channel_id)
    finally:
        store.close()
