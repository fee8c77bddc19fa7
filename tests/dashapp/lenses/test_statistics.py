from __future__ import annotations

import csv

import pytest

from dashapp import shown
from dashapp.lenses.statistics import Ids, file_name
from dashapp.shown import Shown
from domain import zones
from domain.selection import Selection
from domain.timespan import SECOND, TimeSpan
from tests.builders import NOW


@pytest.fixture
def board(lab):
    return lab.enrol(feeds=("temperature:°C", "door:text"))


class TestDraw:
    def test_it_tells_numbers_and_words(self, board, look):
        for each in range(4):
            board.post({"temperature": 20 + each, "door": "open" if each else "shut"})
        said = look(board, "lens=statistics").words
        assert "temperature °C 4 21.50 1.29 20 23 23" in said
        assert "Words 4 Different 2" in said
        assert "3 times" in said

    def test_zero_is_a_value(self, board, look):
        board.post({"temperature": 0})
        assert "temperature °C 1 0 – 0 0 0" in look(board, "lens=statistics").words

    def test_without_a_reading_it_says_so(self, board, look):
        board.post({"temperature": 20})
        tab = look(board, "lens=statistics&from=2020-01-01&to=2020-01-02")
        assert "No reading in this range." in tab.words
        assert tab.prop(Ids.TOOLS, "hidden")

    def test_feeds_that_are_left_out_have_none(self, board, look):
        board.post({"temperature": 20, "door": "open"})
        said = look(board, "lens=statistics&hide=door").words
        assert "Different" not in said

    def test_while_another_lens_is_open_it_asks_nothing(self, board, look):
        board.post({"temperature": 20, "door": "open"})
        assert look(board, "lens=events").prop(Ids.BODY) is None

    def test_it_goes_along_with_time(self, board, look, go_on):
        board.post({"temperature": 20})
        tab = look(board, "lens=statistics")
        board.post({"temperature": 30})
        go_on(tab)
        assert "temperature °C 2 25.00" in tab.words

    def test_what_took_long_is_not_worked_out_again_at_once(self, board, look, go_on, monkeypatch):
        monkeypatch.setattr("dashapp.lenses.statistics.PAUSE_US", 8 * SECOND)
        board.post({"temperature": 20})
        tab = look(board, "lens=statistics")
        board.post({"temperature": 30})
        told = []
        for _ in range(2):
            go_on(tab)
            told.append("temperature °C 2 25.00" in tab.words)
        assert told == [False, True]


class TestTaking:
    def test_what_is_copied_has_every_digit(self, board, look):
        for value in (0.1, 0.2, 0.3001):
            board.post({"temperature": value})
        copied = look(board, "lens=statistics").prop(Ids.COPY, "content")
        heads, values = (line.split("\t") for line in copied.splitlines())
        told = dict(zip(heads, values, strict=True))
        assert (told["feed"], told["unit"], told["n"], told["max"]) == ("temperature", "°C", "3", "0.3001")
        assert float(told["mean"]) == pytest.approx(0.6001 / 3, rel=1e-12)

    def test_a_file_has_the_same(self, board, look):
        board.post({"temperature": 20, "door": "=open"})
        tab = look(board, "lens=statistics")
        tab.press(Ids.DOWNLOAD)
        file = tab.prop(Ids.FILE, "data")
        rows = list(csv.reader(file["content"].splitlines()))
        assert rows[1][:4] == ["temperature", "°C", "1", "20"]
        assert rows[4][:3] == ["door", "'=open", "1"]

    def test_copying_is_offered_where_browsers_allow_it(self, board, look):
        board.post({"temperature": 20})
        assert look(board, "lens=statistics").prop(Ids.COPY, "style") == {}

    def test_the_file_is_named_after_the_days_of_the_zone(self):
        zone = zones.zone_named("Asia/Tokyo")
        days = TimeSpan(zones.day(zones.date(2026, 3, 1), zone).start, zones.day(zones.date(2026, 3, 7), zone).end)
        asked = Shown(7, Selection(), days, zone, NOW)
        assert file_name(asked) == "channel-7_statistics_2026-03-01_2026-03-07.csv"


class TestTampering:
    def test_what_the_browser_says_was_drawn_is_not_believed(self, board, look):
        board.post({"temperature": 20})
        tab = look(board, "lens=statistics")
        tab.change(Ids.BODY, "data-drawn", "nonsense@x")
        tab.change(shown.store_of("statistics"), "data", tab.prop(shown.store_of("statistics"), "data"))
        assert "temperature °C 1" in tab.words
