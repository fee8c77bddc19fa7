"""What the pages about listening and managing show is run as it stands there, with the words a reader fills in."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from domain.keys import new_key
from domain.roles import Right
from domain.tokens import Life, Scope, new_token
from models import keys, tokens
from models.store import Store
from models.vault import Vault
from tests.builders import SECRET
from tests.contracts.test_device_examples import LINK, examples_in
from tests.event_source import EventSource
from tests.people import acting, make_member, make_person
from tests.processes import ROOT
from tests.servers import CreatedChannel, LabfeedServer

FOLDER = ROOT / "docs" / "programs"
STREAMING, MANAGING = FOLDER / "streaming.md", FOLDER / "managing.md"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who follows a page, with a channel of theirs that nobody else sees."""

    labfeed: LabfeedServer
    channel: CreatedChannel
    read_key: str
    token: str

    def fitted(self, page: Path, name: str) -> str:
        """An example with the lines edited that a reader edits."""
        found = {each.name: each for each in examples_in(page.name, page.read_text(encoding="utf-8"))}
        text = found[name].fitted(self.labfeed.port, "")
        text = text.replace("YOUR-READ-KEY", self.read_key).replace("YOUR-TOKEN", self.token)
        text = text.replace("CHANNEL=1", f"CHANNEL={self.channel.channel_id}")
        return text.replace("CHANNEL = 1", f"CHANNEL = {self.channel.channel_id}")

    def in_a_shell(self, page: Path, name: str) -> str:
        setup = next(each for each in ("stream_setup.sh", "manage_setup.sh") if each[:6] == name[:6])
        return f"{self.fitted(page, setup)}\n{self.fitted(page, name)}"

    def says(self, name: str, key_number: int = 1) -> dict:
        """What a block of the page about managing prints, after the one that sets the names."""
        script = self.in_a_shell(MANAGING, name).replace("KEY_NUMBER=1", f"KEY_NUMBER={key_number}")
        done = subprocess.run(["/bin/sh", "-e"], input=script, capture_output=True, text=True, timeout=30, check=True)
        return json.loads(done.stdout)

    def send(self, value: float, channel: CreatedChannel | None = None) -> None:
        headers = {"X-API-Key": (channel or self.channel).write_key}
        address = f"{self.labfeed.url}/api/v1/readings"
        requests.post(address, json={"temperature": value}, headers=headers, timeout=20).raise_for_status()


def make_reader(labfeed: LabfeedServer) -> Reader:
    channel, now = labfeed.create_channel("Otter kiln", visibility="members"), time.time_ns() // 1000
    store, key, token = Store.open(labfeed.database_url), new_key(random.choice), new_token(random.choice)
    owner = make_person(store, email=f"reader-{channel.channel_id}@example.edu", now=now)
    make_member(store, channel.channel_id, owner)
    store.tell(keys.create, Vault(SECRET), channel.channel_id, Right.READ, key, now=now)
    store.tell(tokens.make, acting(owner, at=now), Vault(SECRET), "Script", list(Scope), Life.DAY_1, token)
    store.close()
    return Reader(labfeed, channel, key, token)


@pytest.fixture
def reader(labfeed) -> Reader:
    return make_reader(labfeed)


@pytest.fixture
def printing(tmp_path) -> Callable:
    """A context in which a program runs; it gives a function that says what it has printed."""

    @contextmanager
    def running(command: list[str]) -> Iterator[Callable[[], str]]:
        log = tmp_path / "log"
        with log.open("wb") as out:
            program = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            yield log.read_text
        finally:
            program.kill()
            program.wait(10)

    return running


@pytest.mark.parametrize("page", [STREAMING, MANAGING], ids=lambda page: page.name)
def test_its_links_lead_somewhere(page):
    targets = [page.parent / target for target, _ in LINK.findall(page.read_text(encoding="utf-8")) if target]
    assert [target for target in targets if not target.is_file()] == []


