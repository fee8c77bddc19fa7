"""The code that a channel's page shows is run as it stands there, against a real server.

What cannot be run here (a MATLAB, an ESPHome, a Tasmota) is read as that program reads it, and the very request that it
describes is sent.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from websockets.sync.client import connect

from dashapp.components.boards import BOARDS, Place, board_of, fitting
from domain.readings import Feed, Kind
from tests.brokers import PUBLISH, RawClient, mosquitto, running_broker

STAND_INS = Path(__file__).parent / "stand_ins"
AWKWARD = 'it\'s "é" \\ $x'
NAMES = ("temperature", AWKWARD, "door")
PROGRAMS = {
    "micropython": ["main.py"],
    "circuitpython": ["code.py"],
    "python": ["board.py", "board.py, reading a Sense HAT"],
    "websocket": ["line.py"],
}
IN_PYTHON = [(slug, name) for slug, names in PROGRAMS.items() for name in names]
WITH_HAT = "board.py, reading a Sense HAT"


@pytest.fixture
def channel(labfeed):
    return labfeed.create_channel("First run", feeds=("temperature:°C", AWKWARD, "door:text"))


@pytest.fixture
def place(labfeed, channel) -> Place:
    return make_place(labfeed.url, channel.write_key)


@pytest.fixture
def elsewhere() -> Place:
    """A place that nobody sends to."""
    return make_place("http://192.168.1.10:8000", "0AAAAAAAAAAAAA11")


@pytest.fixture
def wrong_key(labfeed) -> Place:
    """The server, and a key with a typo."""
    return make_place(labfeed.url, "WRONGWRONGWRONG1")


def make_place(origin: str, key: str, **more) -> Place:
    feeds = tuple(
        Feed(number, 1, name, "", Kind.TEXT if name == "door" else Kind.NUMBER, None, None, None, number)
        for number, name in enumerate(NAMES, 1)
    )
    return Place(origin, key, feeds, **more)


def text_of(place: Place, slug: str, name: str | None = None) -> str:
    """One file of a board's code; the first, unless it is named."""
    files = board_of(slug).code(place).files
    return next(file.text for file in files if name in (None, file.name))


def stored(labfeed, channel) -> dict:
    """The newest value of each feed."""
    address = f"{labfeed.url}/api/v1/channels/{channel.channel_id}/readings?format=json"
    found = requests.get(address, timeout=10).json()["readings"]
    return {each["feed"]: each["value"] for each in found}


@pytest.fixture
def run_program(tmp_path):
    """Start a program that was saved under a name; what it prints goes to a file. It is ended with the test."""
    running = []

    def run(command: list[str]):
        log = (tmp_path / "log").open("ab")
        environment = os.environ | {"PYTHONPATH": str(STAND_INS), "PYTHONUNBUFFERED": "1"}
        running.append(subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log))
        log.close()

    yield run
    for process in running:
        process.kill()
        process.wait(10)


@pytest.fixture
def told(tmp_path):
    return lambda: (tmp_path / "log").read_text()


def saved(tmp_path, name: str, text: str) -> str:
    place = tmp_path / name.partition(",")[0]
    place.write_text(text, encoding="utf-8")
    return str(place)


class TestCurl:
    @pytest.mark.parametrize("number", [0, 1], ids=["form", "json"])
    def test_what_it_sends_arrives(self, labfeed, channel, place, number):
        line = board_of("curl").code(place).files[number].text
        done = subprocess.run(["/bin/sh"], input=line, capture_output=True, text=True, timeout=30)
        assert '"entry_id":1' in done.stdout, done.stderr
        assert stored(labfeed, channel) == {"temperature": 21.4, AWKWARD: 21.4, "door": "open"}

    def test_the_line_for_any_terminal_means_the_same_in_every_shell(self, elsewhere):
        line = board_of("curl").code(elsewhere).files[0].text.strip()
        quoted = re.findall(r'"([^"]*)"', line)
        assert len(quoted) == 2
        assert not set("".join(quoted)) & set("$`\\!^<>|'")
        assert "\n" not in line


