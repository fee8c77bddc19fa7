from __future__ import annotations

import pytest

from dashapp.components.ways import way_id
from dashapp.lenses.map import NAME, Ids, metres_text, offered
from dashapp.lenses.map import Found as Seen
from dashapp.lenses.registry import LENSES
from domain.selection import Selection
from domain.tracks import Track
from tests.dashapp.shapes import feed, texts


@pytest.fixture
def board(lab):
    return lab.enrol(feeds=("temperature:°C", "door:text"))


def walk(board, *positions) -> None:
    for order, (latitude, longitude) in enumerate(positions):
        age = {"age_ms": 1_000 * (len(positions) - order)}
        sent = {"values": {"temperature": 20 + order}, "latitude": latitude, "longitude": longitude, **age}
        assert board.post(sent).status_code == 201


class TestApplies:
    def test_it_is_offered_where_a_position_came(self, board, look):
        board.post({"temperature": 20})
        tab_id = way_id(("lens", [lens.NAME for lens in LENSES].index(NAME)))
        assert look(board, "lens=histogram").prop(tab_id, "hidden") is True
        walk(board, (52.5, 13.4))
        assert look(board, "lens=histogram").prop(tab_id, "hidden") is False


class TestDraw:
    def test_it_draws_the_track(self, board, look):
        walk(board, (52.5, 13.4), (52.501, 13.4))
        tab = look(board, "lens=map")
        assert "2 positions" in tab.words
        assert "0 m east–west, 111 m north–south" in tab.words
        assert "52.50100° N, 13.40000° E" in tab.words
        assert len(tab.prop(Ids.CHART, "figure")["data"][2]["x"]) == 2

    def test_its_colour_may_be_what_a_feed_said(self, board, look):
        walk(board, (52.5, 13.4), (52.501, 13.4))
        tab = look(board, "lens=map&x=temperature")
        assert tab.prop(Ids.CHART, "figure")["data"][2]["marker"]["color"] == [20, 21]
        assert "20 °C 21 °C" in tab.words

    def test_a_feed_that_is_not_there_leaves_it_to_time(self, board, look):
        walk(board, (52.5, 13.4))
        assert "Time" in " ".join(texts(look(board, "lens=map&x=nosuch").prop(Ids.WORDS)))

    def test_as_time_goes_on_only_the_drawing_changes(self, board, look, go_on):
        walk(board, (52.5, 13.4))
        tab = look(board, "lens=map")
        walk(board, (52.501, 13.4))
        before = tab.prop(Ids.BODY, "data-drawn")
        go_on(tab)
        assert len(tab.prop(Ids.CHART, "figure")["data"][2]["x"]) == 2
        assert tab.prop(Ids.BODY, "data-drawn") == before

    def test_a_range_without_a_position_says_so(self, board, look):
        walk(board, (52.5, 13.4))
        assert "Nothing in this range came with a position." in look(board, "lens=map&from=now-9m&to=now-8m").words


class TestOffered:
    def test_time_then_each_feed(self):
        choices = offered(Seen((feed(1), feed(2, "y")), Track(feed=feed(2, "y"))), Selection(lens="map", x="y"))
        assert [(each.words, each.is_chosen) for each in choices] == [
            ("Time", False),
            ("temperature", False),
            ("y", True),
        ]
        assert Selection.parse(choices[0].query) == Selection(lens="map")


@pytest.mark.parametrize(
    ("metres", "written"), [(0.2, "0 m"), (312, "312 m"), (2_000, "2.00 km"), (98_765, "98.77 km")]
)
def test_lengths_are_written_as_people_read_them(metres, written):
    assert metres_text(metres) == written
