"""Channels that take nothing more, in every process at once: archived, or in the bin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

import context
from domain.audit import Actor
from domain.channels import Visibility
from domain.roles import Right
from domain.timespan import HOUR
from models import channel_settings, deleting
from tests.builders import NOW
from tests.lab import Board, Lab, opened_lab
from tests.people import acting, make_person


@pytest.fixture
def labs(tmp_path) -> Iterator[tuple[Lab, Lab]]:
    """Two processes' apps over one database."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'shared.db'}"
        yield tuple(stack.enter_context(opened_lab(tmp_path, DATABASE_URL=url)) for _ in range(2))


@pytest.fixture
def admin(labs):
    return acting(make_person(labs[0].store, "Admin"), is_admin=True, at=NOW)


@pytest.fixture
def boards(labs) -> tuple[Board, Board]:
    """One board, as it speaks to each of the two processes; both have its key in memory."""
    mine = labs[0].enrol(visibility=Visibility.PUBLIC)
    both = mine, Board(labs[1], mine.channel_id, mine.key)
    for value, board in enumerate(both):
        assert board.post({"temperature": value}).status_code == 201
    return both


def archive(board, admin, is_archived=True):
    board.lab.store.tell(channel_settings.archive, admin, board.channel_id, is_archived)


class TestAnArchivedChannel:
    def test_it_takes_nothing_more_and_says_why(self, boards, admin):
        archive(boards[0], admin)
        for board in boards:
            answer = board.post({"temperature": 21.4})
            assert answer.status_code == 403
            assert "archived" in answer.json["detail"]
        assert len(boards[0].stored()) == 2

    def test_its_read_key_reads_on(self, boards, admin):
        archive(boards[0], admin)
        key = boards[0].lab.make_key(boards[0].channel_id, Right.READ)
        address = f"/api/v1/channels/{boards[0].channel_id}/readings"
        assert boards[1].get(address, headers={"X-API-Key": key}).status_code == 200

    def test_out_of_the_archive_it_takes_readings_again(self, boards, admin):
        archive(boards[0], admin)
        assert {board.post({"temperature": 1}).status_code for board in boards} == {403}
        archive(boards[0], admin, is_archived=False)
        assert {board.post({"temperature": 2}).status_code for board in boards} == {201}


class TestAChannelInTheBin:
    def test_its_keys_stop_working_at_once(self, boards, admin):
        boards[0].lab.store.tell(deleting.put_into_bin, admin, boards[0].channel_id)
        answers = [board.post({"temperature": 21.4}) for board in boards]
        assert [answer.status_code for answer in answers] == [401, 401]
        assert {answer.json["detail"] for answer in answers} == {"The channel of this key was deleted."}
        assert boards[1].get(f"/api/v1/channels/{boards[1].channel_id}/readings").status_code == 404

    def test_restored_it_goes_on_with_the_same_key(self, boards, admin):
        store = boards[0].lab.store
        store.tell(deleting.put_into_bin, admin, boards[0].channel_id)
        assert boards[1].post({"temperature": 1}).status_code == 401
        store.tell(deleting.restore, admin, boards[0].channel_id)
        assert {board.post({"temperature": 3}).status_code for board in boards} == {201}
        assert len(boards[0].stored()) == 4

    def test_once_it_lay_there_for_thirty_days_the_chores_remove_it_with_all_it_held(self, boards, labs, admin):
        other = labs[0].enrol()
        other.post({"temperature": 5})
        long_ago = Actor(admin.viewer, admin.address, context.now() - deleting.KEPT)
        labs[0].store.tell(deleting.put_into_bin, long_ago, boards[0].channel_id)
        labs[0].do_chores()
        assert labs[0].count_rows()["channel"] == 1
        assert other.stored() == [("temperature", 5.0)]
        assert labs[0].count_rows()["reading"] == 1

    def test_until_then_they_leave_it_there(self, boards, labs, admin):
        lately = Actor(admin.viewer, admin.address, context.now() - deleting.KEPT + HOUR)
        labs[0].store.tell(deleting.put_into_bin, lately, boards[0].channel_id)
        labs[0].do_chores()
        assert labs[0].count_rows()["reading"] == 2
