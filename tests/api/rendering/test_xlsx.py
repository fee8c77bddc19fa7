"""Excel workbooks: what is in their cells."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.rendering import xlsx
from domain import zones
from domain.downloads import Aggregate, Binned, Form, Shape
from domain.timespan import HOUR, SECOND, to_datetime
from tests.api.rendering.readings import FEEDS, NAME, ON_STORED, READINGS, SUMMER_ENDS, kept, made, of
from tests.api.rendering.workbooks import Sheet, moment, sheets_of
from tests.lab import opened_lab

NAMES = [feed.partition(":")[0] for feed in FEEDS]
UNITS = ["°C", "", "", "", ""]
MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with opened_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab.store


def taken(store, channel, **more) -> dict[str, Sheet]:
    return sheets_of(made(store, of(channel, form=Form.XLSX, **more), xlsx.write))


def shown(value: float | None, text: str | None) -> dict[str, float | str]:
    """Cells of a tidy row: what is nothing has none."""
    return {letter: cell for letter, cell in (("E", value), ("F", text)) if cell not in (None, "")}


class TestTidy:
    @ON_STORED
    @given(READINGS, st.booleans())
    def test_it_holds_every_reading_to_the_last_digit(self, store, stored, is_falling):
        sheet = taken(store, kept(store, stored), shape=Shape.TIDY, newest_first=is_falling)["Readings"]
        assert sheet.headings == ["time_utc", "time_local", "channel", "feed", "value", "text", "unit"]
        ordered = sorted(stored, key=lambda key: (-key[0] if is_falling else key[0], key[1]))
        expected = [
            {"C": NAME, "D": NAMES[place], **shown(*stored[at, place]), **({"G": "°C"} if place == 0 else {})}
            for at, place in ordered
        ]
        assert [{letter: cell for letter, cell in row.items() if letter > "B"} for row in sheet.rows[1:]] == expected

    def test_bins_have_a_column_a_figure(self, store):
        stored = {(SUMMER_ENDS + at * SECOND, 0): (4.5 * at, None) for at in range(3)}
        stored[SUMMER_ENDS, 1] = (None, "open")
        binned = Binned(HOUR, (Aggregate.MEAN, Aggregate.COUNT))
        sheet = taken(store, kept(store, stored), shape=Shape.TIDY, binned=binned)["Readings"]
        assert sheet.headings[3:] == ["feed", "mean", "count", "unit"]
        assert [list(row.values())[3:] for row in sheet.rows[1:]] == [["temperature", 4.5, 3, "°C"], ["door", 1]]


class TestWide:
    @ON_STORED
    @given(READINGS, st.sampled_from([None, "America/New_York", "Asia/Kathmandu"]))
    def test_it_holds_a_row_an_instant(self, store, stored, zone):
        sheet = taken(store, kept(store, stored), zone=zone)["Readings"]
        assert sheet.headings[2:] == ["temperature [°C]", "door", "probe", '=odd "name"', "temperature [°C] 2"]
        expected = []
        for at in sorted({at for at, _ in stored}):
            of_feed = [stored.get((at, place), (None, None)) for place in range(5)]
            cells = zip("CDEFG", [text if value is None else value for value, text in of_feed], strict=True)
            expected.append({letter: cell for letter, cell in cells if cell not in (None, "")})
        assert [{letter: cell for letter, cell in row.items() if letter > "B"} for row in sheet.rows[1:]] == expected

    @ON_STORED
    @given(READINGS, st.sampled_from([None, "America/New_York", "Asia/Kathmandu"]))
    def test_its_dates_are_what_the_clocks_say(self, store, stored, zone):
        sheet = taken(store, kept(store, stored), zone=zone)["Readings"]
        in_zone = zones.zone_named(zone or "UTC")
        for at, row in zip(sorted({at for at, _ in stored}), sheet.rows[1:], strict=True):
            assert abs(moment(row["A"]) - to_datetime(at).replace(tzinfo=None)) <= MILLISECOND
            assert abs(moment(row["B"]) - zones.local(at, in_zone).replace(tzinfo=None)) <= MILLISECOND

    def test_what_a_spreadsheet_has_no_date_for_is_said_in_words(self):
        file = io.BytesIO()
        sheets = xlsx._Sheets(workbook := xlsx.xlsxwriter.Workbook(file), ["time_utc"])
        sheets.add([xlsx._clocks("1899-12-31T23:59:59.5Z", zones.zone_named("UTC"))[0]])
        workbook.close()
        assert "1899-12-31 23:59:59.500000" in xlsx_words(file.getvalue())


def xlsx_words(file: bytes) -> str:
    import zipfile

    return zipfile.ZipFile(io.BytesIO(file)).read("xl/sharedStrings.xml").decode()


class TestSheets:
    def test_nothing_in_it_is_a_formula(self, store):
        words = ["=1+1", "+1", "-1+1", "@SUM(A1)", "{=1}", '=HYPERLINK("http://x")', "\t=1", "<r><f>1</f></r>"]
        stored = {(SUMMER_ENDS + place * SECOND, 1): (None, word) for place, word in enumerate(words)}
        sheet = taken(store, kept(store, stored), feeds=("door",))["Readings"]
        assert sheet.formulas == 0
        assert [row["C"] for row in sheet.rows[1:]] == words

    def test_what_is_more_than_a_sheet_takes_goes_on_in_the_next(self, store, monkeypatch):
        monkeypatch.setattr(xlsx, "ROWS_OF_SHEET", 11)
        channel = kept(store, {(SUMMER_ENDS + at * SECOND, 0): (at, None) for at in range(25)})
        sheets = taken(store, channel, feeds=("temperature",))
        assert list(sheets) == ["Readings", "Readings 2", "Readings 3"]
        assert all(sheet.headings == ["time_utc", "time_local", "temperature [°C]"] for sheet in sheets.values())
        assert all(sheet.is_frozen for sheet in sheets.values())
        assert [row["C"] for sheet in sheets.values() for row in sheet.rows[1:]] == list(range(25))

    def test_a_file_of_nothing_has_its_headings(self, store):
        assert taken(store, kept(store, {}), feeds=("door",))["Readings"].headings == ["time_utc", "time_local", "door"]
