"""What a channel's page offers for notebooks is run as it stands there, and has read exactly what was sent.

MATLAB cannot be had here: Octave runs what is for both. Excel's query is read as Excel reads it; of Google Sheets'
formula the address is fetched as Google does, without any header, and LibreOffice opens what comes.
"""

from __future__ import annotations

import csv
import io
import json
import re
import socket
import subprocess
import sys
from itertools import product
from math import inf
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests

from domain.cells import unguarded
from domain.downloads import EVERYTHING, Aggregate, Binned, Download, Form, Shape
from domain.notebooks import NOTEBOOKS, Source, notebook_of, source_of
from domain.readings import Feed, Kind
from domain.selection import Range
from domain.timespan import HOUR
from tests.processes import require_program

AWKWARD = 'it\'s "é" \\ $x 100%'
LARGEST, SMALLEST = sys.float_info.max, 5e-324
IN_OCTAVES_EYES = {LARGEST: inf, SMALLEST: 0.0}
NUMBERS = (21.5, 0.0, -0.1, 0.1 + 0.2, 1e-7, SMALLEST, 123456789012345680.0, LARGEST)
WORDS = ("open", "NA", "null", "=1+1", "'=1+1", "-5.00", 'say "hi", you', "two\nlines", "läuft 🙂", "it's", "007")
FIRST = 1_778_500_800
"""2026-05-11 12:00 UTC."""
READINGS: list[dict[str, Any]] = [
    {"at": FIRST + place + place / 8, "values": {"temperature": number, "door": word, AWKWARD: place}}
    for place, (number, word) in enumerate(zip([*NUMBERS, *NUMBERS[:3]], WORDS, strict=True))
] + [{"at": FIRST + 20, "values": {"temperature": 7}}, {"at": FIRST + 21, "values": {"door": "shut"}}]
DAY = Range("2026-05-11", "2026-05-11")
NOTHING = Range("2026-05-01", "2026-05-02")

Row = tuple[float, float | None, str | None]
"""Seconds since 1970, temperature, door."""


def wanted() -> list[Row]:
    return [(each["at"], each["values"].get("temperature"), each["values"].get("door")) for each in READINGS]


@pytest.fixture(scope="module")
def filled(shared_labfeed):
    """A channel of members alone, with readings that are hard to write down."""
    labfeed = shared_labfeed
    made = labfeed.create_channel("Otter kiln", feeds=("temperature:°C", "door:text", AWKWARD), visibility="members")
    headers = {"X-API-Key": made.write_key}
    requests.post(f"{labfeed.url}/api/v1/readings", json=READINGS, headers=headers, timeout=20).raise_for_status()
    return labfeed.url, made


FEEDS = tuple(
    Feed(number, 1, name, "", kind, unit, None, None, number)
    for number, (name, kind, unit) in enumerate(
        [("temperature", Kind.NUMBER, "°C"), ("door", Kind.TEXT, None), (AWKWARD, Kind.NUMBER, None)], 1
    )
)


def source_for(filled, **chosen) -> Source:
    url, made = filled
    download = Download(made.channel_id, range=DAY).but(**chosen)
    feeds = [feed for feed in FEEDS if feed.name in (download.feeds or feed.name)]
    return source_of(url, download, feeds).with_key(made.read_key)


def text_of(slug: str, source: Source) -> str:
    return notebook_of(slug).snippet(source).pieces[0].text


