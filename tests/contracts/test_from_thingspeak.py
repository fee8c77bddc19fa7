"""What the page about moving from ThingSpeak shows is run as it stands there, with host, key and channel filled in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.contracts.test_device_examples import EXAMPLES, STAND_INS
from tests.mover import Mover, make_mover, require_package, run_in_node
from tests.processes import ROOT, require_program

PAGE = {name: example for name, example in EXAMPLES.items() if example.page == "from-thingspeak.md"}
IN_PYTHON = ["moved_requests.py", "moved_package.py", "moved_board.py"]
SKETCHES = ["moved_library.ino", "moved_http.ino"]
OPEN = [("field1", 21.4), ("field2", "open")]


@pytest.fixture
def mover(labfeed) -> Mover:
    return make_mover(labfeed)


def fitted(name: str, mover: Mover) -> str:
    """The example with the lines edited that a reader edits."""
    text = PAGE[name].fitted(mover.labfeed.port, mover.channel.write_key)
    return text.replace("CHANNEL=1", f"CHANNEL={mover.number}").replace("CHANNEL = 1", f"CHANNEL = {mover.number}")


def printed(*command: str, folder: Path, **more: str) -> str:
    done = subprocess.run(command, cwd=folder, env=os.environ | more, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_example_is_run():
    others = {"moved.sh", "moved_matlab.m", "moved_fetch.mjs", "moved_client.js", "moved.yaml"}
    assert set(PAGE) == others | {*IN_PYTHON, *SKETCHES}


@pytest.mark.parametrize("name", PAGE)
def test_only_the_host_is_another(name):
    """Beside the line that names ours, none needs to be changed but those that the page shows as changed."""
    assert PAGE[name].text.count("192.168.1.10") == 1
    assert PAGE[name].text.count("YOUR-WRITE-KEY") == 1


def test_in_a_terminal(mover, tmp_path):
    first, second = printed("/bin/sh", "-ec", fitted("moved.sh", mover), folder=tmp_path).splitlines()
    assert first == "1"
    assert '"entry_id":1,"field1":"21.4","field2":"open"}]}' in second
    assert mover.rows() == OPEN


@pytest.mark.parametrize("name", IN_PYTHON)
def test_in_python(mover, tmp_path, name):
    if name == "moved_package.py":
        require_package("thingspeak")
    told = printed(sys.executable, "-c", fitted(name, mover), folder=tmp_path)
    assert told == "1\n" if name == "moved_board.py" else "21.4" in told
    assert mover.rows() == OPEN


@pytest.mark.parametrize("name", SKETCHES)
def test_on_an_arduino(mover, tmp_path, eventually, name):
    """The libraries are stand-ins that send what those of the boards do; that of ThingSpeak names its own server."""
    with Sketch(fitted(name, mover), tmp_path) as told:
        eventually(lambda: told().startswith("200\n"), what="the answer on the serial monitor")
    assert mover.rows() == OPEN


@pytest.mark.parametrize("name", SKETCHES)
def test_an_arduino_is_told_of_a_refusal(mover, tmp_path, eventually, name):
    text = fitted(name, mover).replace(mover.channel.write_key, mover.channel.read_key)
    with Sketch(text, tmp_path) as told:
        eventually(lambda: told().startswith("400\n"), what="the answer on the serial monitor")
    assert mover.rows() == []


class Sketch:
    """A sketch that runs on this computer as long as the context; it gives what is on the serial monitor."""

    def __init__(self, text: str, folder: Path) -> None:
        source, self.program, self.log = folder / "sketch.ino", folder / "sketch", folder / "log"
        source.write_text(text)
        options = ["-std=c++17", "-Wall", "-Wextra", "-Werror", "-include", "Arduino.h", f"-I{STAND_INS}"]
        command = [require_program("g++"), *options, "-x", "c++", str(source), "-o", str(self.program)]
        subprocess.run(command, check=True, timeout=60)

    def __enter__(self):
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([str(self.program)], stdout=log, stderr=log)
        return self.log.read_text

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(10)


def test_in_octave_as_in_matlab(mover, tmp_path):
    program = tmp_path / "moved_matlab.m"
    program.write_text(fitted("moved_matlab.m", mover))
    told = printed(require_program("octave-cli"), "--no-gui", "--quiet", str(program), folder=tmp_path)
    assert re.search(r"entry = 1\b", told)
    assert re.search(r"created_at,entry_id,field1\n\S+ \S+ UTC,1,21.4\n", told)
    assert mover.rows() == OPEN


def test_in_node(mover, tmp_path):
    program = tmp_path / "moved_fetch.mjs"
    program.write_text(fitted("moved_fetch.mjs", mover))
    assert printed(require_program("node"), str(program), folder=tmp_path) == "1\n"
    assert mover.rows() == OPEN


def test_in_node_with_its_package(mover):
    assert run_in_node(fitted("moved_client.js", mover)) == "1\n"
    assert mover.rows() == OPEN


class TestEsphome:
    def test_the_request_that_it_describes_is_stored(self, mover):
        address = re.search(r'return "(.*)" \+ std::to_string\(id\(heat\)\.state\);', fitted("moved.yaml", mover))[1]
        assert requests.get(f"{address}21.400000", timeout=20).text == "1"
        assert mover.rows() == OPEN[:1]

    def test_esphome_takes_the_description(self, tmp_path):
        esphome = shutil.which("esphome") or pytest.skip("ESPHome is not installed here")
        board = "esphome:\n  name: board\nesp32:\n  board: esp32dev\nwifi:\n  ssid: a\n  password: b-b-b-b-b\nlogger:\n"
        sensor = "sensor:\n  - platform: template\n    id: heat\n"
        (tmp_path / "board.yaml").write_text(board + sensor + PAGE["moved.yaml"].text)
        assert "std::to_string" in printed(esphome, "config", "board.yaml", folder=tmp_path)


def test_a_name_that_leads_elsewhere(mover, tmp_path):
    """As where the host cannot be changed: the network says that api.thingspeak.com is at our address."""
    key, port = mover.channel.write_key, mover.labfeed.port
    asked = f"http://api.thingspeak.com/update?api_key={key}&field1=21.4&field2=open"
    told = printed(
        require_program("curl"), "-sS", "--connect-to", f"api.thingspeak.com:80:127.0.0.1:{port}", asked, folder=ROOT
    )
    assert told == "1"
    assert mover.rows() == OPEN
