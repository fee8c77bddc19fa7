"""The programs in docs/devices are run as they stand there, with host and key filled in, against a real server."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

from tests.brokers import mosquitto, running_broker
from tests.processes import ROOT

PAGES = sorted((ROOT / "docs" / "devices").glob("*.md"))
STAND_INS = Path(__file__).parent / "stand_ins"
NAMED_BLOCK = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]*)(?:#([^)]*))?\)")

HOST = "192.168.1.10"
PORT = "8000"
KEY = "YOUR-WRITE-KEY"


class Example(NamedTuple):
    """A program of a page: the block whose fence names a file."""

    page: str
    language: str
    name: str
    text: str

    def fitted(self, port: int, key: str) -> str:
        """With the lines edited that a reader edits."""
        here = self.text.replace(HOST, "127.0.0.1").replace(KEY, key)
        return here.replace(f"127.0.0.1:{PORT}", f"127.0.0.1:{port}").replace(f"PORT = {PORT}", f"PORT = {port}")


def examples_in(page: str, text: str) -> list[Example]:
    return [Example(page, *found) for found in NAMED_BLOCK.findall(text)]


EXAMPLES = {
    example.name: example for path in PAGES for example in examples_in(path.name, path.read_text(encoding="utf-8"))
}
IN_PYTHON = ["sense_hat_board.py", "main.py", "pendulum.py"]
SKETCH = "labfeed_board.ino"
PROGRAMS = [*IN_PYTHON, SKETCH]
SHELL = [name for name in EXAMPLES if name.endswith(".sh")]
EVERY_PAGE = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
FEEDS_OF = {
    "sense_hat_board.py": {"temperature", "humidity", "pressure", "pitch", "roll", "yaw", "direction"},
    "main.py": {"temperature", "humidity", "door"},
    "pendulum.py": {"angle"},
    SKETCH: {"temperature", "door"},
}

QUICKER = {"main.py": ("EVERY_S = 5", "EVERY_S = 2"), SKETCH: ("EVERY_MS = 5000", "EVERY_MS = 2000")}


@pytest.fixture
def run_program(tmp_path):
    """Start an example with these words filled in; what it prints goes to a file. It is ended with the test."""
    running = []

    def run(name, port, key, *, quicker=None):
        log = (tmp_path / f"{name}.log").open("ab")
        command = command_of(name, EXAMPLES[name].fitted(port, key), tmp_path, quicker)
        environment = os.environ | {"PYTHONPATH": str(STAND_INS), "PYTHONUNBUFFERED": "1"}
        running.append(subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log))
        log.close()
        return running[-1]

    yield run
    for process in running:
        process.kill()
        process.wait(10)


@pytest.fixture
def told(tmp_path):
    """What an example has printed so far."""
    return lambda name: (tmp_path / f"{name}.log").read_text()


def command_of(name, text, folder, quicker=None):
    """How to run a program that was saved under its name; a sketch is compiled first."""
    place = folder / name
    place.write_text(text.replace(*quicker) if quicker else text)
    if name != SKETCH:
        return [sys.executable, str(place)]
    compiler = shutil.which("g++") or pytest.skip("g++ is not installed here, so the sketch cannot be compiled")
    options = ["-std=c++17", "-Wall", "-Wextra", "-Werror", "-include", "Arduino.h", f"-I{STAND_INS}"]
    subprocess.run([compiler, *options, "-x", "c++", str(place), "-o", str(folder / "sketch")], check=True, timeout=60)
    return [str(folder / "sketch")]


def run_in_shell(labfeed, channel, *names):
    """What the blocks print, one after the other in one shell, as a reader would paste them."""
    blocks = [EXAMPLES[name].fitted(labfeed.port, channel.write_key) for name in ("setup.sh", *names)]
    script = "\n".join(blocks).replace("CHANNEL=1", f"CHANNEL={channel.channel_id}")
    done = subprocess.run(["/bin/sh", "-e"], input=script, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


def readings_of(server, channel):
    """(seconds since the epoch, feed, value) of a channel, oldest first."""
    address = f"{server.url}/api/v1/channels/{channel.channel_id}/readings?format=json&limit=10000"
    found = requests.get(address, timeout=10).json()["readings"]
    return sorted((datetime.fromisoformat(each["at"]).timestamp(), each["feed"], each["value"]) for each in found)


def last_values(server, channel):
    return {feed: value for _, feed, value in readings_of(server, channel)}


@pytest.fixture
def channel(labfeed):
    """A channel without feeds: the examples make theirs."""
    return labfeed.create_channel("From the documentation", feeds=())


class TestPages:
    def test_every_page_is_in_the_index(self):
        linked = {page for page, _ in LINK.findall((ROOT / "docs/devices/index.md").read_text(encoding="utf-8"))}
        assert {path.name for path in PAGES} == {page for page in linked if "/" not in page} | {"index.md"}

    @EVERY_PAGE
    def test_its_links_lead_somewhere(self, path):
        for page, heading in LINK.findall(path.read_text(encoding="utf-8")):
            target = path.parent / page if page else path
            assert target.is_file(), page
            assert not heading or heading in anchors_of(target), heading

    @EVERY_PAGE
    @pytest.mark.parametrize("status", ["401", "403", "422", "429", "503", "Retry-After"])
    def test_it_says_what_each_refusal_means(self, path, status):
        spelled = {"Retry-After": ("Retry-After", "retry_after")}.get(status, (status,))
        text = path.read_text(encoding="utf-8")
        assert any(word in text for word in spelled)

    def test_the_example_of_a_request_counts_its_bytes_rightly(self):
        written = re.search(r"Content-Length: (\d+)\n.*?\n\n +(\[.*?\])\n", read("arduino-esp32.md"), re.DOTALL)
        assert int(written[1]) == len(written[2].encode())


class TestMqtt:
    @pytest.fixture
    def broker(self, labfeed, tmp_path):
        """The broker of the same data, as another process."""
        with running_broker(tmp_path, labfeed.settings) as broker:
            yield broker

    @pytest.fixture
    def fitted(self, broker, channel):
        """A function: an example with the lines edited that a reader edits, and the port."""

        def fitted(name, key=channel.write_key):
            text = EXAMPLES[name].fitted(broker.port, key).replace("1883", str(broker.port))
            text = text.replace("mosquitto_pub", f"mosquitto_pub -p {broker.port}")
            return re.sub(r"CHANNEL ?= ?1\b", f"CHANNEL={channel.channel_id}", text)

        return fitted

    @pytest.mark.parametrize(
        ("name", "wanted"),
        [("mqtt_first.sh", {"temperature": 21.4}), ("mqtt_object.sh", {"temperature": 21.4, "door": "open"})],
    )
    def test_what_it_sends_arrives(self, labfeed, channel, fitted, name, wanted):
        mosquitto("mosquitto_pub")
        script = fitted("mqtt_setup.sh") + fitted(name)
        done = subprocess.run(["/bin/sh", "-e"], input=script, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        assert last_values(labfeed, channel) == wanted

    def test_the_programs_readings_arrive(self, labfeed, channel, fitted, start_python, eventually):
        start_python(fitted("mqtt_board.py"))
        eventually(lambda: last_values(labfeed, channel) == {"temperature": 21.4, "door": "open"})

    def test_a_refused_key_ends_the_program_with_the_reason(self, fitted, start_python):
        process, log = start_python(fitted("mqtt_board.py", "WRONGWRONGWRONG1").replace("EVERY_S = 5", "EVERY_S = 1"))
        assert process.wait(30) != 0
        assert "does not take this key" in log.read_text()

    def test_what_is_refused_is_printed(self, fitted, start_python, eventually):
        _, log = start_python(fitted("mqtt_board.py").replace('"temperature": 21.4', '"temperature": True'))
        eventually(lambda: '"status":422' in log.read_text())

    @pytest.fixture
    def start_python(self, tmp_path):
        """A function that starts a program; (its process, the file with what it prints). It is ended with the test."""
        running = []

        def start(text):
            (tmp_path / "mqtt_board.py").write_text(text)
            log = tmp_path / "mqtt_board.log"
            with log.open("wb") as written:
                running.append(
                    subprocess.Popen([sys.executable, "mqtt_board.py"], cwd=tmp_path, stdout=written, stderr=written)
                )
            return running[-1], log

        yield start
        for process in running:
            process.kill()
            process.wait(10)


class TestExamples:
    def test_a_named_block_is_found_with_its_page_language_and_text(self):
        found = examples_in("page.md", "Text.\n\n```sh first.sh\necho 1\necho 2\n```\n\n```\nnameless\n```\n")
        assert found == [Example("page.md", "sh", "first.sh", "echo 1\necho 2\n")]

    def test_each_page_of_a_board_has_one(self):
        assert {example.page for example in EXAMPLES.values()} == {path.name for path in PAGES} - {"index.md"}

    @pytest.mark.parametrize("name", ["setup.sh", *PROGRAMS])
    def test_host_and_key_are_to_be_edited_in_one_line_each(self, name):
        text = EXAMPLES[name].text
        assert (text.count(HOST), text.count(KEY)) == (1, 1)
        fitted = EXAMPLES[name].fitted(23_456, "0123456789ABCDEF")
        assert "23456" in fitted
        assert "0123456789ABCDEF" in fitted

    @pytest.mark.parametrize("name", IN_PYTHON)
    def test_python_is_python(self, name):
        ast.parse(EXAMPLES[name].text)

    @pytest.mark.parametrize("name", SHELL)
    def test_shell_is_shell(self, name):
        subprocess.run(["/bin/sh", "-n"], input=EXAMPLES[name].text, text=True, check=True, timeout=10)

    @pytest.mark.parametrize("name", PROGRAMS)
    def test_all_programs_are_built_alike(self, name):
        words = {"measure", "kept", "sendKept" if name == SKETCH else "send_kept"}
        assert words <= set(re.findall(r"\w+", EXAMPLES[name].text))


class TestCurl:
    @pytest.mark.parametrize(
        ("name", "stored"),
        [
            ("first.sh", {"temperature": 21.4, "door": "open"}),
            ("json.sh", {"temperature": 21.4, "door": "open"}),
            ("bare.sh", {"temperature": 21.4}),
            ("dated.sh", {"temperature": 21.4}),
            ("backlog.sh", {"temperature": 21.7, "door": "closed"}),
        ],
    )
    def test_what_it_sends_arrives(self, labfeed, channel, tmp_path, monkeypatch, name, stored):
        monkeypatch.chdir(tmp_path)
        answer = run_in_shell(labfeed, channel, name)
        assert '"entry_id"' in answer
        assert last_values(labfeed, channel) == stored

    def test_a_backlog_sent_twice_is_stored_once(self, labfeed, channel, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        send = EXAMPLES["backlog.sh"].text.partition("END\n")[2].partition("END\n")[2]
        assert send.startswith("curl")
        run_in_shell(labfeed, channel, "backlog.sh")
        again = EXAMPLES["setup.sh"].fitted(labfeed.port, channel.write_key) + send
        answer = subprocess.run(["/bin/sh", "-e"], input=again, capture_output=True, text=True, timeout=30).stdout
        assert '"repeated":5' in answer
        assert len(readings_of(labfeed, channel)) == 5

    def test_the_logger_goes_on_until_it_is_stopped(self, labfeed, channel, eventually):
        blocks = [EXAMPLES[name].fitted(labfeed.port, channel.write_key) for name in ("setup.sh", "logger.sh")]
        script = "\n".join(blocks).replace("sleep 10", "sleep 1")
        process = subprocess.Popen(["/bin/sh", "-c", script], stdout=subprocess.DEVNULL)
        try:
            eventually(lambda: len(readings_of(labfeed, channel)) >= 2)
            assert process.poll() is None
        finally:
            process.kill()
            process.wait(10)


class TestPrograms:
    @pytest.mark.parametrize("name", PROGRAMS)
    def test_its_readings_arrive(self, labfeed, channel, run_program, eventually, name):
        run_program(name, labfeed.port, channel.write_key)
        eventually(lambda: set(last_values(labfeed, channel)) == FEEDS_OF[name], within_s=30)

    def test_a_sense_hat_is_rounded_as_it_resolves(self, labfeed, channel, run_program, eventually):
        run_program("sense_hat_board.py", labfeed.port, channel.write_key)
        found = eventually(lambda: last_values(labfeed, channel))
        assert found["temperature"] == 24.6
        assert found["pressure"] == 1013.26
        assert found["direction"] == "up"

    def test_a_sketch_computes_degrees_and_writes_whole_seconds(self, labfeed, channel, run_program, eventually):
        run_program(SKETCH, labfeed.port, channel.write_key)
        found = eventually(lambda: readings_of(labfeed, channel), within_s=30)
        assert {feed: value for _, feed, value in found} == {"temperature": 21.4, "door": "open"}
        assert all(at_s.is_integer() for at_s, _, _ in found)

    @pytest.mark.parametrize("name", IN_PYTHON)
    def test_a_refused_key_ends_it_with_the_servers_reason(self, labfeed, run_program, told, name):
        process = run_program(name, labfeed.port, "WRONGWRONGWRONG1")
        assert process.wait(20) != 0
        assert "detail" in told(name)
        assert "does not take this key" in told(name)

    def test_a_refused_key_is_told_on_the_serial_monitor(self, labfeed, run_program, told, eventually):
        run_program(SKETCH, labfeed.port, "WRONGWRONGWRONG1")
        eventually(lambda: "401 " in told(SKETCH) and "detail" in told(SKETCH), within_s=30)

    @pytest.mark.parametrize("name", IN_PYTHON)
    def test_a_read_key_ends_it_too(self, labfeed, channel, run_program, told, name):
        process = run_program(name, labfeed.port, channel.read_key)
        assert process.wait(20) != 0
        assert "403" in told(name)


@pytest.mark.long
@pytest.mark.timeout(180)
class TestOutage:
    def test_what_was_measured_while_the_server_was_away_arrives_afterwards(
        self, start_labfeed, run_program, eventually
    ):
        server = start_labfeed(rate_limit="10/s burst 600")
        channels = {
            name: server.create_channel(name, feeds=()) for name in PROGRAMS if name != SKETCH or has_compiler()
        }
        for name, channel in channels.items():
            run_program(name, server.port, channel.write_key, quicker=QUICKER.get(name))
        eventually(lambda: all(readings_of(server, channel) for channel in channels.values()), within_s=40)

        server.kill9()
        killed_s = time.time()
        eventually(lambda: time.time() > killed_s + 5, what="an outage of five seconds")
        server.start()
        back_s = time.time()

        for name, channel in channels.items():
            found = eventually(
                lambda channel=channel: newer(readings_of(server, channel), back_s), within_s=60, what=f"{name} is back"
            )
            assert any(killed_s < at_s < back_s for at_s, _, _ in found), name
            assert len(found) == len({(at_s, feed) for at_s, feed, _ in found}), name


def newer(readings, than_s):
    """The readings, once there is one of after that moment."""
    return readings if readings and readings[-1][0] > than_s + 1 else []


def has_compiler():
    return shutil.which("g++") is not None


def read(page):
    return (ROOT / "docs" / "devices" / page).read_text(encoding="utf-8")


def anchors_of(path):
    """The names that headings get, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
