"""A page that follows is given signs of life, which say whether it moves or stands still."""

from __future__ import annotations

import pytest

from dashapp import shell
from dashapp.channel_ids import Ids
from tests.lab import Board, opened_lab
from tests.slow_tab import on_socket
from tests.tab import Tab

STILL = "?from=2026-03-08&to=2026-03-09"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with opened_lab(tmp_path_factory.mktemp("college")) as lab:
        yield lab


@pytest.fixture(scope="module")
def board(lab) -> Board:
    board = lab.enrol(feeds=("temperature:°C",))
    board.post({"temperature": 21.5})
    return board


def is_said_to_stand_still(tab: Tab) -> bool:
    return "lf-switch-paused" in tab.prop(shell.Ids.BEAT, "className")


@pytest.mark.parametrize(("query", "is_still"), [("", False), (STILL, True)])
class TestSignsOfLife:
    def test_one_comes_when_the_page_is_followed(self, lab, board, eventually, query, is_still):
        with on_socket(lab, f"/channels/{board.channel_id}{query}") as tab:
            eventually(tab.settled, what="a page that is followed")
            assert is_said_to_stand_still(tab) is is_still
            tab.change(Ids.SAFETY, "n_intervals", 1)
            eventually(tab.settled, what="a page that is followed anew")
            assert is_said_to_stand_still(tab) is is_still

    def test_and_with_every_poll(self, lab, board, query, is_still):
        tab = Tab(lab.client, f"/channels/{board.channel_id}{query}")
        tab.change(Ids.POLL, "n_intervals", 1)
        assert is_said_to_stand_still(tab) is is_still
