"""What the page about imports shows is run as it stands there, with host, token and channel filled in."""

from __future__ import annotations

import json
import random
import subprocess
import time

import pytest
import requests

from domain.tokens import Life, Scope, new_token
from models import tokens
from models.store import Store
from models.vault import Vault
from tests.builders import SECRET
from tests.contracts.test_device_examples import examples_in
from tests.people import acting, make_member, make_person
from tests.processes import ROOT, require_program
from tests.tokens import bearing

PAGE = ROOT / "docs" / "programs" / "importing.md"
EXAMPLES = {example.name: example for example in examples_in(PAGE.name, PAGE.read_text(encoding="utf-8"))}
FILE = "time,temperature\n2026-03-01 11:00:00,21.5\n2026-03-01 11:00:15,21.75\n"


class Terminal:
    """A folder with the file, and a shell in which the page's blocks are run."""

    def __init__(self, labfeed, folder) -> None:
        self.labfeed, self.folder = labfeed, folder
        self.channel_id = labfeed.create_channel("Otter kiln", visibility="members").channel_id
        now = time.time_ns() // 1000
        store, self.token = Store.open(labfeed.database_url), new_token(random.choice)
        owner = make_person(store, email=f"importer-{self.channel_id}@example.edu", now=now)
        make_member(store, self.channel_id, owner)
        vault = Vault(SECRET)
        store.tell(tokens.make, acting(owner, at=now), vault, "Import", list(Scope), Life.DAY_1, self.token)
        store.close()
        (folder / "kiln.csv").write_text(FILE, encoding="utf-8")

    def run(self, name: str, number: int = 1) -> dict:
        """What a block prints after the one that sets the names."""
        fitted = [EXAMPLES[each].fitted(self.labfeed.port, "") for each in ("importing_setup.sh", name)]
        script = "\n".join(fitted).replace("YOUR-TOKEN", self.token)
        script = script.replace("CHANNEL=1", f"CHANNEL={self.channel_id}").replace("IMPORT=1", f"IMPORT={number}")
        done = subprocess.run(
            ["/bin/sh", "-e"], input=script, capture_output=True, text=True, timeout=30, check=True, cwd=self.folder
        )
        return json.loads(done.stdout)

    def newest(self) -> dict:
        return self.run("importing_look.sh")["imports"][0]

    def values(self) -> list:
        address = f"{self.labfeed.url}/api/v1/channels/{self.channel_id}/readings"
        told = requests.get(address, headers=bearing(self.token), timeout=20).json()
        return [reading["value"] for reading in told["readings"]]


@pytest.fixture
def terminal(labfeed, tmp_path) -> Terminal:
    require_program("curl")
    return Terminal(labfeed, tmp_path)


def test_a_file_is_sent_looked_at_and_undone(terminal, eventually):
    begun = terminal.run("importing_send.sh")
    assert begun["name"] == "kiln.csv"
    assert eventually(lambda: terminal.newest()["state"] == "done")
    assert terminal.values() == [21.5, 21.75]
    terminal.run("importing_undo.sh", begun["id"])
    assert eventually(lambda: terminal.newest()["state"] == "undone")
    assert terminal.values() == []


def test_a_file_comes_in_pieces(terminal, eventually):
    assert terminal.run("importing_pieces.sh")["received"] == len(FILE)
    assert eventually(lambda: terminal.newest()["state"] == "done")
    assert terminal.values() == [21.5, 21.75]
