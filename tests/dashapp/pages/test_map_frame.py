"""Where a channel is, at ThingSpeak's address of its map."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dashapp.pages.map_frame import Ids
from domain.channels import Visibility
from domain.readings import Position
from domain.roles import Right
from domain.timespan import MINUTE
from models.schema import channel as channel_table
from tests.builders import NOW, append, entry
from tests.lab import Board, Lab, opened_lab
from tests.tab import Tab


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with opened_lab(tmp_path_factory.mktemp("maps")) as lab:
        yield lab


def opened(board: Board, query: str = "") -> Tab:
    return Tab(board.lab.client, f"/channels/{board.channel_id}/maps/channel_show?{query}")


def placed(lab: Lab, **more) -> Board:
    board = lab.enrol(name="Lake", **more)
    for order in range(3):
        position = Position(48.5 + order / 1000, 9.25)
        append(lab.store, board.channel, entry(NOW + order * MINUTE, position=position, temperature=order))
    return board


class TestAMap:
    def test_it_shows_where_its_entries_were_taken(self, lab):
        tab = opened(placed(lab), "width=400&height=250&title=Shore&bgcolor=000")
        figure = tab.prop(Ids.CHART, "figure")
        ways = next(trace for trace in figure["data"] if trace["uid"] == "way")
        assert len(ways["y"]) == 3
        assert (figure["layout"]["title"]["text"], figure["layout"]["paper_bgcolor"]) == ("Shore", "#000000")
        assert tab.prop(Ids.CONTENT)[0]["props"]["style"] == {"width": "400px", "height": "250px"}
        assert "48.50200° N, 9.25000° E" in tab.words

    def test_without_any_its_own_place(self, lab):
        shed = lab.enrol(name="Shed")
        lab.store.tell(_place, shed.channel_id)
        assert "48.50000° N, 9.25000° E" in opened(shed).words

    def test_a_channel_without_a_place_says_so(self, lab):
        assert "No place yet" in opened(lab.enrol(name="Nowhere")).words

    def test_it_stands_still_unless_it_is_told_otherwise(self, lab):
        board = placed(lab)
        assert opened(board).prop(Ids.POLL, "disabled")
        tab = opened(board, "dynamic=true")
        append(lab.store, board.channel, entry(NOW + 9 * MINUTE, position=Position(48.6, 9.25), temperature=1))
        tab.change(Ids.POLL, "n_intervals", 1)
        assert "48.60000° N" in tab.words

    def test_a_private_one_needs_its_key(self, lab):
        private = placed(lab, visibility=Visibility.MEMBERS)
        tab = opened(private)
        assert (tab.status, "48.5" in "".join(tab.answers)) == (404, False)
        key = lab.make_key(private.channel_id, Right.READ)
        assert "48.50200° N" in opened(private, f"api_key={key}").words


def _place(connection, channel_id: int) -> None:
    """As its owners say it under Settings."""
    its = channel_table.update().where(channel_table.c.id == channel_id)
    connection.execute(its.values(latitude=48.5, longitude=9.25))
