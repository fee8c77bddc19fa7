"""The whole play: the real process beside a real server."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import datetime

import pytest
import requests

from rehearsal.cast import CAST, KILN, OTTER
from rehearsal.noise import Scene
from tests.processes import ROOT

HISTORY_S = 120

pytestmark = [pytest.mark.long, pytest.mark.timeout(180)]


@pytest.fixture
def start_play(tmp_path):
    """Start `python -m rehearsal` beside a server; it is ended with the test."""
    running = []

    def start(server, *words):
        log = (tmp_path / "rehearsal.log").open("ab")
        command = [sys.executable, "-m", "rehearsal", "--url", server.url, "--state", str(tmp_path / "rehearsal.json")]
        options = ["--history", f"{HISTORY_S}s", *words]
        running.append(subprocess.Popen([*command, *options], cwd=ROOT, env=server.settings, stderr=log))
        log.close()
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait(10)
    sys.stdout.write((tmp_path / "rehearsal.log").read_text())  # pytest shows it with a failure


@pytest.fixture
def enrolled(tmp_path):
    """The channels made so far: name → id."""

    def ask():
        place = tmp_path / "rehearsal.json"
        known = json.loads(place.read_text()) if place.exists() else {}
        return {name: credentials["channel_id"] for name, credentials in known.items()}

    return ask


@pytest.fixture
def readings_of(enrolled):
    """(seconds since the epoch, value) of one feed of one board, oldest first."""

    def ask(server, board, feed):
        if board.name not in enrolled():
            return []
        address = f"{server.url}/api/v1/channels/{enrolled()[board.name]}/readings?format=json&feeds={feed}&limit=10000"
        readings = requests.get(address, timeout=10).json()["readings"]
        return sorted((datetime.fromisoformat(reading["at"]).timestamp(), reading["value"]) for reading in readings)

    return ask


def is_newer(readings, than_s):
    return bool(readings) and readings[-1][0] > than_s


class TestPlay:
    def test_it_fills_the_past_goes_on_live_and_stops_when_told(
        self, start_labfeed, start_play, readings_of, enrolled, eventually, tmp_path
    ):
        server = start_labfeed()
        process = start_play(server)
        eventually(lambda: len(enrolled()) == len(CAST), within_s=120)
        began_s = time.time()
        eventually(lambda: is_newer(readings_of(server, OTTER, "temperature"), began_s + 2), within_s=30)

        stored = readings_of(server, OTTER, "temperature")
        first_ms, last_ms = (round(at_s * 1000) for at_s in (stored[0][0], stored[-1][0]))
        script = OTTER.script(Scene(7, time.localtime().tm_gmtoff), first_ms - 1, last_ms)
        assert [value for _, value in stored] == [moment.values["temperature"] for moment in script]
        assert len(stored) > HISTORY_S

        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
            process.send_signal(name)
        assert process.wait(10) == 0
        told = (tmp_path / "rehearsal.log").read_text()
        assert told.splitlines() == [f"Rehearsal: {len(CAST)} boards play on {server.url}"]

    def test_after_an_outage_of_the_server_nothing_is_missing(self, start_labfeed, start_play, readings_of, eventually):
        server = start_labfeed()
        start_play(server, "--only", KILN.name)
        eventually(lambda: readings_of(server, KILN, "temperature"), within_s=60)
        server.kill9()
        killed_s = time.time()
        eventually(lambda: time.time() > killed_s + 4, what="an outage of four seconds")
        server.start()
        eventually(lambda: is_newer(readings_of(server, KILN, "temperature"), killed_s + 6), within_s=60)

        instants = [at_s for at_s, _ in readings_of(server, KILN, "temperature")]
        assert len(instants) == round(instants[-1] - instants[0]) + 1

    def test_a_restart_goes_on_with_the_same_channel(self, start_labfeed, start_play, readings_of, eventually):
        server = start_labfeed()
        first = start_play(server, "--only", KILN.name)
        eventually(lambda: readings_of(server, KILN, "temperature"), within_s=60)
        first.send_signal(signal.SIGTERM)
        first.wait(10)
        restarted_s = time.time()
        start_play(server, "--only", KILN.name)
        eventually(lambda: is_newer(readings_of(server, KILN, "temperature"), restarted_s), within_s=60)
        assert len(json.loads(server.run_command("channel", "list", "--json"))) == 1
