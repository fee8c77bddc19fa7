"""What the page about reading shows is run as it stands there, with host, key and channel filled in."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time

import pytest
import requests

from domain.keys import new_key
from domain.roles import Right
from models import keys
from models.store import Store
from models.vault import Vault
from tests.builders import SECRET
from tests.contracts.test_device_examples import LINK, examples_in
from tests.processes import ROOT

PAGE = ROOT / "docs" / "programs" / "reading.md"
EXAMPLES = {example.name: example for example in examples_in(PAGE.name, PAGE.read_text(encoding="utf-8"))}


@pytest.fixture
def channel(labfeed):
    return labfeed.create_channel("Otter kiln", visibility="members")


@pytest.fixture
def key(labfeed, channel) -> str:
    """A read key of the channel."""
    store, written = Store.open(labfeed.database_url), new_key(random.choice)
    store.tell(keys.create, Vault(SECRET), channel.channel_id, Right.READ, written, now=time.time_ns() // 1000)
    store.close()
    return written


@pytest.fixture
def fitted(labfeed, channel, key):
    """An example with the lines edited that a reader edits."""

    def fit(name: str) -> str:
        text = EXAMPLES[name].fitted(labfeed.port, "").replace("YOUR-READ-KEY", key)
        numbered = text.replace("CHANNEL=1", f"CHANNEL={channel.channel_id}")
        return numbered.replace("CHANNEL = 1", f"CHANNEL = {channel.channel_id}")

    return fit


@pytest.fixture
def send(labfeed, channel):
    def send(body: object) -> None:
        headers = {"X-API-Key": channel.write_key}
        requests.post(f"{labfeed.url}/api/v1/readings", json=body, headers=headers, timeout=20).raise_for_status()

    return send


@pytest.fixture
def in_a_shell(fitted):
    """What a block prints after the one that sets the names."""

    def run(name: str) -> str:
        script = f"{fitted('reading_setup.sh')}\n{fitted(name)}"
        done = subprocess.run(["/bin/sh", "-e"], input=script, capture_output=True, text=True, timeout=30, check=True)
        return done.stdout

    return run


def test_its_links_lead_somewhere():
    targets = [PAGE.parent / page for page, _ in LINK.findall(PAGE.read_text(encoding="utf-8")) if page]
    assert [target for target in targets if not target.is_file()] == []


class TestInATerminal:
    @pytest.fixture(autouse=True)
    def sent(self, send):
        send({"temperature": 21.5, "door": "open"})

    def test_the_newest_readings(self, in_a_shell):
        told = json.loads(in_a_shell("reading_newest.sh"))["readings"]
        assert [(each["feed"], each["value"]) for each in told] == [("temperature", 21.5), ("door", "open")]

    def test_bins_as_rows(self, in_a_shell):
        head, row = in_a_shell("reading_bins.sh").splitlines()
        assert head == "time_utc,channel,feed,mean,max,unit"
        assert row.split(",")[1:] == ["Otter kiln", "temperature", "21.5", "21.5", "°C"]

    def test_the_newest_value_alone(self, in_a_shell):
        assert in_a_shell("reading_last.sh") == "21.5\n"

    def test_everything_that_came_last(self, in_a_shell):
        told = json.loads(in_a_shell("reading_feeds.sh"))["feeds"]
        assert [each["last"]["value"] for each in told] == [21.5, "open"]

    def test_what_it_comes_to(self, in_a_shell):
        told = json.loads(in_a_shell("reading_statistics.sh"))["feeds"]
        assert (told[0]["numbers"]["mean"], told[1]["words"]["distinct"]) == (21.5, 1)


class TestInPython:
    def test_all_pages_are_printed(self, fitted, send):
        now = time.time_ns() // 1_000_000_000
        send([{"at": now - 2400 + second, "values": {"temperature": second}} for second in range(2300)])
        command = [sys.executable, "-c", fitted("all_pages.py")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
        assert [float(line.split()[2]) for line in done.stdout.splitlines()] == list(range(2300))

    def test_it_prints_again_when_something_has_changed(self, fitted, send, tmp_path, eventually):
        send({"temperature": 1})
        log = tmp_path / "log"
        with log.open("wb") as out:
            program = subprocess.Popen([sys.executable, "-c", fitted("when_it_changes.py")], stdout=out, stderr=out)
        try:
            eventually(lambda: log.read_text().count("\n") == 1)
            send({"temperature": 2})
            eventually(lambda: log.read_text().count("\n") == 2)
            assert '"value":2.0' in log.read_text().splitlines()[1]
        finally:
            program.kill()
            program.wait(10)
