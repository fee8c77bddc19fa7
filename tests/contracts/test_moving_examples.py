"""What the page about moving in shows is run as it stands there, beside a running server, and prints what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import requests

from models.store import Store
from tests.contracts.test_device_examples import examples_in
from tests.moved import feed, row
from tests.people import make_person
from tests.processes import ROOT

PAGE = ROOT / "docs" / "programs" / "move-in.md"
TEXT = PAGE.read_text(encoding="utf-8")
[EXAMPLE] = examples_in(PAGE.name, TEXT)
[PRINTED] = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)
OWNER = "ada.finch@example.edu"
ROWS = [
    row(0, 1, field1="21.50", field2="open"),
    row(15, 2, field1="nan", field2="open"),
    row(30, 3, field1="21.75", field2="shut"),
]


def test_the_command_prints_what_the_page_shows(labfeed, tmp_path):
    store = Store.open(labfeed.database_url)
    make_person(store, "Ada Finch", email=OWNER)
    store.close()
    (tmp_path / "feeds.json").write_bytes(
        feed(ROWS, name="Otter kiln", field1="Temperature (°C)", field2="Door", latitude="48.5", longitude="9.25")
    )
    flask = f'PATH="{Path(sys.executable).parent}:$PATH" PYTHONPATH="{ROOT}" '
    done = subprocess.run(
        ["/bin/sh", "-e"],
        input=flask + EXAMPLE.text,
        cwd=tmp_path,
        env=labfeed.settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    number, key = re.search(r"Channel (\d+), Otter kiln\n  write key  (\w+)", done.stdout).groups()
    shown = PRINTED.replace("YOUR-KEY", key).replace("Channel 1,", f"Channel {number},")
    assert done.stdout == shown
    address = f"{labfeed.url}/channels/{number}/feeds.json?api_key={key}"
    told = requests.get(address, timeout=20).json()
    assert [each["field1"] for each in told["feeds"]] == ["21.50", None, "21.75"]
    assert told["channel"]["latitude"] == "48.5"
