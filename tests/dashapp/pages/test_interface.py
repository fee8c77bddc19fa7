"""The page that tells the interface: everything the server takes, with the reader's own channel and keys."""

from __future__ import annotations

import pytest

import context
from api.operations import EVERY
from dashapp.components.interface_parts import anchor, summary_id, told_id
from dashapp.pages.interface import Ids
from domain.channels import Visibility
from domain.roles import Right, Role
from tests.dashapp.shapes import texts
from tests.people import make_member, make_person, sign_in
from tests.tab import Tab


@pytest.fixture
def board(lab):
    return lab.enrol(name="Otter kiln", feeds=("humidity", "door:text"), visibility=Visibility.MEMBERS)


def open_page(lab, board=None, role: Role = Role.OWNER, tail: str = "") -> Tab:
    """As a member of the board's channel; without a board as a visitor."""
    client = lab.client
    if board is not None:
        person = make_person(lab.store, f"{role} {board.channel_id}")
        make_member(lab.store, board.channel_id, person, role)
        client = sign_in(client, lab.store, person, context.now())
    return Tab(client, f"/interface{tail}")


def opened(tab: Tab, name: str) -> str:
    """What an entry tells once it is open."""
    tab.press(summary_id(name))
    return " ".join(texts(tab.prop(told_id(name))))


@pytest.fixture
def tab(lab) -> Tab:
    """Of a visitor."""
    return open_page(lab)


class TestWhatItTells:
    def test_everything_that_can_be_asked(self, lab):
        words = open_page(lab).words
        assert [each.name for each in EVERY if each.summary not in words or each.path not in words] == []

    def test_parameters_answers_and_refusals(self, lab):
        words = opened(open_page(lab), "listReadings")
        for told in ("a whole number from 1 to 10000", "readings[].entry_id", "422 invalid", "If-None-Match"):
            assert told in words

    @pytest.mark.parametrize("name", [each.name for each in EVERY])
    def test_each_entry_can_be_opened(self, tab, name):
        assert "In a terminal" in opened(tab, name)

    def test_the_ways_lead_to_the_groups(self, lab):
        tab = open_page(lab)
        assert {anchor(str(each.group)) for each in EVERY} <= tab.ids()


class TestWhatIsFilledIn:
    @pytest.mark.parametrize("role", [Role.OWNER, Role.EDITOR])
    def test_host_channel_feed_and_keys(self, lab, board, role):
        read_key = lab.make_key(board.channel_id, Right.READ)
        tab = open_page(lab, board, role)
        feeds = f"curl -H 'X-API-Key: {read_key}' http://localhost/api/v1/channels/{board.channel_id}/feeds"
        assert feeds in opened(tab, "listFeeds")
        assert f"X-API-Key: {board.key}" in opened(tab, "sendReadings")
        assert f"/api/v1/channels/{board.channel_id}/feeds/humidity/last.txt" in opened(tab, "getLastValue")

    def test_who_may_only_look_sees_no_key(self, lab, board):
        read_key = lab.make_key(board.channel_id, Right.READ)
        tab = open_page(lab, board, Role.VIEWER)
        words = "".join(opened(tab, each.name) for each in EVERY)
        assert f"/api/v1/channels/{board.channel_id}/readings" in words
        assert [key for key in (board.key, read_key) if any(key in answer for answer in tab.answers)] == []

    def test_a_public_channel_needs_no_key_to_be_read(self, lab):
        board = lab.enrol(name="Open kiln")
        words = opened(open_page(lab, board), "listFeeds")
        assert f"curl http://localhost/api/v1/channels/{board.channel_id}/feeds" in words

    def test_a_visitor_is_offered_what_is_public(self, lab, board):
        public = lab.enrol(name="Open kiln")
        tab = open_page(lab)
        assert [option["value"] for option in tab.prop(Ids.CHANNEL, "options")] == [str(public.channel_id)]
        assert "Otter kiln" not in tab.words

    def test_another_channel_can_be_chosen(self, lab, board):
        other = lab.enrol(name="Second kiln")
        tab = open_page(lab, board, tail=f"?channel={other.channel_id}")
        assert "Below stands Second kiln" in tab.words
        assert tab.prop(Ids.CHANNEL, "value") == str(other.channel_id)
        assert f"localhost/api/v1/channels/{other.channel_id}/feeds" in opened(tab, "listFeeds")
        tab.change(Ids.CHANNEL, "value", str(board.channel_id))
        assert "Below stands Otter kiln" in tab.words
        assert f"localhost/api/v1/channels/{board.channel_id}/feeds" in tab.words

    @pytest.mark.parametrize("tail", ["?channel=999999", "?channel=x", "?channel=", "?other=1"])
    def test_an_address_that_names_none_shows_the_first(self, lab, board, tail):
        assert "Below stands Otter kiln" in open_page(lab, board, tail=tail).words

    def test_what_one_may_not_see_is_not_named(self, lab, board):
        assert "Otter kiln" not in open_page(lab, tail=f"?channel={board.channel_id}").words

    def test_without_any_channel_it_is_said(self, lab):
        assert "There is no channel yet" in open_page(lab).words