class TestInPython:
    @pytest.mark.parametrize(("slug", "name"), IN_PYTHON)
    def test_its_readings_arrive(self, labfeed, channel, place, run_program, told, eventually, tmp_path, slug, name):
        run_program([sys.executable, saved(tmp_path, name, text_of(place, slug, name))])
        wanted = {"temperature", "humidity", "pitch"} if name == WITH_HAT else set(NAMES)
        eventually(lambda: wanted <= set(stored(labfeed, channel)), what="all feeds")
        eventually(lambda: '"entry_id"' in told(), what="the answer is shown")

    @pytest.mark.parametrize(("slug", "name"), IN_PYTHON)
    def test_a_refusal_is_shown_with_the_servers_words(
        self, wrong_key, run_program, told, eventually, tmp_path, slug, name
    ):
        run_program([sys.executable, saved(tmp_path, name, text_of(wrong_key, slug, name))])
        eventually(lambda: "401" in told() and "typo" in told(), what="the reason")

    @pytest.mark.parametrize(("slug", "name"), IN_PYTHON)
    def test_a_server_that_is_away_does_not_end_it(
        self, free_port, run_program, told, eventually, tmp_path, slug, name
    ):
        nobody = make_place(f"http://127.0.0.1:{free_port}", "0AAAAAAAAAAAAA11")
        run_program([sys.executable, saved(tmp_path, name, text_of(nobody, slug, name))])
        eventually(lambda: re.search("No (answer|line)", told()), what="it says that nobody answers")
        assert "Traceback" not in told()

    def test_a_sense_hat_sends_only_feeds_that_the_channel_takes(self, elsewhere):
        closed = Place(elsewhere.origin, elsewhere.key, elsewhere.feeds, accepts_new=False)
        program = text_of(closed, "python", WITH_HAT)
        assert "get_temperature" in program
        assert "get_humidity" not in program
        assert "orientation" not in program


class TestArduino:
    def command(self, tmp_path, sketch: str) -> list[str]:
        compiler = shutil.which("g++") or pytest.skip("g++ is not installed here, so the sketch cannot be compiled")
        program = str(tmp_path / "sketch")
        options = ["-std=c++17", "-Wall", "-Wextra", "-Werror", "-include", "Arduino.h", f"-I{STAND_INS}"]
        source = saved(tmp_path, "labfeed_board.ino", sketch)
        subprocess.run([compiler, *options, "-x", "c++", source, "-o", program], check=True, timeout=60)
        return [program]

    def test_its_readings_arrive(self, labfeed, channel, place, run_program, told, eventually, tmp_path):
        run_program(self.command(tmp_path, text_of(place, "arduino")))
        eventually(lambda: set(NAMES) <= set(stored(labfeed, channel)), what="all feeds")
        eventually(lambda: "201 " in told() and '"entry_id"' in told(), what="the answer on the serial monitor")

    def test_a_refusal_is_shown_on_the_serial_monitor(self, wrong_key, run_program, told, eventually, tmp_path):
        run_program(self.command(tmp_path, text_of(wrong_key, "arduino")))
        eventually(lambda: "401 " in told() and "typo" in told(), what="the reason")

    def test_for_https_it_takes_the_other_client_and_port(self):
        sketch = text_of(make_place("https://lab.example.edu", "0AAAAAAAAAAAAA11"), "arduino")
        wanted = ("WiFiClientSecure line;", "const int PORT = 443;", 'HOST = "lab.example.edu"')
        assert [part for part in wanted if part not in sketch] == []
        assert "WiFiClient line;" not in sketch


class TestMatlab:
    def test_the_form_that_it_sends_arrives(self, labfeed, channel, place):
        program = text_of(place, "matlab")
        pairs = re.findall(r"^            '((?:[^']|'')*)', (.*), \.\.\.$", program, re.MULTILINE)
        fields = {name.replace("''", "'"): spoken(value) for name, value in pairs}
        headers = dict(re.findall(r"'(X-API-Key)', (KEY)", program))
        assert headers == {"X-API-Key": "KEY"}
        answer = requests.post(address_in(program), data=fields, headers={"X-API-Key": key_in(program)}, timeout=10)
        assert answer.status_code == 201, answer.text
        assert set(stored(labfeed, channel)) == set(NAMES)

    def test_octave_runs_it(self, labfeed, channel, place, run_program, eventually, tmp_path):
        octave = shutil.which("octave-cli") or pytest.skip("Octave is not installed here")
        run_program([octave, "--no-gui", "--quiet", saved(tmp_path, "labfeed_board.m", text_of(place, "matlab"))])
        eventually(lambda: set(NAMES) <= set(stored(labfeed, channel)), what="all feeds")


