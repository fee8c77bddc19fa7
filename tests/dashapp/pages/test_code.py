"""Code with address and key, a test reading, what reaches the channel: for those who may contribute, nobody else."""

from __future__ import annotations

import pytest

import context
from dashapp.components.boards import BOARDS
from dashapp.components.trial_form import UNNAMED, value_id
from dashapp.pages import code
from dashapp.pages.code import KEY_PLACEHOLDER, SLOW_TICK_MS, TICK_MS, Ids
from domain.roles import Right, Role
from domain.timespan import SECOND
from models.schema import membership
from tests.lab import opened_lab
from tests.people import make_member, make_person, sign_in
from tests.tab import Tab


@pytest.fixture
def board(lab):
    """A board of a channel that has heard nothing yet."""
    return lab.enrol(name="Otter kiln", feeds=("temperature:°C", "door:text"))


def open_page(lab, board, role: Role | None = Role.OWNER, tail: str = "/code") -> Tab:
    person = make_person(lab.store, "Ada Finch")
    if role is not None:
        make_member(lab.store, board.channel_id, person, role)
    return Tab(sign_in(lab.client, lab.store, person, context.now()), f"/channels/{board.channel_id}{tail}")


def tick(lab, tab: Tab) -> str:
    """A second later: what stands on the page then."""
    lab.do_chores()
    tab.change(Ids.TICK, "n_intervals", (tab.prop(Ids.TICK, "n_intervals") or 0) + 1)
    return tab.words


class TestCode:
    @pytest.mark.parametrize("role", [Role.OWNER, Role.EDITOR])
    def test_address_key_and_feeds_are_filled_in(self, lab, board, role):
        words = open_page(lab, board, role).words
        assert f"X-API-Key: {board.key}" in words
        assert '{"temperature": 21.4, "door": "open"}' in words
        assert "http://localhost/api/v1/readings" in words

    def test_the_servers_own_address_counts_where_it_is_known(self, tmp_path):
        with opened_lab(tmp_path, PUBLIC_URL="http://lab.example.edu:8000") as lab:
            board = lab.enrol()
            assert "http://lab.example.edu:8000/api/v1/readings" in open_page(lab, board).words

    @pytest.mark.parametrize("each", BOARDS, ids=lambda each: each.slug)
    def test_each_board_can_be_chosen(self, lab, board, each):
        tab = open_page(lab, board)
        tab.change(Ids.BOARD, "value", each.slug)
        assert board.key in str(tab.prop(Ids.CODE))

    def test_a_board_nobody_knows_shows_the_first(self, lab, board):
        tab = open_page(lab, board)
        tab.change(Ids.BOARD, "value", "abacus")
        assert "curl" in str(tab.prop(Ids.CODE))

    def test_a_board_is_warned_of_an_address_that_means_itself(self, lab, board):
        tab = open_page(lab, board)
        assert "means the board itself" not in tab.words
        tab.change(Ids.BOARD, "value", "arduino")
        assert "means the board itself" in tab.words

    def test_without_a_write_key_it_says_where_one_is_made(self, lab):
        words = open_page(lab, lab.enrol(right=Right.READ)).words
        assert "This channel has no write key." in words
        assert KEY_PLACEHOLDER in words

    def test_a_key_of_another_channel_is_not_shown(self, lab, board):
        other = lab.enrol()
        assert other.key not in open_page(lab, board).words


class TestWhoMaySeeIt:
    def test_a_viewer_is_told_who_can_invite_them(self, lab, board):
        make_member(lab.store, board.channel_id, make_person(lab.store, "Ben Heron"))
        tab = open_page(lab, board, Role.VIEWER)
        assert "Ask Ben Heron to add you as an editor." in tab.words
        assert board.key not in "".join(tab.answers)
        assert tab.prop(Ids.BODY, "hidden") is True

    def test_somebody_else_of_the_college_learns_no_names(self, lab, board):
        make_member(lab.store, board.channel_id, make_person(lab.store, "Ben Heron"))
        tab = open_page(lab, board, None)
        assert "Ask one of its owners" in tab.words
        assert "Ben Heron" not in "".join(tab.answers)
        assert board.key not in "".join(tab.answers)

    def test_a_visitor_is_asked_to_sign_in(self, lab, board):
        answer = lab.client.get(f"/channels/{board.channel_id}/code")
        assert (answer.status_code, answer.location) == (302, f"/sign-in?next=/channels/{board.channel_id}/code")

    @pytest.mark.parametrize("number", ["99", "0", "x"])
    def test_a_channel_that_is_not_there_is_not_found(self, lab, number):
        person = make_person(lab.store)
        tab = Tab(sign_in(lab.client, lab.store, person, context.now()), f"/channels/{number}/code")
        assert tab.status == 404
        assert "nothing here" in tab.words

    def test_a_hidden_channel_is_not_there(self, lab):
        hidden = lab.enrol(visibility="members")
        tab = open_page(lab, hidden, None)
        assert tab.status == 404
        assert hidden.key not in "".join(tab.answers)

    def test_a_right_that_is_withdrawn_ends_the_listening(self, lab, board):
        tab = open_page(lab, board)
        lab.store.tell(lambda connection: connection.execute(membership.delete()))
        board.post({"temperature": "21,4"})
        assert "21,4" not in tick(lab, tab)
        assert tab.prop(Ids.VISIT, "data") == {}
        asked = len(tab.asked)
        tick(lab, tab)
        assert "interval" not in str(tab.answers[-1])
        assert len(tab.asked) == asked + 1

    def test_another_channel_written_into_the_visit_is_decided_anew(self, lab, board):
        hidden = lab.enrol(visibility="members")
        tab = open_page(lab, board)
        tab.change(Ids.VISIT, "data", {"channel": hidden.channel_id, "opened": 0})
        assert hidden.key not in "".join(tab.answers)