def ran(command: list[str], program: str, folder: Path, name: str) -> str:
    """What it printed. Its last line is that which the test has added."""
    place = folder / name
    place.write_text(program, encoding="utf-8")
    done = subprocess.run([*command, str(place)], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


TOLD_BY_PYTHON = """
import json
print(json.dumps(told))
"""
IN_PANDAS = """
told = [[at.timestamp(), *(None if pd.isna(each) else each for each in row)] for at, *row in zip(
    readings["time_utc"], *(readings[name] for name in {names}))]
"""
IN_POLARS = """
told = [[at.timestamp(), *row] for at, *row in readings.select("time_utc", *{names}).iter_rows()]
"""
IN_R = """
bare <- function(x) ifelse(is.na(x), "null", sprintf("%.17g", x))
put <- function(x) ifelse(is.na(x), "null", encodeString(x, quote = '"', na.encode = FALSE))
for (place in seq_len(nrow(readings))) cat(paste0("=> [", paste(c(
  bare(as.numeric(readings$time_utc[place])), vapply({names}, function(name) {{
    cell <- readings[[name]][place]; if (is.numeric(cell)) bare(cell) else put(cell) }}, "")), collapse = ","), "]\\n"))
"""
IN_OCTAVE = """
for row = 1:size(time_utc, 1)
    told = {{sprintf('%.17g', time_utc(row, 6))}};
    for place = [{places}]
        cell = columns{{place}};
        if iscell(cell)
            told{{end + 1}} = jsonencode(cell{{row}});
        else
            told{{end + 1}} = strrep(strrep(sprintf('%.17g', cell(row)), 'NaN', 'null'), 'Inf', '1e999');
        end
    end
    disp(['=> [' strjoin(told, ',') ']'])
end
"""


ADDED = {"pandas": IN_PANDAS, "polars": IN_POLARS}


class TestPython:
    def told(self, slug: str, source: Source, names: list[str], folder: Path) -> list:
        program = text_of(slug, source) + ADDED[slug].format(names=names) + TOLD_BY_PYTHON
        return json.loads(ran([sys.executable], program, folder, "read.py").splitlines()[-1])

    @pytest.mark.parametrize("slug", ADDED)
    def test_every_time_is_read_exactly(self, filled, tmp_path, slug):
        told = self.told(slug, source_for(filled), ["temperature [°C]", "door"], tmp_path)
        assert [tuple(row) for row in told] == wanted()

    @pytest.mark.parametrize("slug", ADDED)
    def test_every_reading_is_read_exactly(self, filled, tmp_path, slug):
        source = source_for(filled, shape=Shape.TIDY, feeds=("temperature", "door"))
        told = self.told(slug, source, ["feed", "value", "text"], tmp_path)
        assert [(at, value) for at, feed, value, _ in told if feed == "temperature"] == [
            row[:2] for row in wanted() if row[1] is not None
        ]
        assert [(at, text) for at, feed, _, text in told if feed == "door"] == [
            (at, word) for at, _, word in wanted() if word is not None
        ]

    @pytest.mark.parametrize(("slug", "shape"), [*product(ADDED, Shape)])
    def test_what_holds_nothing_is_read_as_nothing(self, filled, tmp_path, slug, shape):
        source = source_for(filled, range=NOTHING, shape=shape)
        assert self.told(slug, source, [], tmp_path) == []


@pytest.fixture
def in_r(tmp_path):
    """What R has read: rows of a time and the columns of these names."""
    command = [require_program("Rscript"), "--vanilla", "--encoding=UTF-8"]

    def told(source: Source, names: list[str]) -> list:
        written = f"c({', '.join(json.dumps(each, ensure_ascii=False) for each in names)})"
        printed = ran(command, text_of("r", source) + IN_R.format(names=written), tmp_path, "read.R")
        return marked(printed)

    return told


def marked(printed: str) -> list:
    """The lines that the test has added."""
    return [json.loads(line.removeprefix("=> ")) for line in printed.splitlines() if line.startswith("=> ")]


@pytest.fixture
def in_octave(tmp_path):
    """What Octave has read: rows of the seconds of a time and the columns at these places."""
    command = [require_program("octave-cli"), "--no-gui", "--quiet", "--norc"]

    def told(source: Source, places: list[int]) -> list:
        written = " ".join(str(place + 1) for place in places)
        printed = ran(command, text_of("matlab", source) + IN_OCTAVE.format(places=written), tmp_path, "read_it.m")
        assert f"{printed.count('=> ')} rows of {len(source.fields)} columns" in printed
        return marked(printed)

    return told


class TestR:
    def test_every_time_is_read(self, filled, in_r):
        told = in_r(source_for(filled), ["temperature [°C]", "door"])
        assert [row[2] for row in told] == [row[2] for row in wanted()]
        assert [nearly(row[:2]) for row in told] == [nearly(row[:2]) for row in wanted()]

    def test_every_reading_is_read(self, filled, in_r):
        told = in_r(source_for(filled, shape=Shape.TIDY, feeds=("temperature", "door")), ["feed", "value", "text"])
        assert [(at, text) for at, feed, _, text in told if feed == "door"] == [
            (at, word) for at, _, word in wanted() if word is not None
        ]

    @pytest.mark.parametrize("shape", Shape)
    def test_what_holds_nothing_is_read_as_nothing(self, filled, in_r, shape):
        assert in_r(source_for(filled, range=NOTHING, shape=shape), []) == []


def nearly(numbers) -> list[str | None]:
    """To fifteen digits: R and Octave do not round the last one as Python does."""
    return [None if each is None else f"{each:.15g}" for each in numbers]


class TestMatlab:
    def test_octave_reads_every_time(self, filled, in_octave):
        told = in_octave(source_for(filled), [2, 3])
        assert [row[2] or None for row in told] == [row[2] for row in wanted()]
        seconds = [(at - FIRST, IN_OCTAVES_EYES.get(number, number)) for at, number, _ in wanted()]
        assert [nearly(row[:2]) for row in told] == [nearly(row) for row in seconds]

    def test_octave_reads_every_reading(self, filled, in_octave):
        told = in_octave(source_for(filled, shape=Shape.TIDY, feeds=("temperature", "door")), [2, 4])
        assert [text for _, feed, text in told if feed == "door"] == [row[2] for row in wanted() if row[2] is not None]

    @pytest.mark.parametrize("shape", Shape)
    def test_octave_reads_nothing_where_there_is_nothing(self, filled, in_octave, shape):
        assert in_octave(source_for(filled, range=NOTHING, shape=shape), []) == []

    def test_the_table_is_of_as_many_names_as_columns(self, filled):
        source = source_for(filled)
        program = text_of("matlab", source)
        names = re.search(r"^names = \{(.*?)\};$", program, re.DOTALL | re.MULTILINE)[1]
        found = [each.replace("''", "'") for each in re.findall(r"'((?:[^']|'')*)'", names)]
        assert found == [field.name for field in source.fields]
        assert "'VariableNames', names" in notebook_of("matlab").snippet(source).pieces[1].text


class TestCurl:
    CHOSEN = (
        {"form": Form.CSV, "decimal_comma": True, "for_excel": True, "zone": "Europe/Berlin"},
        {"form": Form.NDJSON, "shape": Shape.TIDY},
        {"form": Form.JSON, "binned": Binned(HOUR, (Aggregate.MEAN, Aggregate.COUNT)), "feeds": ("temperature",)},
    )

    @pytest.mark.parametrize("chosen", CHOSEN, ids=lambda chosen: chosen["form"])
    def test_the_file_is_the_one_that_was_chosen(self, filled, tmp_path, chosen):
        source = source_for(filled, **chosen)
        in_a_shell(text_of("curl", source), tmp_path)
        [file] = tmp_path.iterdir()
        assert file.name == f"readings.{chosen['form']}"
        assert file.read_bytes() == fetched(source.file, source.key).content

    def test_its_line_means_the_same_in_every_shell(self, filled):
        line = text_of("curl", source_for(filled, feeds=(AWKWARD, "door"))).strip()
        quoted = re.findall(r'"([^"]*)"', line)
        assert len(quoted) == 2
        assert not set("".join(quoted)) & set("$`\\!^<>|'")
        assert "\n" not in line


def in_a_shell(line: str, folder: Path, *, is_good: bool = True) -> str:
    require_program("curl")
    done = subprocess.run(["/bin/sh"], input=line, cwd=folder, capture_output=True, text=True, timeout=60)
    assert (done.returncode == 0) is is_good, done.stderr
    return done.stderr


def fetched(address: str, key: str = "") -> requests.Response:
    answer = requests.get(address, headers={"X-API-Key": key} if key else {}, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer


class TestExcel:
    @pytest.mark.parametrize(
        "chosen",
        [
            {},
            {"shape": Shape.TIDY},
            {"binned": Binned(HOUR, tuple(Aggregate)), "form": Form.XLSX},
            {"decimal_comma": True},
        ],
    )
    def test_its_query_asks_for_the_table_and_names_its_columns(self, filled, chosen):
        source = source_for(filled, **chosen)
        query = text_of("excel", source)
        address, headers = re.search(r'Web\.Contents\("((?:[^"]|"")*)", \[Headers=\[(.*?)\]\]\)', query).groups()
        name, key = re.fullmatch(r'#"([^"]*)"="([^"]*)"', headers).groups()
        answer = requests.get(in_power_query(address), headers={name: key}, timeout=20)
        head, *rows = csv.reader(io.StringIO(answer.content.decode(), newline=""))
        types = re.findall(r'\{"((?:[^"]|"")*)", type (\w+)\}', query)
        assert [in_power_query(each) for each, _ in types] == head
        numbers = [place for place, (_, kind) in enumerate(types) if kind == "number"]
        assert rows
        assert all(float(row[place]) is not None for row in rows for place in numbers if row[place])


def in_power_query(written: str) -> str:
    """What a text says that stands between two quotation marks."""
    return written.replace('""', '"').replace("#(#)", "#")


class TestSheets:
    def test_libreoffice_opens_what_its_formula_fetches(self, filled, tmp_path):
        source = source_for(filled, feeds=("temperature", "door"))
        file = tmp_path / "fetched.csv"
        file.write_bytes(fetched(address_in(text_of("sheets", source))).content)
        rows = opened_by_libreoffice(file)
        assert rows[0] == [field.name for field in source.fields]
        shown = [word.lstrip("0") if word else None for _, _, word in wanted()]  # 007 is a number to a spreadsheet
        assert [unguarded(row[3]) or None for row in rows[1:]] == shown

    def test_a_decimal_comma_is_fetched_where_it_was_chosen(self, filled):
        answer = fetched(address_in(text_of("sheets", source_for(filled, decimal_comma=True))))
        assert ";21,5;open" in answer.text

    def test_another_kind_of_file_is_fetched_as_a_table(self, filled):
        answer = fetched(address_in(text_of("sheets", source_for(filled, form=Form.NDJSON))))
        assert answer.headers["Content-Type"].startswith("text/csv")


def address_in(formula: str) -> str:
    return re.fullmatch(r'=IMPORTDATA\("((?:[^"]|"")*)"\)\n', formula)[1].replace('""', '"')


def opened_by_libreoffice(file: Path) -> list[list[str]]:
    """The cells of a CSV file as LibreOffice shows them, every cell a word as it stands."""
    office = require_program("soffice")
    profile = f"-env:UserInstallation=file://{file.parent / 'profile'}"
    options = [
        "--infilter=Text - txt - csv (StarCalc):44,34,76,1,,0,true,false",
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76,1",
    ]
    folder = file.parent / "opened"
    command = [office, profile, "--headless", *options, "--outdir", str(folder), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    with (folder / file.name).open(encoding="utf-8", newline="") as shown:
        return list(csv.reader(shown))


INTERPRETERS = {
    "pandas": ("python3", "read.py"),
    "polars": ("python3", "read.py"),
    "r": ("Rscript", "read.R"),
    "matlab": ("octave-cli", "read_it.m"),
    "curl": ("sh", "read.sh"),
}


@pytest.fixture(params=INTERPRETERS)
def run_it(request, tmp_path):
    """Run a source's snippet in each language that can be run, and say how it ended."""
    program, name = INTERPRETERS[request.param]
    command = sys.executable if program == "python3" else require_program(program)

    def run(source: Source) -> subprocess.CompletedProcess:
        (tmp_path / name).write_text(text_of(request.param, source), encoding="utf-8")
        return subprocess.run([command, name], cwd=tmp_path, capture_output=True, text=True, timeout=120)

    return run


class TestEach:
    def test_a_range_that_moves_is_followed_to_its_instants(self, filled, run_it):
        done = run_it(source_for(filled, range=EVERYTHING))
        assert done.returncode == 0, done.stderr

    def test_a_public_channel_needs_no_key(self, shared_labfeed, run_it):
        made = shared_labfeed.create_channel("Weather")
        done = run_it(source_of(shared_labfeed.url, Download(made.channel_id, range=EVERYTHING), FEEDS[:2]))
        assert done.returncode == 0, done.stderr

    def test_what_is_refused_is_an_error(self, filled, run_it):
        done = run_it(source_for(filled).with_key("WRONGWRONGWRONG1"))
        assert done.returncode != 0
        assert re.search("401|HTTP response code said error", done.stdout + done.stderr)  # Octave says no number

    def test_a_file_that_breaks_off_is_an_error(self, breaking, run_it):
        table = f"{breaking}/download.csv"
        done = run_it(Source(table, table, source_of("", Download(1), FEEDS[:1]).fields))
        assert done.returncode != 0, done.stdout


@pytest.fixture
def breaking():
    """A server that sends the beginning of a file and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Thread(target=break_off, args=[listening], daemon=True)
        server.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        server.join(10)


def break_off(listening: socket.socket) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n"
    body = b"time_utc,time_local,temperature [\xc2\xb0C]\r\n2026-05-11T12:00:00Z,2026-05-11 12:00:00,1\r\n"
    while True:
        try:
            line, _ = listening.accept()
        except OSError:
            return
        with line:
            line.recv(65536)
            line.sendall(head + f"{len(body):x}\r\n".encode() + body + b"\r\n")


def test_each_notebook_is_tried():
    assert {notebook.slug for notebook in NOTEBOOKS} == {*INTERPRETERS, "excel", "sheets"}
