from __future__ import annotations

import pytest

from dashapp.lenses.histogram import Ids, chart_id, shares_of, words_id, words_of
from domain.histograms import Histogram, WordShares
from tests.dashapp.shapes import as_json, feed, texts, word_feed


@pytest.fixture
def board(lab):
    return lab.enrol(feeds=("temperature:°C", "door:text"))


def said(parts) -> str:
    return " ".join(texts(as_json(parts)))


class TestDraw:
    def test_it_draws_every_feed(self, board, look):
        for each in range(4):
            board.post({"temperature": 20 + each, "door": "open" if each else "shut"})
        tab = look(board, "lens=histogram&bins=10")
        temperature, door = (each.id for each in board.channel.feeds)
        assert sum(tab.prop(chart_id(temperature), "figure")["data"][0]["y"]) == 4
        assert "All 4 readings in 10 bins" in said(tab.prop(words_id(temperature, "numbers")))
        assert "open 3 75.0% shut 1 25.0%" in said(tab.prop(words_id(door, "words")))

    def test_as_time_goes_on_only_the_drawing_changes(self, board, look, go_on):
        board.post({"temperature": 20, "door": "open"})
        tab = look(board, "lens=histogram")
        board.post({"temperature": 21, "door": "shut"})
        before = tab.prop(Ids.BODY, "data-drawn")
        go_on(tab)
        temperature, door = (each.id for each in board.channel.feeds)
        assert sum(tab.prop(chart_id(temperature), "figure")["data"][0]["y"]) == 2
        assert "shut" in said(tab.prop(words_id(door, "words")))
        assert before.partition("@")[0] == tab.prop(Ids.BODY, "data-drawn").partition("@")[0]

    def test_what_took_long_is_not_counted_again_at_once(self, board, look, go_on, monkeypatch):
        monkeypatch.setattr("dashapp.lenses.histogram.MANY", 1)
        board.post([{"age_ms": 1_000 * age, "temperature": 20} for age in range(1, 9)])
        tab = look(board, "lens=histogram")
        board.post({"temperature": 21})
        temperature = board.channel.feeds[0].id
        counted = [sum(tab.prop(chart_id(temperature), "figure")["data"][0]["y"])]
        for _ in range(2):
            go_on(tab)
            counted.append(sum(tab.prop(chart_id(temperature), "figure")["data"][0]["y"]))
        assert counted == [8, 8, 9]

    def test_feeds_that_are_left_out_have_none(self, board, look):
        board.post({"temperature": 20, "door": "open"})
        tab = look(board, "lens=histogram&hide=door")
        assert words_id_of(tab) == {"numbers"}
        assert "All feeds are left out" in look(board, "lens=histogram&hide=door,temperature").words


def words_id_of(tab) -> set[str]:
    return {kind for kind in ("numbers", "words") if any(f'"histogram":"{kind}"' in each for each in tab.ids())}


class TestWords:
    def test_the_table_has_a_line_a_bin(self):
        told = said(words_of(Histogram(feed(1, unit="°C"), 4, (0.0, 1.0, 2.0), (1, 3))))
        assert "0 to 1 °C\n1 to 2 °C 1\n3 25.00%\n75.00%" in told

    def test_nothing_is_said_to_be_nothing(self):
        assert said(words_of(Histogram(feed()))) == "No number in this range."
        assert said(shares_of(WordShares(word_feed()))) == "No word in this range."

    def test_too_many_are_said_to_be_too_many(self):
        assert "too many to count" in said(words_of(Histogram(feed(), 6_000_000)))
        assert "Too many" in said(shares_of(WordShares(word_feed(), 6_000_000)))

    def test_words_beyond_those_named_are_told_together(self):
        told = said(shares_of(WordShares(word_feed(), 10, 4, (("open", 6), ("", 2)))))
        assert "open 6 60.0% (empty) 2 20.0% 2 other words 2 20.0%" in told
