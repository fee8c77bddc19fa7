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
from tests.servers import ROOT

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


def channels_of(server):
    return {channel["name"]: channel for channel in json.loads(server.run_command("channel", "list", "--json"))}


def readings_of(server, name, feed):
    """(seconds since the epoch, value) of one feed, oldest first."""
    channel_id = channels_of(server)[name]["channel_id"]
    address = f"{server.url}/api/v1/channels/{channel_id}/readings?format=json&feeds={feed}&from=now-1h&limit=10000"
    readings = requests.get(address, timeout=10).json()["readings"]
    return sorted((datetime.fromisoformat(reading["at"]).timestamp(), reading["value"]) for reading in readings)


def told(tmp_path):
    return (tmp_path / "rehearsal.log").read_text()


class TestPlay:
    def test_it_fills_the_past_goes_on_live_and_stops_when_told(self, start_labfeed, start_play, eventually, tmp_path):
        server = start_labfeed()
        process = start_play(server)
        eventually(lambda: len(channels_of(server)) == len(CAST), within_s=60)
        began_s = time.time()
        eventually(lambda: readings_of(server, OTTER.name, "temperature")[-3:][0][0] > began_s, within_s=30)

        stored = readings_of(server, OTTER.name, "temperature")
        script = OTTER.script(
            Scene(7, time.localtime().tm_gmtoff), round(stored[0][0] * 1000) - 1, round(stored[-1][0] * 1000)
        )
        assert [value for _, value in stored] == [moment.values["temperature"] for moment in script]
        assert len(stored) > HISTORY_S

        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert told(tmp_path).splitlines() == [f"Rehearsal: {len(CAST)} boards play on {server.url}"]

    def test_after_an_outage_of_the_server_nothing_is_missing(self, start_labfeed, start_play, eventually):
        server = start_labfeed()
        start_play(server)
        eventually(
            lambda: KILN.name in channels_of(server) and readings_of(server, KILN.name, "temperature"), within_s=60
        )
        server.kill9()
        killed_s = time.time()
        eventually(lambda: time.time() > killed_s + 4, what="an outage of four seconds")
        server.start()
        eventually(lambda: readings_of(server, KILN.name, "temperature")[-1][0] > killed_s + 6, within_s=40)

        instants = [at_s for at_s, _ in readings_of(server, KILN.name, "temperature")]
        assert len(instants) == round(instants[-1] - instants[0]) + 1

    def test_a_restart_goes_on_with_the_same_channels(self, start_labfeed, start_play, eventually):
        server = start_labfeed()
        first = start_play(server)
        eventually(lambda: len(channels_of(server)) == len(CAST), within_s=60)
        first.send_signal(signal.SIGTERM)
        first.wait(10)
        restarted_s = time.time()
        start_play(server)
        eventually(lambda: readings_of(server, KILN.name, "temperature")[-1][0] > restarted_s, within_s=30)
        assert len(channels_of(server)) == len(CAST)