def address_in(program: str) -> str:
    return re.search(r"URL = '(.*)';", program)[1]


def key_in(program: str) -> str:
    return re.search(r"KEY = '(.*)';", program)[1]


def spoken(value: str) -> str:
    """A value of MATLAB's as it is sent: a text, or `sprintf('%.1f', 20.4 + 2.0 * rand())`."""
    number = re.fullmatch(r"sprintf\('%\.1f', ([\d.]+) \+ [\d.]+ \* rand\(\)\)", value)
    return number[1] if number else value.strip("'")


class TestMqtt:
    @pytest.fixture
    def broker(self, labfeed, tmp_path):
        """The broker of the same data, as another process."""
        with running_broker(tmp_path, labfeed.settings) as broker:
            yield broker

    def run(self, broker, channel, number: int) -> subprocess.CompletedProcess[str]:
        mosquitto("mosquitto_pub")
        here = make_place("http://127.0.0.1:1", channel.write_key, channel_id=channel.channel_id, mqtt_port=broker.port)
        line = board_of("mqtt").code(here).files[number].text
        return subprocess.run(["/bin/sh"], input=line, capture_output=True, text=True, timeout=30)

    @pytest.mark.parametrize(
        ("number", "wanted"),
        [(0, {"temperature": 21.4}), (1, {"temperature": 21.4, AWKWARD: 21.4, "door": "open"})],
        ids=["one value", "several"],
    )
    def test_what_it_sends_arrives(self, labfeed, channel, broker, number, wanted):
        done = self.run(broker, channel, number)
        assert done.returncode == 0, done.stderr
        assert stored(labfeed, channel) == wanted

    def test_the_web_server_shows_it_at_once(self, labfeed, channel, broker):
        """By the bus between the two processes: nobody asks the database."""
        with connect(f"{labfeed.websocket_url}/ws/channels/{channel.channel_id}") as stream:
            assert json.loads(stream.recv(timeout=20))["type"] == "hello"
            self.run(broker, channel, 0)
            assert json.loads(stream.recv(timeout=20))["readings"][0]["values"] == {"temperature": 21.4}

    def test_what_is_sent_over_http_is_heard_over_mqtt(self, labfeed, channel, broker):
        with RawClient(broker.port) as program:
            assert program.connect(channel.read_key) == 0
            assert program.subscribe(f"c/{channel.channel_id}/live/temperature") == [0]
            requests.post(
                f"{labfeed.url}/api/v1/readings",
                json={"temperature": 7},
                headers={"X-API-Key": channel.write_key},
                timeout=10,
            )
            assert program.expect(PUBLISH).payload == b"7"

    def test_the_line_for_refusals_listens_where_they_are_said(self, elsewhere):
        assert "'c/1/$errors'" in text_of(elsewhere, "mqtt", "In a second terminal: why something is refused")


