"""Parquet and Excel from a real server: the process that makes them, and what is left of it."""

from __future__ import annotations

import io
import json
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow.parquet as pq
import pytest

from tests.api.rendering.workbooks import sheets_of
from tests.servers import LabfeedServer

ROWS = 12_000
FIRST = 1_780_000_000
FIXED = f"from={FIRST}&to={FIRST + ROWS}&shape=tidy"


@pytest.fixture
def address(labfeed: LabfeedServer) -> str:
    """Of the readings of some hours, as a file without its ending."""
    made = labfeed.create_channel("Kiln", feeds=["temperature:°C"])
    for start in range(0, ROWS, 4_000):
        body = [{"at": FIRST + second, "temperature": second / 100} for second in range(start, start + 4_000)]
        request = urllib.request.Request(
            f"{labfeed.url}/api/v1/readings", json.dumps(body).encode(), {"X-API-Key": made.write_key}
        )
        request.add_header("Content-Type", "application/json")
        assert urllib.request.urlopen(request, timeout=30).status == 201
    return f"{labfeed.url}/api/v1/channels/{made.channel_id}/download"


def taken(address: str, form: str) -> bytes:
    with urllib.request.urlopen(f"{address}.{form}?{FIXED}", timeout=90) as answer:
        return answer.read()


def makers(server: LabfeedServer) -> list[int]:
    """The processes that make files for a server."""
    listed = [Path(f"/proc/{pid}/task/{pid}/children").read_text().split() for pid in server.pids if is_there(pid)]
    return [int(child) for children in listed for child in children]


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def nameless_files(server: LabfeedServer) -> int:
    """How many files without a name its processes hold."""
    return sum(
        link.readlink().name.endswith("(deleted)")
        for pid in server.pids
        for link in Path(f"/proc/{pid}/fd").iterdir()
        if link.is_symlink()
    )


class TestServed:
    def test_both_forms_are_whole(self, address):
        expected = [second / 100 for second in range(ROWS)]
        assert pq.read_table(io.BytesIO(taken(address, "parquet")))["value"].to_pylist() == expected
        (sheet,) = sheets_of(taken(address, "xlsx")).values()
        assert [row["E"] for row in sheet.rows[1:]] == expected

    def test_nothing_is_left_of_it(self, labfeed, address, eventually):
        before = nameless_files(labfeed)
        taken(address, "parquet")
        eventually(lambda: nameless_files(labfeed) <= before, what="the file is let go of")
        with leaving_in_the_middle(address):
            eventually(lambda: makers(labfeed), what="a process makes the file")
        eventually(lambda: not makers(labfeed) and nameless_files(labfeed) <= before, what="nothing is left")


@contextmanager
def leaving_in_the_middle(address: str) -> Iterator[None]:
    """Ask for a file, and go before it comes."""
    parts = urlsplit(f"{address}.xlsx?{FIXED}")
    with closing(socket.create_connection((parts.hostname, parts.port), timeout=30)) as line:
        line.sendall(f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        yield