class TestListening:
    def test_in_a_terminal(self, reader, printing, eventually):
        with printing(["/bin/sh", "-ec", reader.in_a_shell(STREAMING, "stream_listen.sh")]) as printed:
            eventually(lambda: "event: hello" in printed())
            reader.send(21.5)
            eventually(lambda: '"values":{"temperature":21.5}' in printed())

    def test_after_a_break(self, reader, printing, eventually):
        for value in (1, 2, 3):
            reader.send(value)
        with printing(["/bin/sh", "-ec", reader.in_a_shell(STREAMING, "stream_resume.sh")]) as printed:
            eventually(lambda: "id: 3" in printed())
            assert ('"temperature":1.0' in printed(), '"temperature":2.0' in printed()) == (False, True)

    def test_in_python_over_a_restart_of_the_server(self, start_labfeed, printing, eventually):
        reader = make_reader(start_labfeed())
        with printing([sys.executable, "-c", reader.fitted(STREAMING, "follow.py")]) as printed:
            eventually(lambda: (reader.send(0), "{'temperature': 0.0}" in printed())[1])
            reader.send(1)
            eventually(lambda: "{'temperature': 1.0}" in printed())
            reader.labfeed.kill9()
            reader.labfeed.start()
            for value in (2, 3):
                reader.send(value)
            eventually(lambda: "{'temperature': 3.0}" in printed())
        told = [line.partition(" ")[2] for line in printed().splitlines()]
        assert told[told.index("{'temperature': 1.0}") :] == [f"{{'temperature': {value}.0}}" for value in (1, 2, 3)]

    def test_it_ends_within_seconds_of_the_right(self, labfeed, reader):
        path = f"/api/v1/channels/{reader.channel.channel_id}/stream"
        with EventSource(labfeed.port, path, {"X-API-Key": reader.read_key}) as source:
            assert source.next().name == "hello"
            store = Store.open(labfeed.database_url)
            store.tell(keys.revoke, Vault(SECRET).digest(reader.read_key), now=time.time_ns() // 1000)
            store.close()
            assert [(each.name, each.data["code"]) for each in source] == [("end", 1008)]

    def test_while_many_listen_boards_and_people_are_served(self, labfeed, reader):
        path, headers = f"/api/v1/channels/{reader.channel.channel_id}/stream", {"X-API-Key": reader.read_key}
        sources = [EventSource(labfeed.port, path, headers) for _ in range(40)]
        try:
            assert {source.next().name for source in sources} == {"hello"}
            reader.send(21.5)
            assert requests.get(f"{labfeed.url}/healthz", timeout=5).status_code == 200
            assert [source.values(1) for source in sources] == [[21.5]] * 40
        finally:
            for source in sources:
                source.close()


class TestManaging:
    def test_a_channel_is_made(self, reader):
        made = reader.says("manage_make.sh")
        assert (made["name"], [feed["unit"] for feed in made["feeds"]]) == ("Kiln 3", ["°C", None])
        reader.send(21.5, CreatedChannel(made["id"], made["write_key"], ""))

    def test_it_is_changed(self, reader):
        told = reader.says("manage_change.sh")
        assert (told["name"], told["place"], told["expected_interval_s"]) == ("Otter kiln", "Room 12", 5.0)

    def test_a_feed_is_changed(self, reader):
        reader.send(21.5)
        told = reader.says("manage_feed.sh")
        assert (told["name"], told["title"], told["decimals"]) == ("temperature", "Inside", 1)

    def test_keys_are_listed_and_rotated(self, reader):
        before = reader.says("manage_keys.sh")["keys"]
        rotated = reader.says("manage_rotate.sh", before[0]["id"])
        after = reader.says("manage_keys.sh")["keys"]
        assert {each["id"] for each in after} == {*(each["id"] for each in before), rotated["id"]}
        assert after[0]["ends_at"] is not None

    def test_it_goes_into_the_bin_and_comes_back(self, reader):
        assert reader.says("manage_delete.sh")["id"] == reader.channel.channel_id
        assert reader.says("manage_restore.sh")["name"] == "Otter kiln"

    def test_a_channel_for_each_team(self, reader):
        program = reader.fitted(MANAGING, "for_each_team.py")
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
        rows = [line.split(",") for line in done.stdout.splitlines()]
        assert [name for _, name, _ in rows] == ["Otter kiln", "Heron kiln", "Lynx kiln"]
        for number, _, key in rows:
            reader.send(21.5, CreatedChannel(int(number), key, ""))