class TestEsphome:
    def test_the_request_that_it_describes_is_stored(self, labfeed, channel, place):
        description = text_of(place, "esphome")
        url = re.search(r"^ +url: (\S+)$", description, re.MULTILINE)[1]
        headers = dict(re.findall(r'^            (X-API-Key|Content-Type): "?([^"\n]+)"?$', description, re.MULTILINE))
        assert set(headers) == {"X-API-Key", "Content-Type"}
        answer = requests.post(url, json=self.document(description), headers=headers, timeout=10)
        assert answer.status_code == 201, answer.text
        assert stored(labfeed, channel)["door"] == "open"
        assert set(stored(labfeed, channel)) == set(NAMES)

    def document(self, description: str) -> dict:
        """What the lambda puts together: `root["name"] = expression;`, names and words in octal escapes."""
        found = re.findall(r'^            root\["(.*)"\] = (.*);$', description, re.MULTILINE)
        return {unescaped(name): unescaped(value[1:-1]) if value[0] == '"' else 21.4 for name, value in found}

    def test_only_plain_characters_stand_in_its_lambda(self, elsewhere):
        [name] = [name for name in re.findall(r'root\["(.*?)"\]', text_of(elsewhere, "esphome")) if "047" in name]
        assert not set(name) & set("$'\"(")

    def test_esphome_takes_the_description(self, elsewhere, tmp_path):
        esphome = shutil.which("esphome") or pytest.skip("ESPHome is not installed here")
        saved(tmp_path, "labfeed.yaml", text_of(elsewhere, "esphome"))
        checked = subprocess.run(
            [esphome, "config", "labfeed.yaml"], cwd=tmp_path, capture_output=True, text=True, timeout=120
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr


def unescaped(text: str) -> str:
    return re.sub(rb"\\(\d{3})", lambda found: bytes([int(found[1], 8)]), text.encode()).decode()


class TestTasmota:
    def send(self, command: str):
        """As `WebQuery` reads its line (tasmota: xdrv_01_9_webserver.ino, WebQuery): address, method, headers, body."""
        url, method, rest = command.removeprefix("WebQuery ").split(" ", 2)
        assert rest.startswith("[")
        head, _, body = rest[1:].partition("]")
        headers = dict(pair.split(":", 1) for pair in head.split("|"))
        return requests.request(method, url, headers=headers, data=body.encode(), timeout=10)

    def test_the_line_for_the_console_stores_a_reading(self, labfeed, channel, place):
        answer = self.send(text_of(place, "tasmota").strip())
        assert answer.status_code == 201, answer.text
        assert stored(labfeed, channel) == {"temperature": 21.4, AWKWARD: 21.4, "door": "open"}

    def test_each_rule_stores_what_its_sensor_says(self, labfeed, channel, place):
        rules = re.findall(
            r"^Rule\d ON (\S+) DO (.*) ENDON$", text_of(place, "tasmota", "Then every ten seconds"), re.M
        )
        assert len(rules) == 3
        for trigger, command in rules:
            said = "1" if trigger == "Switch1#State" else "23.5"
            answer = self.send(command.replace("%value%", said))
            assert answer.status_code == 201, answer.text
        assert stored(labfeed, channel) == {"temperature": 23.5, AWKWARD: 23.5, "door": "1"}

    def test_a_rule_fits_into_its_memory(self, elsewhere):
        long = Place("http://a-rather-long-name.lab.example.edu:8000", elsewhere.key, elsewhere.feeds)
        lines = text_of(long, "tasmota", "Then every ten seconds").splitlines()
        assert max(map(len, lines)) < 511

    def test_it_is_not_offered_where_the_server_speaks_https_only(self, elsewhere):
        secure = Place("https://lab.example.edu", elsewhere.key)
        assert {board.slug for board in BOARDS} - {board.slug for board in fitting(secure)} == {"tasmota", "mqtt"}
        assert fitting(elsewhere) == BOARDS


class TestEveryBoard:
    @pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.slug)
    def test_address_and_key_are_filled_in(self, board, elsewhere):
        text = "".join(file.text for file in board.code(elsewhere).files)
        assert elsewhere.key in text
        assert elsewhere.host in text
        assert str(elsewhere.mqtt_port if board.slug == "mqtt" else elsewhere.port) in text
        assert "YOUR" not in text

    @pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.slug)
    def test_every_feed_of_a_small_channel_is_in_it(self, board, elsewhere):
        text = "".join(file.text for file in board.code(elsewhere).files)
        assert "temperature" in text
        assert "door" in text

    @pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.slug)
    def test_it_says_what_to_do_and_what_is_seen(self, board, elsewhere):
        code = board.code(elsewhere)
        assert code.steps
        assert code.sees
        assert len({file.name for file in code.files}) == len(code.files)

    @pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.slug)
    def test_a_channel_without_feeds_gets_a_temperature(self, board):
        text = "".join(file.text for file in board.code(Place("http://lab.example", "KEY")).files)
        assert "temperature" in text

    def test_each_has_a_name_of_its_own(self):
        assert len({board.slug for board in BOARDS}) == len({board.name for board in BOARDS}) == len(BOARDS)

    def test_the_conversation_is_json_line_by_line(self, elsewhere):
        lines = text_of(elsewhere, "websocket", "The conversation, for any other WebSocket client").splitlines()
        assert [json.loads(line.split(maxsplit=1)[1]) for line in lines[1:]] == [
            {"api_key": elsewhere.key},
            {"temperature": 21.4},
        ]
