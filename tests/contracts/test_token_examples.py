"""What the page about personal tokens shows is run as it stands there, with host, token and channel filled in."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests

from domain.keys import new_key
from domain.tokens import Life, Scope, new_token
from models import tokens
from models.store import Store
from models.vault import Vault
from tests.builders import SECRET
from tests.contracts.test_device_examples import EXAMPLES
from tests.people import acting, make_member, make_person
from tests.servers import CreatedChannel, LabfeedServer

PAGE = {name: example for name, example in EXAMPLES.items() if example.page == "tokens.md"}


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody with a token, and a channel of theirs that nobody else sees."""

    labfeed: LabfeedServer
    channel: CreatedChannel
    token: str

    def fitted(self, name: str) -> str:
        """The example with the lines edited that a reader edits."""
        text = PAGE[name].fitted(self.labfeed.port, "").replace("YOUR-TOKEN", self.token)
        numbered = text.replace("CHANNEL=1", f"CHANNEL={self.channel.channel_id}")
        return numbered.replace("CHANNEL = 1", f"CHANNEL = {self.channel.channel_id}")

    def in_a_shell(self, name: str) -> str:
        """What a block prints after the one that sets the names."""
        script = f"{self.fitted('token_setup.sh')}\n{self.fitted(name)}"
        done = subprocess.run(["/bin/sh", "-e"], input=script, capture_output=True, text=True, timeout=30, check=True)
        return done.stdout

    def send(self, value: float) -> None:
        headers = {"X-API-Key": self.channel.write_key}
        address = f"{self.labfeed.url}/api/v1/readings"
        requests.post(address, json={"temperature": value}, headers=headers, timeout=20).raise_for_status()


@pytest.fixture
def holder(labfeed) -> Iterator[Holder]:
    channel, now = labfeed.create_channel("Otter kiln", visibility="members"), time.time_ns() // 1000
    store, written = Store.open(labfeed.database_url), new_token(random.choice)
    owner = make_person(store, email=f"holder-{channel.channel_id}@example.edu", now=now)
    make_member(store, channel.channel_id, owner)
    store.tell(tokens.make, acting(owner, at=now), Vault(SECRET), "Notebook", list(Scope), Life.DAY_1, written)
    yield Holder(labfeed, channel, written)
    store.close()


class TestInATerminal:
    def test_a_reading_is_sent_and_read_again(self, holder):
        assert '"stored":1' in holder.in_a_shell("token_send.sh")
        assert '"value":21.4' in holder.in_a_shell("token_read.sh")

    def test_the_scanner_finds_both_and_nothing_else(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        key, token = new_key(random.choice), new_token(random.choice)
        (tmp_path / "program.py").write_text(f'HOST = "x"\nKEY = "{key}"\nprint("Hello")\nTOKEN = "{token}"\n')
        found = subprocess.run(["/bin/sh"], input=PAGE["scan.sh"].text, capture_output=True, text=True, timeout=30)
        assert found.stdout.splitlines() == [f'./program.py:2:KEY = "{key}"', f'./program.py:4:TOKEN = "{token}"']


class TestInPython:
    def test_the_last_hour_is_printed_the_newest_last(self, holder):
        holder.send(21.4)
        holder.send(22.5)
        command = [sys.executable, "-c", holder.fitted("last_hour.py")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
        assert [line.split()[1:] for line in done.stdout.splitlines()] == [
            ["temperature", "21.4"],
            ["temperature", "22.5"],
        ]

    def test_what_comes_is_printed_as_it_happens(self, holder, tmp_path, eventually):
        log = tmp_path / "listen.log"
        with log.open("wb") as out:
            program = subprocess.Popen([sys.executable, "-c", holder.fitted("listen.py")], stdout=out, stderr=out)
        try:
            eventually(lambda: (holder.send(21.4), "{'temperature': 21.4}" in log.read_text())[1])
        finally:
            program.kill()
            program.wait(10)
