from __future__ import annotations

import pytest

from dashapp.lenses import xy
from dashapp.lenses.xy import Ids, chosen, picks_of
from domain.selection import Selection
from tests.dashapp.shapes import a_channel, feed, texts, word_feed

FEEDS = (feed(1, "x"), feed(2, "y"), feed(3, "z"))


@pytest.fixture
def board(lab):
    return lab.enrol(feeds=("temperature:°C", "humidity", "door:text"))


def send(board, *pairs) -> None:
    for order, (temperature, humidity) in enumerate(pairs):
        sent = {"age_ms": 1_000 * (len(pairs) - order), "temperature": temperature, "humidity": humidity}
        assert board.post(sent).status_code == 201


class TestApplies:
    @pytest.mark.parametrize(
        ("feeds", "does"),
        [
            (FEEDS, True),
            (FEEDS[:1], False),
            ((FEEDS[0], word_feed()), False),
            ((FEEDS[0], feed(2, is_hidden=True)), False),
        ],
    )
    def test_it_takes_two_feeds_of_numbers(self, feeds, does):
        assert xy.applies(a_channel(*feeds)) is does


class TestChosen:
    @pytest.mark.parametrize(
        ("x", "y", "expected"),
        [
            ("", "", "xy"),
            ("z", "", "zx"),
            ("", "x", "yx"),
            ("", "z", "xz"),
            ("y", "z", "yz"),
            ("no", "x", "yx"),
            ("z", "z", "zz"),
        ],
    )
    def test_what_the_address_leaves_out_is_the_first_other_feed(self, x, y, expected):
        found = chosen(FEEDS, Selection(x=x, y=y))
        assert "".join(each.name for each in found) == expected


class TestPicks:
    def test_who_chooses_the_other_feed_has_the_two_change_places(self):
        across, _ = picks_of(FEEDS, FEEDS[0], FEEDS[1], Selection(lens="xy"))
        assert [(choice.words, choice.is_chosen) for choice in across] == [("x", True), ("y", False), ("z", False)]
        assert Selection.parse(across[1].query) == Selection(lens="xy", x="y", y="x")
        assert Selection.parse(across[2].query) == Selection(lens="xy", x="z", y="y")


class TestDraw:
    def test_it_draws_pairs_with_their_line(self, board, look):
        send(board, (20, 50), (21, 48), (22, 46))
        tab = look(board, "lens=xy")
        assert "y = -2 · x + 90" in tab.words
        assert "3 pairs" in tab.words
        points = tab.prop(Ids.CHART, "figure")["data"][1]
        assert (points["x"], points["y"]) == ([20, 21, 22], [50, 48, 46])

    def test_the_address_says_which_feeds(self, board, look):
        send(board, (20, 50))
        points = look(board, "lens=xy&x=humidity&y=temperature").prop(Ids.CHART, "figure")["data"][1]
        assert (points["x"], points["y"]) == ([50], [20])

    def test_as_time_goes_on_only_the_drawing_changes(self, board, look, go_on):
        send(board, (20, 50), (21, 48))
        tab = look(board, "lens=xy")
        send(board, (25, 40))
        go_on(tab)
        assert '"children":[' not in tab.answers[-1].partition(Ids.WORDS)[0]
        assert tab.prop(Ids.CHART, "figure")["data"][1]["x"] == [20, 21, 25]
        assert "3 pairs" in " ".join(texts(tab.prop(Ids.WORDS)))

    def test_the_first_pair_takes_the_place_of_the_words(self, board, look, go_on):
        tab = look(board, "lens=xy")
        assert "In this range nothing of temperature goes with humidity." in tab.words
        send(board, (20, 50))
        go_on(tab)
        assert "1 pair" in tab.words
        assert tab.prop(Ids.CHART, "figure")["data"][1]["x"] == [20]

    def test_while_another_lens_is_open_it_draws_nothing(self, board, look):
        send(board, (20, 50))
        assert look(board, "lens=histogram").prop(Ids.BODY) is None
