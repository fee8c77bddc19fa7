"""A queue's code, as its page and the documentation show it, against a real server; and what a sketch gets to read."""

from __future__ import annotations

import random
import re
import socket
import subprocess

import pytest

from dashapp.components.queue_code import QueuePlace, code
from domain.keys import new_key
from models import talkbacks
from models.store import Store
from models.vault import Vault
from tests.builders import NOW
from tests.contracts.test_device_examples import examples_in
from tests.people import acting, make_member, make_person
from tests.processes import ROOT

PAGE = ROOT / "docs" / "programs" / "commands.md"
WAITS_S = 20
FORM = "application/x-www-form-urlencoded"
PROMISED = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
def channel(labfeed):
    return labfeed.create_channel("Kiln", feeds=("field1",))


@pytest.fixture
def place(labfeed, channel) -> QueuePlace:
    store, key = Store.open(labfeed.database_url), new_key(random.choice)
    try:
        owner = make_person(store)
        make_member(store, channel.channel_id, owner)
        vault = Vault(labfeed.settings["SECRET_KEY"])
        number = store.tell(talkbacks.make, acting(owner, at=NOW), vault, channel.channel_id, key, "Board")
    finally:
        store.close()
    return QueuePlace(labfeed.url, number, key)


def text_of(place: QueuePlace, number: int) -> str:
    return code(place).files[number].text


def run(line: str) -> str:
    done = subprocess.run(["/bin/sh", "-s"], input=line, capture_output=True, text=True, timeout=WAITS_S)
    assert done.returncode == 0, done.stderr
    return done.stdout


def said(labfeed, request: bytes) -> bytes:
    """All that the server answers to these bytes, until it closes the line."""
    host, port = labfeed.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=WAITS_S) as line:
        line.sendall(request)
        return b"".join(iter(lambda: line.recv(4096), b""))


class TestThePage:
    def test_its_lines_add_a_command_and_fetch_it(self, place):
        assert run(text_of(place, 1)).isdigit()
        assert [run(text_of(place, 0)) for _ in range(2)] == ["TURN_ON", ""]

    def test_the_program_does_what_it_is_told(self, place, tmp_path):
        """On CPython with requests, which MicroPython's is made after; one round, without the waiting."""
        run(text_of(place, 1))
        program = text_of(place, 2).replace("while True:", "for _ in range(2):").replace("time.sleep(5)", "pass")
        (tmp_path / "main.py").write_text(program)
        done = subprocess.run(
            ["python", str(tmp_path / "main.py")], capture_output=True, text=True, timeout=WAITS_S, check=True
        )
        assert done.stdout == "on\n"


class TestTheDocumentation:
    def test_its_lines_say_what_they_promise(self, place):
        (lines,) = examples_in(PAGE.name, PAGE.read_text(encoding="utf-8"))
        text = lines.text.replace("http://192.168.1.10:8000", place.origin)
        printed = run(text.replace("YOUR-QUEUE-KEY", place.key).replace("QUEUE=1", f"QUEUE={place.number}"))
        assert re.fullmatch(r"\d+TURN_ON", printed)


class TestOnTheWire:
    """What sketches rely on: the status line, the spelling of Content-Length, a whole body, no other host asked for."""

    def ask(self, labfeed, place, rest: str) -> bytes:
        form = f"api_key={place.key}".encode()
        head = (
            f"POST /talkbacks/{place.number}/commands{rest} HTTP/1.1\r\nHost: api.thingspeak.com\r\n"
            f"Content-Type: {FORM}\r\nContent-Length: {len(form)}\r\nConnection: close\r\n\r\n"
        )
        return said(labfeed, head.encode() + form)

    def test_a_command(self, labfeed, place):
        run(text_of(place, 1))
        answer = self.ask(labfeed, place, "/execute")
        assert answer.startswith(PROMISED)
        assert b"\r\nContent-Length: 7\r\n" in answer
        assert answer.endswith(b"\r\n\r\nTURN_ON")

    @pytest.mark.parametrize(("rest", "body"), [("/execute", b""), ("/execute.json", b"{}")])
    def test_nothing_queued(self, labfeed, place, rest, body):
        answer = self.ask(labfeed, place, rest)
        assert answer.startswith(PROMISED)
        assert f"\r\nContent-Length: {len(body)}\r\n".encode() in answer
        assert answer.endswith(b"\r\n\r\n" + body)

    @pytest.mark.parametrize(("ending", "command"), [("", b"TURN_ON"), (".json", b'{"command_string":"TURN_ON",')])
    def test_with_an_update(self, labfeed, place, channel, ending, command):
        run(text_of(place, 1))
        form = f"field1=370&api_key={channel.write_key}&talkback_key={place.key}".encode()
        head = (
            f"POST /update{ending} HTTP/1.1\r\nHost: api.thingspeak.com\r\nUser-Agent: PicoW\r\nAccept: */*\r\n"
            f"Content-Length: {len(form)}\r\nContent-Type: {FORM}\r\nConnection: close\r\n\r\n"
        )
        answer = said(labfeed, head.encode() + form)
        assert answer.startswith(PROMISED)
        assert answer.partition(b"\r\n\r\n")[2].startswith(command)