class TestWaiting:
    def test_it_waits_for_the_first_reading(self, lab, board):
        assert "Waiting for your first reading" in tick(lab, open_page(lab, board))

    def test_a_refused_attempt_is_shown_with_its_cure(self, lab, board):
        tab = open_page(lab, board)
        board.post({"temperature": "21,4"})
        words = tick(lab, tab)
        assert '"21,4" is not a number' in words
        assert "Cure: Write a point: 21.4" in words
        assert "HTTP from 127.0.0.1" in words

    def test_a_read_key_is_told(self, lab, board):
        tab = open_page(lab, board)
        reader = lab.make_key(board.channel_id, Right.READ)
        board.post({"temperature": 1}, headers={"X-API-Key": reader})
        assert "This is a read key" in tick(lab, tab)

    def test_then_it_works(self, lab, board):
        tab = open_page(lab, board)
        board.post({"temperature": "21,4"})
        tick(lab, tab)
        board.post({"temperature": 21.4, "door": "open"})
        words = tick(lab, tab)
        assert "It works" in words
        assert "temperature 21.4 °C, door open" in words
        assert "Open the live page" in words
        assert tab.prop(Ids.CLOCK) == ""
        assert tab.prop(Ids.TICK, "interval") == SLOW_TICK_MS

    def test_what_happens_in_another_channel_is_not_shown(self, lab, board):
        other = lab.enrol()
        tab = open_page(lab, board)
        other.post({"temperature": 99})
        other.post({"temperature": "21,4"})
        assert "Waiting for your first reading" in tick(lab, tab)
        assert "21,4" not in tab.words

    def test_when_nothing_changed_only_the_clock_moves(self, lab, board):
        tab = open_page(lab, board)
        tick(lab, tab)
        tick(lab, tab)
        assert set(tab.answers[-1].split('"')) >= {Ids.CLOCK}
        assert Ids.HEARD not in tab.answers[-1]

    def test_advice_comes_when_nothing_did_for_long(self, lab, board):
        tab = open_page(lab, board)
        assert "What does your board say?" not in tab.words
        long_ago = context.now() - 25 * SECOND
        tab.change(Ids.VISIT, "data", {"channel": board.channel_id, "opened": long_ago})
        assert "What does your board say?" in tick(lab, tab)
        assert tab.prop(Ids.CLOCK) in ("0:25", "0:26", "0:27", "0:28")


class TestATestReading:
    def test_it_is_stored_and_shown(self, lab, board):
        tab = open_page(lab, board)
        tab.press(Ids.SEND)
        assert "Stored: 2 values." in tab.words
        assert board.stored() == [("temperature", 21.4), ("door", "open")]
        assert "The test reading arrived" in tick(lab, tab)
        assert tab.prop(Ids.TICK, "interval") == TICK_MS

    def test_what_was_written_is_sent(self, lab, board):
        tab = open_page(lab, board)
        first, _ = board.channel.feeds
        tab.change(value_id(first.id), "value", "21,4")
        tab.press(Ids.SEND)
        assert "is not a number" in tab.words
        assert "Write a point: 21.4" in tab.words
        assert board.stored() == []
        assert "Refused" in tick(lab, tab)

    def test_a_channel_without_feeds_gets_its_first(self, lab):
        board = lab.enrol(feeds=())
        tab = open_page(lab, board)
        tab.change(value_id(UNNAMED), "value", "7")
        tab.press(Ids.SEND)
        assert board.stored() == [("temperature", 7.0)]

    def test_drawing_the_page_sends_nothing(self, lab, board):
        open_page(lab, board)
        assert board.stored() == []

    def test_a_viewer_cannot_send_by_asking_for_it(self, lab, board):
        tab = open_page(lab, board, Role.VIEWER)
        tab.change(Ids.VISIT, "data", {"channel": board.channel_id, "opened": 0})
        tab.press(Ids.SEND)
        assert board.stored() == []


class TestOtherPages:
    def test_the_empty_channel_page_leads_here(self, lab, board):
        assert "Connect a board" in open_page(lab, board, tail="").words

    def test_for_others_it_does_not(self, lab, board):
        assert "Connect a board" not in open_page(lab, board, None, tail="").words


def test_it_exists_for_whoever_may_see_the_channel(lab, board):
    with lab.app.test_request_context("/"):
        assert code.exists(f"/channels/{board.channel_id}/code")
        assert not code.exists(f"/channels/{board.channel_id}")
