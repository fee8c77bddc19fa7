"""Test readings go the way of a board's: the same checks, the same rate, the same storage."""

from __future__ import annotations

import pytest

import context
from domain.errors import Forbidden, Invalid, KeyMissing, NotFound, TooFast
from domain.roles import Right, Role
from domain.timespan import MINUTE
from models import channels, entries, refusals
from tests.lab import opened_lab
from tests.people import begin_session, make_member, make_person, viewing


@pytest.fixture
def lab(tmp_path):
    with opened_lab(tmp_path) as lab:
        yield lab


def try_out(lab, person, channel_id: int, body: bytes):
    """Send a test reading as somebody who is signed in."""
    session = {"HTTP_COOKIE": f"labfeed={begin_session(lab.store, person, context.now())}"} if person else {}
    with lab.app.test_request_context("/", environ_overrides={"REMOTE_ADDR": "10.0.0.7", **session}):
        return context.try_out(channel_id, body)


@pytest.fixture
def board(lab):
    return lab.enrol(feeds=("temperature",))


def make_somebody(lab, board, role: Role | None):
    person = make_person(lab.store, f"The {role}")
    if role:
        make_member(lab.store, board.channel_id, person, role)
    return person


class TestTryOut:
    @pytest.mark.parametrize("role", [Role.OWNER, Role.EDITOR])
    def test_it_is_stored_and_says_that_a_person_sent_it(self, lab, board, role):
        receipt = try_out(lab, make_somebody(lab, board, role), board.channel_id, b'{"temperature": "21.4"}')
        assert (receipt.entry_id, receipt.stored) == (1, 1)
        viewer = viewing(make_somebody(lab, board, None))
        [arrival] = lab.store.ask(entries.arrivals, viewer, board.channel_id, since=context.now() - MINUTE)
        assert arrival.door == "page"
        assert board.stored() == [("temperature", 21.4)]

    def test_it_may_make_a_feed_as_a_board_may(self, lab, board):
        try_out(lab, make_somebody(lab, board, Role.OWNER), board.channel_id, b'{"humidity": 48}')
        assert [feed.name for feed in board.channel.feeds] == ["temperature", "humidity"]

    def test_it_is_refused_and_noted_as_a_boards_would_be(self, lab, board):
        owner = make_somebody(lab, board, Role.OWNER)
        with pytest.raises(Invalid):
            try_out(lab, owner, board.channel_id, b'{"temperature": "21,4"}')
        lab.do_chores()
        [attempt] = lab.store.ask(refusals.recent, viewing(owner), board.channel_id, since=0)
        assert (attempt.door, attempt.address, attempt.hint) == ("page", "10.0.0.7", "Write a point: 21.4")

    def test_it_counts_against_the_rate_of_the_key(self, tmp_path):
        with opened_lab(tmp_path, RATE_LIMIT="1/s burst 1") as lab:
            board = lab.enrol(feeds=("temperature",))
            owner = make_somebody(lab, board, Role.OWNER)
            assert board.post([{"temperature": 1}] * 1000).status_code == 201
            with pytest.raises(TooFast):
                try_out(lab, owner, board.channel_id, b'{"temperature": 1}')

    @pytest.mark.parametrize("role", [Role.VIEWER, None])
    def test_whoever_may_not_contribute_is_refused(self, lab, board, role):
        with pytest.raises(Forbidden):
            try_out(lab, make_somebody(lab, board, role), board.channel_id, b'{"temperature": 1}')
        assert board.stored() == []

    def test_what_one_may_not_see_does_not_exist(self, lab):
        hidden = lab.enrol(visibility="members")
        with pytest.raises(NotFound):
            try_out(lab, make_somebody(lab, hidden, None), hidden.channel_id, b'{"temperature": 1}')

    def test_a_visitor_is_refused(self, lab, board):
        with pytest.raises(Forbidden):
            try_out(lab, None, board.channel_id, b'{"temperature": 1}')

    def test_without_a_write_key_it_says_where_one_is_made(self, lab):
        board = lab.enrol(right=Right.READ)
        with pytest.raises(KeyMissing) as refused:
            try_out(lab, make_somebody(lab, board, Role.OWNER), board.channel_id, b'{"temperature": 1}')
        assert "Keys" in refused.value.hint

    def test_it_goes_to_the_channel_that_was_named(self, lab, board):
        owner = make_somebody(lab, board, Role.OWNER)
        other = lab.enrol(feeds=("temperature",))
        make_member(lab.store, other.channel_id, owner)
        try_out(lab, owner, other.channel_id, b'{"temperature": 1}')
        cursors = [lab.store.ask(channels.known, each.channel_id).cursor for each in (board, other)]
        assert cursors == [0, 1]
