"""The table of readings on a channel's page: its rows and pages, who may put them right, and how."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import context
from dashapp import shell, shown
from dashapp.components.readings_frame import Ids
from dashapp.components.readings_grid import PAGE, grid_id
from dashapp.lenses import table
from domain.roles import Role
from tests.dashapp.shapes import a_channel, feed
from tests.people import make_new_member, sign_in
from tests.tab import Tab

GRID = grid_id(0)
ALL_TIME = "lens=table&from=2020-01-01"


@pytest.fixture
def board(lab):
    """With some readings, two of them of one instant."""
    board = lab.enrol(feeds=("temperature:°C", "door:text"))
    board.post([{"at": f"2026-11-20T10:00:{second:02d}Z", "values": {"temperature": second}} for second in range(3)])
    board.post({"at": "2026-11-20T10:00:02Z", "values": {"door": "open"}})
    return board


@pytest.fixture
def as_role(board) -> Callable[..., Tab]:
    """A function: the table as a member of this role sees it."""

    def open_page(role: Role, query: str = ALL_TIME) -> Tab:
        lab = board.lab
        person = make_new_member(lab.store, board.channel_id, f"Some {role}", role)
        client = sign_in(lab.client, lab.store, person, context.now())
        return Tab(client, f"/channels/{board.channel_id}?{query}&zone=UTC")

    return open_page


def cells(tab: Tab) -> list[dict[str, str]]:
    return tab.prop(GRID, "getRowsResponse")["rowData"]


def readings(tab: Tab, board, name: str = "temperature") -> list[str | None]:
    """The column of a feed."""
    feed_id = next(feed.id for feed in board.channel.feeds if feed.name == name)
    return [row.get(f"f{feed_id}") for row in cells(tab)]


def write(tab: Tab, board, row: int, to: str | None, name: str = "temperature") -> None:
    """What the grid says when somebody wrote into a cell."""
    field = next(f"f{feed.id}" for feed in board.channel.feeds if feed.name == name)
    was = cells(tab)[row].get(field)
    event = {"colId": field, "value": to, "oldValue": was, "data": {**cells(tab)[row], field: to}}
    tab.change(GRID, "cellValueChanged", [event])


class TestApplies:
    def test_it_takes_a_feed_that_is_not_hidden(self):
        assert [table.applies(a_channel(*feeds)) for feeds in ([], [feed(is_hidden=True)], [feed()])] == [
            False,
            False,
            True,
        ]


class TestRows:
    def test_they_are_the_readings_newest_first_one_an_instant(self, board, look):
        tab = look(board, f"{ALL_TIME}&zone=Europe/Berlin")
        assert (readings(tab, board), readings(tab, board, "door")) == (["2", "1", "0"], ["open", None, None])
        assert cells(tab)[0]["time"].endswith("11:00:02.00 CET")
        assert tab.prop(Ids.NOTE) == "4 readings, newest first"

    def test_a_feed_that_is_left_out_is_no_column(self, board, look):
        tab = look(board, f"{ALL_TIME}&hide=temperature")
        assert [each["headerName"] for each in tab.prop(GRID, "columnDefs")][1:] == ["door"]
        assert readings(tab, board, "door") == ["open"]

    def test_without_a_reading_in_range_it_says_so(self, board, look):
        tab = look(board, "lens=table&from=2020-01-01&to=2020-01-02")
        assert "No reading in this range." in tab.words
        assert tab.prop(Ids.WAYS, "hidden")

    def test_what_comes_stands_first_while_the_page_follows(self, board, look, go_on):
        board.post({"temperature": 7})
        tab = look(board, "lens=table&from=now-1h")
        board.post({"temperature": 8})
        go_on(tab)
        assert readings(tab, board) == ["8", "7"]

    def test_a_page_brings_the_grids_scripts_once(self, board, look, go_on):
        board.post({"temperature": 7})
        tab = look(board, "lens=table&from=now-1h")
        go_on(tab)
        assert len([answer for answer in tab.answers if '"dist":' in answer]) == 1
        assert tab.prop(shell.Ids.LIBRARIES, "data") == ["dash_ag_grid"]

    def test_behind_another_lens_it_asks_nothing(self, board, look):
        tab = look(board, "from=2020-01-01")
        assert tab.prop(Ids.VIEW, "data") == {}


class TestPages:
    @pytest.fixture
    def many(self, board):
        times = [f"2026-11-19T{10 + each // 60}:{each % 60:02d}:00Z" for each in range(2 * PAGE)]
        board.post([{"at": at, "values": {"temperature": each}} for each, at in enumerate(times)])
        return board

    def test_one_leads_to_the_next_and_back(self, many, look):
        tab = look(many, ALL_TIME)
        first = [row["at"] for row in cells(tab)]
        tab.press(Ids.OLDER)
        second = [row["at"] for row in cells(tab)]
        tab.press(Ids.OLDER)
        third = [row["at"] for row in cells(tab)]
        every = [*first, *second, *third]
        assert (len(set(every)), every) == (2 * PAGE + 3, sorted(every, reverse=True))
        assert (tab.prop(Ids.OLDER, "disabled"), tab.prop(Ids.WHERE)) == (True, "Page 3")
        tab.press(Ids.NEWER)
        assert [row["at"] for row in cells(tab)] == second
        tab.press(Ids.NEWEST)
        assert [row["at"] for row in cells(tab)] == first

    def test_one_that_is_open_stays_while_readings_come(self, many, look, go_on):
        tab = look(many, ALL_TIME)
        tab.press(Ids.OLDER)
        before = cells(tab)
        many.post({"temperature": 7})
        go_on(tab)
        assert cells(tab) == before

    def test_another_range_begins_with_its_newest(self, many, look):
        tab = look(many, ALL_TIME)
        tab.press(Ids.OLDER)
        kept = tab.prop(shown.store_of("table"), "data")
        tab.change(shown.store_of("table"), "data", {**kept, "query": "?lens=table&from=2021-01-01"})
        assert tab.prop(grid_id(1), "getRowsResponse")["rowData"][0]["time"].endswith("10:00:02.00")


class TestPuttingRight:
    @pytest.mark.parametrize(("role", "may"), [(Role.VIEWER, False), (Role.EDITOR, True), (Role.OWNER, True)])
    def test_it_is_offered_to_those_who_may(self, as_role, role, may):
        assert as_role(role).prop(Ids.TOOLS, "hidden") is not may

    def test_cells_are_written_into_once_that_was_chosen(self, as_role):
        tab = as_role(Role.EDITOR)
        before = tab.prop(GRID, "columnDefs")[1]["editable"]
        tab.change(Ids.EDIT, "value", True)
        assert (before, tab.prop(GRID, "columnDefs")[1]["editable"]) == (False, True)

    def test_nothing_is_stored_before_it_is_saved(self, as_role, board):
        tab = as_role(Role.EDITOR)
        write(tab, board, 0, "22.5")
        assert readings(tab, board) == ["22.5", "1", "0"]
        assert "2 → 22.5" in tab.words
        assert ("temperature", 22.5) not in board.stored()

    def test_saved_it_is_stored(self, as_role, board):
        tab = as_role(Role.EDITOR)
        write(tab, board, 0, "22.5")
        write(tab, board, 1, None)
        tab.press(Ids.SAVE)
        assert [value for name, value in board.stored() if name == "temperature"] == [0, 22.5]
        assert "1 reading corrected, 1 reading deleted." in tab.words
        assert (readings(tab, board), tab.prop(Ids.BAR, "hidden")) == (["22.5", "0"], True)

    def test_left_as_it_was_it_is_as_it_was(self, as_role, board):
        tab, before = as_role(Role.EDITOR), board.stored()
        write(tab, board, 0, "22.5")
        tab.press(Ids.UNDO)
        tab.press(Ids.SAVE)
        assert (readings(tab, board), board.stored()) == (["2", "1", "0"], before)

    def test_what_the_feed_cannot_hold_is_refused_and_the_cell_goes_back(self, as_role, board):
        tab = as_role(Role.EDITOR)
        write(tab, board, 0, "warm")
        assert '"warm" is not a number' in tab.words
        assert readings(tab, board) == ["2", "1", "0"]

    def test_selected_rows_are_deleted_whole(self, as_role, board):
        tab = as_role(Role.EDITOR)
        tab.change(GRID, "selectedRows", cells(tab)[:1])
        tab.press(Ids.DELETE)
        assert tab.prop(GRID, "selectedRows") == []
        tab.press(Ids.SAVE)
        assert board.stored() == [("temperature", 0), ("temperature", 1)]

    def test_while_somebody_writes_no_row_moves(self, as_role, board, go_on):
        tab = as_role(Role.EDITOR)
        tab.change(Ids.EDIT, "value", True)
        board.post({"temperature": 7})
        go_on(tab)
        assert readings(tab, board) == ["2", "1", "0"]
        tab.change(Ids.EDIT, "value", False)
        go_on(tab)
        assert readings(tab, board)[0] == "7"

    def test_what_somebody_else_changed_meanwhile_is_not_written_over(self, as_role, board):
        mine, theirs = as_role(Role.EDITOR), as_role(Role.OWNER)
        write(mine, board, 0, "22.5")
        write(theirs, board, 0, "23")
        theirs.press(Ids.SAVE)
        mine.press(Ids.SAVE)
        assert "changed in the meantime" in mine.words
        assert ("temperature", 23) in board.stored()

    @pytest.mark.parametrize("role", [Role.VIEWER, None])
    def test_from_anybody_else_nothing_is_taken(self, as_role, board, look, role):
        tab, before = look(board, ALL_TIME) if role is None else as_role(role), board.stored()
        write(tab, board, 0, "22.5")
        tab.press(Ids.SAVE)
        assert board.stored() == before
