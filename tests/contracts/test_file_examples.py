"""What the page about files shows is run as it stands there, with host, key and channel filled in."""

from __future__ import annotations

import random
import subprocess
import time

import pytest
import requests

from domain.keys import new_key
from domain.roles import Right
from models import keys
from models.store import Store
from models.vault import Vault
from tests.builders import SECRET
from tests.contracts.test_device_examples import examples_in
from tests.processes import ROOT, require_program

PAGE = ROOT / "docs" / "programs" / "files.md"
EXAMPLES = {example.name: example for example in examples_in(PAGE.name, PAGE.read_text(encoding="utf-8"))}
IN_MAY = 1_778_500_800
"""2026-05-11 12:00 UTC."""


@pytest.fixture
def in_a_shell(labfeed, tmp_path):
    """What a block prints after the one that sets the names, in a folder of its own; the channel holds readings."""
    require_program("curl")
    made = labfeed.create_channel("Otter kiln", visibility="members")
    items = [{"at": at, "values": {"temperature": 21.5, "door": "=1+1"}} for at in (IN_MAY, int(time.time()) - 60)]
    headers = {"X-API-Key": made.write_key}
    requests.post(f"{labfeed.url}/api/v1/readings", json=items, headers=headers, timeout=20).raise_for_status()
    store, written = Store.open(labfeed.database_url), new_key(random.choice)
    store.tell(keys.create, Vault(SECRET), made.channel_id, Right.READ, written, now=time.time_ns() // 1000)
    store.close()

    def run(name: str) -> str:
        fitted = [EXAMPLES[each].fitted(labfeed.port, "") for each in ("files_setup.sh", name)]
        script = "\n".join(fitted).replace("YOUR-READ-KEY", written)
        script = script.replace("CHANNEL=1", f"CHANNEL={made.channel_id}")
        command = ["/bin/sh", "-e"]
        done = subprocess.run(
            command, input=script, capture_output=True, text=True, timeout=30, check=True, cwd=tmp_path
        )
        return done.stdout

    return run


class TestInATerminal:
    def test_everything(self, in_a_shell, tmp_path):
        in_a_shell("files_everything.sh")
        (file,) = tmp_path.iterdir()
        assert file.name.startswith("otter-kiln_2026-05-11_")
        assert file.read_text(encoding="utf-8").splitlines()[1:3] == [
            "2026-05-11T12:00:00Z,Otter kiln,temperature,21.5,,°C",
            "2026-05-11T12:00:00Z,Otter kiln,door,,'=1+1,",
        ]

    def test_a_month_that_was_cut(self, in_a_shell, tmp_path):
        in_a_shell("files_month.sh")
        file = tmp_path / "may.csv"
        whole = file.read_bytes()
        assert whole.splitlines()[1] == b"2026-05-11T12:00:00Z,2026-05-11 14:00:00,21.5,'=1+1"
        file.write_bytes(whole[:50])
        in_a_shell("files_month.sh")
        assert file.read_bytes() == whole

    def test_bins(self, in_a_shell):
        head, row = in_a_shell("files_bins.sh").splitlines()
        assert head == "\ufefftime_utc;time_local;temperature mean [°C];temperature max [°C]"
        assert row.endswith(";21,5;21,5")
