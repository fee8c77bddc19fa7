"""The page about channels in ThingSpeak's language holds: its blocks are run by a real curl against the real server."""

from __future__ import annotations

import json
import socket
import subprocess

import pytest

from tests.contracts.test_device_examples import LINK, examples_in
from tests.contracts.test_programs import Reader, make_reader
from tests.processes import ROOT

PAGE = ROOT / "docs" / "programs" / "thingspeak.md"


@pytest.fixture
def reader(labfeed) -> Reader:
    return make_reader(labfeed)


@pytest.fixture
def says(reader):
    """`says("make")`: what that block prints, for a channel of one's own."""

    def says(name: str, channel_id: int = 0):
        blocks = (reader.fitted(PAGE, f"channels_{each}.sh") for each in ("setup", name))
        script = "\n".join(blocks).replace(f"CHANNEL={reader.channel.channel_id}", f"CHANNEL={channel_id}")
        done = subprocess.run(["/bin/sh", "-e"], input=script, capture_output=True, text=True, timeout=30, check=True)
        return json.loads(done.stdout)

    return says


def test_its_links_lead_somewhere():
    targets = [PAGE.parent / target for target, _ in LINK.findall(PAGE.read_text(encoding="utf-8")) if target]
    assert [target for target in targets if not target.is_file()] == []


def test_every_block_is_tried():
    named = [each.name for each in examples_in(PAGE.name, PAGE.read_text(encoding="utf-8"))]
    assert named == [f"channels_{each}.sh" for each in ("setup", "make", "change", "list", "clear", "delete")]


def test_a_channel_s_whole_life(reader, says):
    made = says("make")
    assert [key["write_flag"] for key in made["api_keys"]] == [True, False]
    changed = says("change", made["id"])
    assert changed == made | {"public_flag": True}
    assert made["id"] in [each["id"] for each in says("list")]
    assert says("clear", made["id"]) == []
    assert says("delete", made["id"]) == changed
    assert made["id"] not in [each["id"] for each in says("list")]


def test_the_bytes_of_an_answer_are_whole_and_compact(reader, says):
    """A body with DELETE, and a Host that is not ours: as programs send it that were written for ThingSpeak."""
    made = says("make")
    body = json.dumps({"api_key": reader.token}).encode()
    head = (
        f"DELETE /channels/{made['id']}/feeds.json HTTP/1.1\r\nHost: api.thingspeak.com\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", reader.labfeed.port), timeout=20) as line:
        line.sendall(head.encode() + body)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    told, _, content = answer.partition(b"\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nContent-Length: 2\r\n" in told
    assert b"\r\nContent-Type: application/json; charset=utf-8" in told
    assert content == b"[]"
