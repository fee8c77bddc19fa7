"""A field's newest value at ThingSpeak's address of a widget."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dashapp.pages.widget_frame import Ids
from domain.channels import Visibility
from domain.roles import Right
from tests.lab import Board, Lab, opened_lab
from tests.tab import Tab


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("widgets")) as lab:
        yield lab


@pytest.fixture
def board(lab) -> Board:
    board = lab.enrol(name="Otter kiln", feeds=("temperature:°C", "door:text", "probe:mixed"))
    board.post({"temperature": 21.456, "door": "open", "probe": 7})
    board.post({"probe": "<b>hot</b>"})
    return board


def opened(board: Board, query: str = "", number: int = 1) -> Tab:
    return Tab(board.lab.client, f"/channels/{board.channel_id}/widgets/{number}?{query}")


class TestAWidget:
    @pytest.mark.parametrize(
        ("number", "query", "words"),
        [
            (1, "", "temperature 21.46 °C"),
            (1, "round=1", "temperature 21.5 °C"),
            (1, "title=Kiln", "Kiln 21.46 °C"),
            (1, "yaxis=Heat", "Heat 21.46 °C"),
            (2, "", "door open"),
            (3, "", "probe <b>hot</b>"),
        ],
    )
    def test_it_shows_the_newest_value_of_its_field(self, board, number, query, words):
        assert words in opened(board, query, number).words

    def test_zero_is_a_value(self, board):
        board.post({"temperature": 0})
        assert "temperature 0 °C" in opened(board).words

    @pytest.mark.parametrize(
        ("query", "share"),
        [
            ("yaxismin=0&yaxismax=42.912", "50.00%"),
            ("yaxismin=0&yaxismax=10", "100.00%"),
            ("yaxismin=30&yaxismax=40", "0.00%"),
        ],
    )
    def test_between_two_ends_it_is_on_a_scale(self, board, query, share):
        drawn = str(opened(board, query).prop(Ids.CONTENT))
        assert "'role': 'meter'" in drawn
        assert f"'width': '{share}'" in drawn

    @pytest.mark.parametrize("query", ["", "yaxismin=0", "yaxismin=5&yaxismax=5"])
    def test_else_there_is_no_scale(self, board, query):
        assert "meter" not in str(opened(board, query).prop(Ids.CONTENT))

    def test_its_colours(self, board):
        assert "{'color': '#00ff00'}" in str(opened(board, "color=0f0").prop(Ids.CONTENT))

    def test_it_follows_unless_it_is_told_not_to(self, board):
        tab, still = opened(board), opened(board, "dynamic=false")
        assert (tab.prop(Ids.POLL, "disabled"), still.prop(Ids.POLL, "disabled")) == (False, True)
        board.post({"temperature": 33})
        tab.change(Ids.POLL, "n_intervals", 1)
        assert "temperature 33 °C" in tab.words

    def test_before_the_first_reading_it_waits(self, lab):
        assert "No reading yet" in opened(lab.enrol(name="Windowsill")).words

    def test_a_private_one_needs_its_key(self, lab):
        private = lab.enrol(name="Team notes", visibility=Visibility.MEMBERS)
        private.post({"temperature": 20.125})
        tab = opened(private)
        assert (tab.status, "Team notes" in "".join(tab.answers)) == (404, False)
        assert "20.12" in opened(private, f"api_key={lab.make_key(private.channel_id, Right.READ)}").words
